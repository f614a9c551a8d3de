package dev.latchkey.betterauth;

import dev.latchkey.account.Profile;
import dev.latchkey.session.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** People and sessions as this dialect writes them. */
final class JsonViews {

    private JsonViews() {}

    static Map<String, @Nullable Object> user(Profile profile) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("name", profile.name() == null ? "" : profile.name());
        body.put("email", profile.email().canonical());
        body.put("emailVerified", profile.emailVerified());
        body.put("image", profile.image());
        body.put("createdAt", profile.createdAt());
        body.put("updatedAt", profile.updatedAt());
        body.put("id", profile.id().value());
        return body;
    }

    /** With what stands for the session: its token for whoever holds it, a mere name for others. */
    static Map<String, @Nullable Object> session(Session session, String token) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("expiresAt", session.expiresAt());
        body.put("token", token);
        body.put("createdAt", session.createdAt());
        body.put("updatedAt", session.lastUsedAt());
        body.put("ipAddress", session.client().ip());
        body.put("userAgent", session.client().userAgent());
        body.put("userId", session.user().value());
        body.put("id", session.id().value());
        return body;
    }

    static Map<String, @Nullable Object> both(Caller caller) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        body.put("session", session(caller.session(), caller.token().text()));
        body.put("user", user(caller.user()));
        return body;
    }

    static Map<String, Object> done() {
        return Map.of("status", true);
    }
}
