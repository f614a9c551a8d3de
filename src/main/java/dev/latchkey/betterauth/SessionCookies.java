package dev.latchkey.betterauth;

import dev.latchkey.betterauth.BetterAuthResponse.Header;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionToken;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The cookies of this dialect, and the bearer's spelling of the first. */
@ApplicationScoped
class SessionCookies {

    static final String SET_AUTH_TOKEN = "set-auth-token";

    private static final String SET_COOKIE = "Set-Cookie";
    private static final String FORGET = "true";
    private static final int SEAL_LENGTH = 44;
    private static final String SCHEME = "bearer ";

    private final CookieSigner seal;
    private final BetterAuthConfig config;
    private final String token;
    private final String data;
    private final String forget;
    private final String attributes;

    SessionCookies(CookieSigner seal, BetterAuthConfig config, PublicUrl publicUrl) {
        this.seal = seal;
        this.config = config;
        String prefix = publicUrl.isHttps() ? "__Secure-" : "";
        this.token = prefix + "better-auth.session_token";
        this.data = prefix + "better-auth.session_data";
        this.forget = prefix + "better-auth.dont_remember";
        this.attributes = "; Path=/; HttpOnly; " + (publicUrl.isHttps() ? "Secure; " : "") + "SameSite=Lax";
    }

    /** What a request brings: the bearer's token, or the cookie's; none when nothing is there that we sealed. */
    Optional<SessionToken> presented(BetterAuthRequest asked) {
        return bearer(asked).or(() -> asked.cookie(token).flatMap(this::opened));
    }

    /** The cookie, anew or extended, and the same for those who keep no cookies. */
    List<Header> set(Session session, SessionToken secret) {
        String value = sealed(secret.text());
        List<Header> headers = new ArrayList<>();
        headers.add(cookie(token, value, session, session.remaining()));
        if (!session.remembered()) {
            headers.add(cookie(forget, sealed(FORGET), session, session.remaining()));
        }
        headers.add(new Header(SET_AUTH_TOKEN, value));
        return headers;
    }

    /** The session's copy, or the empty one that takes its place. */
    Header setData(Session session, String value) {
        return cookie(data, value, session, config.cookieCache().maxAge());
    }

    Optional<String> data(BetterAuthRequest asked) {
        return asked.cookie(data).map(SessionCookies::decoded);
    }

    Header expiredData() {
        return expired(data);
    }

    /** Takes all of them away. */
    List<Header> expired() {
        return List.of(expired(token), expired(data), expired(forget));
    }

    private Optional<SessionToken> bearer(BetterAuthRequest asked) {
        List<String> headers = asked.headers().getAll("Authorization");
        // Security: of two it could be either that somebody before us has judged.
        if (headers.size() != 1 || !headers.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        String value = headers.getFirst().substring(SCHEME.length()).strip();
        if (value.indexOf('.') >= 0) {
            return opened(value);
        }
        return config.bearerSignature() ? Optional.empty() : SessionToken.parse(value);
    }

    private Optional<SessionToken> opened(String value) {
        String text = decoded(value);
        int dot = text.lastIndexOf('.');
        String given = text.substring(dot + 1);
        if (dot < 1 || given.length() != SEAL_LENGTH || !seal.isOf(text.substring(0, dot), given)) {
            return Optional.empty();
        }
        return SessionToken.parse(text.substring(0, dot));
    }

    private String sealed(String text) {
        return text + "." + seal.of(text);
    }

    private Header cookie(String name, String value, Session session, Duration life) {
        String age = session.remembered()
                ? "; Max-Age=" + Math.max(0, life.plusMillis(999).toSeconds())
                : "";
        return new Header(SET_COOKIE, name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8) + age + attributes);
    }

    private Header expired(String name) {
        return new Header(SET_COOKIE, name + "=; Max-Age=0" + attributes);
    }

    private static String decoded(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        try {
            // A plus is a letter of base64 here and no blank.
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return value;
        }
    }
}
