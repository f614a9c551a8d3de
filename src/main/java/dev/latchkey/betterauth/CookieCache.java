package dev.latchkey.betterauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.latchkey.betterauth.BetterAuthConfig.CookieCacheSettings.Strategy;
import dev.latchkey.betterauth.BetterAuthConfig.CookieCacheSettings;
import dev.latchkey.betterauth.BetterAuthResponse.Header;
import dev.latchkey.platform.crypto.Encodings;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.session.SessionToken;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The copy of a session that a browser may keep, so that telling it costs no look at the database.
 *
 * <p>Security: a copy counts only beside the session's token, and no longer than what is known of ended sessions says.
 */
@ApplicationScoped
class CookieCache {

    /** Ours, so that a copy that another server made under the same secret says nothing of a session here. */
    private static final String VERSION = "latchkey-1";

    private static final String JWT_HEADER = url("{\"alg\":\"HS256\"}");

    /** What browsers keep of one cookie, with its name and attributes. */
    private static final int LONGEST = 3_800;

    private final CookieCacheSettings settings;
    private final SessionCookies cookies;
    private final CookieSigner seal;
    private final RevokedTokens revoked;
    private final ObjectMapper json;
    private final Clock clock;

    CookieCache(
            BetterAuthConfig config,
            SessionCookies cookies,
            CookieSigner seal,
            RevokedTokens revoked,
            ObjectMapper json,
            Clock clock) {
        this.settings = config.cookieCache();
        this.cookies = cookies;
        this.seal = seal;
        this.revoked = revoked;
        this.json = json;
        this.clock = clock;
    }

    boolean isEnabled() {
        return settings.enabled();
    }

    /** The session and its user, as they were copied; empty when there is no copy that counts. */
    Optional<JsonNode> read(BetterAuthRequest asked, SessionToken token) {
        return settings.enabled()
                ? cookies.data(asked).flatMap(this::opened).filter(copy -> counts(copy, token))
                : Optional.empty();
    }

    /** What a browser gets whose session is new, extended or changed: its cookies, and the copy where copies are kept. */
    List<Header> issue(Caller caller) {
        List<Header> headers = new ArrayList<>(cookies.set(caller.session(), caller.token()));
        headers.addAll(copy(caller));
        return List.copyOf(headers);
    }

    /** A fresh copy; none where none are kept, and none that is too large for a cookie. */
    List<Header> copy(Caller caller) {
        if (!settings.enabled()) {
            return List.of();
        }
        ObjectNode copy = json.valueToTree(JsonViews.both(caller));
        Instant now = clock.instant();
        copy.put("updatedAt", now.toEpochMilli());
        copy.put("version", VERSION);
        Instant end = now.plus(settings.maxAge());
        String value = settings.strategy() == Strategy.JWT ? jwt(copy, now, end) : compact(copy, end);
        return value.length() > LONGEST ? List.of() : List.of(cookies.setData(caller.session(), value));
    }

    private String compact(ObjectNode copy, Instant end) {
        ObjectNode sealed = copy.deepCopy().put("expiresAt", end.toEpochMilli());
        ObjectNode whole = json.createObjectNode();
        whole.set("session", copy);
        whole.put("expiresAt", end.toEpochMilli());
        whole.put("signature", seal.ofForUrl(text(sealed)));
        return url(text(whole));
    }

    private String jwt(ObjectNode copy, Instant now, Instant end) {
        ObjectNode claims = copy.deepCopy().put("iat", now.getEpochSecond()).put("exp", end.getEpochSecond());
        String signed = JWT_HEADER + "." + url(text(claims));
        return signed + "." + seal.ofForUrl(signed);
    }

    private Optional<JsonNode> opened(String value) {
        try {
            return settings.strategy() == Strategy.JWT ? openedJwt(value) : openedCompact(value);
        } catch (IOException | IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private Optional<JsonNode> openedCompact(String value) throws IOException {
        JsonNode whole = json.readTree(Base64.getUrlDecoder().decode(value));
        if (!(whole.path("session") instanceof ObjectNode copy)) {
            return Optional.empty();
        }
        long end = whole.path("expiresAt").asLong();
        ObjectNode sealed = copy.deepCopy().put("expiresAt", end);
        return seal.isForUrlOf(text(sealed), whole.path("signature").asText()) && clock.millis() < end
                ? Optional.of(copy)
                : Optional.empty();
    }

    private Optional<JsonNode> openedJwt(String value) throws IOException {
        int dot = value.lastIndexOf('.');
        // Security: the header is compared and not read, so that a token chooses nothing.
        if (dot < 0
                || !value.startsWith(JWT_HEADER + ".")
                || !seal.isForUrlOf(value.substring(0, dot), value.substring(dot + 1))) {
            return Optional.empty();
        }
        JsonNode claims = json.readTree(Base64.getUrlDecoder().decode(value.substring(JWT_HEADER.length() + 1, dot)));
        return clock.instant().getEpochSecond() < claims.path("exp").asLong() ? Optional.of(claims) : Optional.empty();
    }

    private boolean counts(JsonNode copy, SessionToken token) {
        JsonNode session = copy.path("session");
        Instant now = clock.instant();
        Instant written = Instant.ofEpochMilli(copy.path("updatedAt").asLong());
        Instant end;
        try {
            end = Instant.parse(session.path("expiresAt").asText());
        } catch (DateTimeParseException e) {
            return false;
        }
        return copy.path("version").asText().equals(VERSION)
                && session.path("token").asText().equals(token.text())
                && now.isBefore(end)
                && now.isBefore(written.plus(settings.maxAge()))
                // Security: else the row itself is asked.
                && revoked.recent(now)
                && !revoked.blind(now)
                && !revoked.covers(
                        session.path("userId").asText(), session.path("id").asText(), written);
    }

    private String text(JsonNode node) {
        try {
            return json.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of texts and numbers can be written", impossible);
        }
    }

    private static String url(String text) {
        return Encodings.base64Url(text.getBytes(StandardCharsets.UTF_8));
    }
}
