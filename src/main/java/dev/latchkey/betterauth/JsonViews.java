package dev.latchkey.betterauth;

import dev.latchkey.account.Profile;
import dev.latchkey.session.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Users and sessions as Better Auth writes them in JSON. */
final class JsonViews {

    private JsonViews() {}

    static Map<String, @Nullable Object> user(Profile profile) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", profile.name() == null ? "" : profile.name());
        json.put("email", profile.email().canonical());
        json.put("emailVerified", profile.emailVerified());
        json.put("image", profile.image());
        json.put("createdAt", profile.createdAt());
        json.put("updatedAt", profile.updatedAt());
        json.put("id", profile.id().value());
        return json;
    }

    /** A session; {@code token} is its token for the client that holds it, and the session's id for others. */
    static Map<String, @Nullable Object> session(Session session, String token) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("expiresAt", session.expiresAt());
        json.put("token", token);
        json.put("createdAt", session.createdAt());
        json.put("updatedAt", session.lastUsedAt());
        json.put("ipAddress", session.client().ip());
        json.put("userAgent", session.client().userAgent());
        json.put("userId", session.user().value());
        json.put("id", session.id().value());
        return json;
    }

    static Map<String, @Nullable Object> sessionAndUser(Caller caller) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("session", session(caller.session(), caller.token().text()));
        json.put("user", user(caller.user()));
        return json;
    }

    /** A user, and the token of the session that was opened for them, or null if there is none. */
    static Map<String, @Nullable Object> tokenAndUser(@Nullable String token, Profile profile) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("token", token);
        json.put("user", user(profile));
        return json;
    }
}
