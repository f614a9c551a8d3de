package dev.latchkey.betterauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * Caches a session in a signed cookie of its client, so that {@code GET /get-session} needs no database.
 *
 * <p>Security: a cached session is valid only together with the session's token, and only while no revocation of the session
 * is known.
 */
@ApplicationScoped
class CookieCache {

    /** Differs from Better Auth's own, so that what its server cached under the same secret is not accepted here. */
    private static final String VERSION = "latchkey-1";

    // Security: a Better Auth server that is trusted as an issuer may have the same secret. With a type of their own,
    // what is
    // cached here never passes as one of its tokens, which would outlive the session.
    private static final String JWT_HEADER = base64Url("{\"alg\":\"HS256\",\"typ\":\"latchkey-session+jwt\"}");

    /** Browsers store 4,096 octets of a cookie, its name and attributes included. */
    private static final int MAX_LENGTH = 3_800;

    private final CookieCacheSettings settings;
    private final SessionCookies cookies;
    private final CookieSigner signer;
    private final RevokedTokens revoked;
    private final ObjectMapper json;
    private final Clock clock;

    CookieCache(
            BetterAuthConfig config,
            SessionCookies cookies,
            CookieSigner signer,
            RevokedTokens revoked,
            ObjectMapper json,
            Clock clock) {
        this.settings = config.cookieCache();
        this.cookies = cookies;
        this.signer = signer;
        this.revoked = revoked;
        this.json = json;
        this.clock = clock;
    }

    boolean isEnabled() {
        return settings.enabled();
    }

    /** The cached session and its user; empty if there is no valid one. */
    Optional<JsonNode> read(BetterAuthRequest request, SessionToken token) {
        return settings.enabled()
                ? cookies.cache(request).flatMap(this::verify).filter(cached -> isValid(cached, token))
                : Optional.empty();
    }

    /** Sets the cookies of a session that is new, extended or changed, and caches it if the cache is enabled. */
    List<Header> setSession(Caller caller) {
        List<Header> headers = new ArrayList<>(cookies.set(caller.session(), caller.token()));
        headers.addAll(refresh(caller));
        return List.copyOf(headers);
    }

    /** Caches a session anew; returns nothing if the cache is disabled, or the session too large for a cookie. */
    List<Header> refresh(Caller caller) {
        if (!settings.enabled()) {
            return List.of();
        }
        ObjectNode cached = json.valueToTree(JsonViews.sessionAndUser(caller));
        Instant now = clock.instant();
        cached.put("updatedAt", now.toEpochMilli());
        cached.put("version", VERSION);
        cached.put("tokenVersion", caller.user().tokenVersion());
        Instant end = now.plus(settings.maxAge());
        String value = switch (settings.strategy()) {
            case JWT -> jwt(cached, now, end);
            case COMPACT -> compact(cached, end);
        };
        return value.length() > MAX_LENGTH ? List.of() : List.of(cookies.setCache(caller.session(), value));
    }

    private String compact(ObjectNode cached, Instant end) {
        ObjectNode signed = cached.deepCopy().put("expiresAt", end.toEpochMilli());
        ObjectNode envelope = json.createObjectNode();
        envelope.set("session", cached);
        envelope.put("expiresAt", end.toEpochMilli());
        envelope.put("signature", signer.signUrlSafe(text(signed)));
        return base64Url(text(envelope));
    }

    private String jwt(ObjectNode cached, Instant now, Instant end) {
        ObjectNode claims = cached.deepCopy().put("iat", now.getEpochSecond()).put("exp", end.getEpochSecond());
        String signed = JWT_HEADER + "." + base64Url(text(claims));
        return signed + "." + signer.signUrlSafe(signed);
    }

    private Optional<JsonNode> verify(String value) {
        try {
            return switch (settings.strategy()) {
                case JWT -> verifyJwt(value);
                case COMPACT -> verifyCompact(value);
            };
        } catch (IOException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private Optional<JsonNode> verifyCompact(String value) throws IOException {
        JsonNode envelope = json.readTree(Base64.getUrlDecoder().decode(value));
        if (!(envelope.path("session") instanceof ObjectNode cached)) {
            return Optional.empty();
        }
        long end = envelope.path("expiresAt").asLong();
        ObjectNode signed = cached.deepCopy().put("expiresAt", end);
        return signer.verifyUrlSafe(text(signed), envelope.path("signature").asText()) && clock.millis() < end
                ? Optional.of(cached)
                : Optional.empty();
    }

    private Optional<JsonNode> verifyJwt(String value) throws IOException {
        int dot = value.lastIndexOf('.');
        // Security: the header is compared and never parsed, so that a token cannot choose its algorithm.
        if (dot < 0
                || !value.startsWith(JWT_HEADER + ".")
                || !signer.verifyUrlSafe(value.substring(0, dot), value.substring(dot + 1))) {
            return Optional.empty();
        }
        JsonNode claims = json.readTree(Base64.getUrlDecoder().decode(value.substring(JWT_HEADER.length() + 1, dot)));
        return clock.instant().getEpochSecond() < claims.path("exp").asLong() ? Optional.of(claims) : Optional.empty();
    }

    private boolean isValid(JsonNode cached, SessionToken token) {
        JsonNode session = cached.path("session");
        Instant now = clock.instant();
        Instant cachedAt = Instant.ofEpochMilli(cached.path("updatedAt").asLong());
        Instant sessionEnd;
        try {
            sessionEnd = Instant.parse(session.path("expiresAt").asText());
        } catch (DateTimeParseException malformed) {
            return false;
        }
        return cached.path("version").asText().equals(VERSION)
                && session.path("token").asText().equals(token.text())
                && now.isBefore(sessionEnd)
                && now.isBefore(cachedAt.plus(settings.maxAge()))
                // Security: while it is not known which sessions were revoked, the database decides.
                && revoked.isRecent(now)
                && !revoked.isStale(now)
                && !revoked.isRevoked(
                        session.path("userId").asText(),
                        session.path("id").asText(),
                        cached.path("tokenVersion").asLong(),
                        cachedAt);
    }

    private String text(JsonNode node) {
        try {
            return json.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of texts and numbers can be written", impossible);
        }
    }

    private static String base64Url(String text) {
        return Encodings.base64Url(text.getBytes(StandardCharsets.UTF_8));
    }
}
