package dev.latchkey.betterauth;

import dev.latchkey.betterauth.BetterAuthResponse.Header;
import dev.latchkey.platform.http.BearerToken;
import dev.latchkey.platform.http.PercentEncoding;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionToken;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads and writes Better Auth's three cookies, and the session token as clients without cookies send it. */
@ApplicationScoped
class SessionCookies {

    private static final String SET_COOKIE = "Set-Cookie";
    private static final String DONT_REMEMBER = "true";
    /** The compact form of a JWT; the text of a session token has no dot, and its signature comes after the only one. */
    private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");
    /** 32 octets in base64 with padding. */
    private static final int SIGNATURE_LENGTH = 44;

    private final CookieSigner signer;
    private final BetterAuthConfig config;
    private final String tokenCookie;
    private final String cacheCookie;
    private final String dontRememberCookie;
    private final String attributes;

    SessionCookies(CookieSigner signer, BetterAuthConfig config, PublicUrl publicUrl) {
        this.signer = signer;
        this.config = config;
        String prefix = publicUrl.isHttps() ? "__Secure-" : "";
        this.tokenCookie = prefix + "better-auth.session_token";
        this.cacheCookie = prefix + "better-auth.session_data";
        this.dontRememberCookie = prefix + "better-auth.dont_remember";
        this.attributes = "; Path=/; HttpOnly; " + (publicUrl.isHttps() ? "Secure; " : "") + "SameSite=Lax";
    }

    /** The authentic session token of a request: that of the bearer header, else that of the cookie. */
    Optional<SessionToken> sessionToken(BetterAuthRequest request) {
        return bearer(request).or(() -> inCookie(request));
    }

    /** The authentic session token of a request's cookie. */
    Optional<SessionToken> inCookie(BetterAuthRequest request) {
        return request.cookie(tokenCookie).flatMap(this::verified);
    }

    /**
     * Returns whether a request has a session token, authentic or not, or even several. Credentials of another scheme, which a
     * proxy may require, and JWTs, which clients send to backends, are none.
     */
    boolean hasSessionToken(BetterAuthRequest request) {
        boolean bearer = switch (BearerToken.in(request.headers())) {
            case BearerToken.Given(String token) -> !JWT.matcher(token.strip()).matches();
            case BearerToken.Several _ -> true;
            case BearerToken.None _ -> false;
        };
        return bearer
                || request.headers().getAll("Cookie").stream().anyMatch(header -> header.contains(tokenCookie + "="));
    }

    /** Sets the session's cookies, for a new session or an extended one, and the header for clients without cookies. */
    List<Header> set(Session session, SessionToken token) {
        String value = signed(token.text());
        List<Header> headers = new ArrayList<>();
        headers.add(cookie(tokenCookie, value, session, session.remaining()));
        if (!session.remembered()) {
            headers.add(cookie(dontRememberCookie, signed(DONT_REMEMBER), session, session.remaining()));
        }
        headers.add(new Header(BetterAuthResponse.SET_AUTH_TOKEN, value));
        return headers;
    }

    /** Sets the cookie that caches the session. */
    Header setCache(Session session, String value) {
        return cookie(cacheCookie, value, session, config.cookieCache().maxAge());
    }

    /** The value of the cookie that caches the session, not yet verified. */
    Optional<String> cache(BetterAuthRequest request) {
        return request.cookie(cacheCookie).map(SessionCookies::decoded);
    }

    Header expireCache() {
        return expire(cacheCookie);
    }

    /** Expires all three cookies. */
    List<Header> expireAll() {
        return List.of(expire(tokenCookie), expire(cacheCookie), expire(dontRememberCookie));
    }

    /** Refuses a request whose user does not exist or is disabled by now, and expires the cookies. */
    BetterAuthResponse unauthorized() {
        return BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED).with(expireAll());
    }

    private Optional<SessionToken> bearer(BetterAuthRequest request) {
        // Security: with two headers, a proxy before us may have checked either of them; then there is none.
        // The original strips spaces around the token.
        String value = BearerToken.in(request.headers()).single().orElse("").strip();
        if (value.indexOf('.') >= 0) {
            return verified(value);
        }
        return config.bearerSignature() ? Optional.empty() : SessionToken.parse(value);
    }

    private Optional<SessionToken> verified(String value) {
        String signed = decoded(value);
        int dot = signed.lastIndexOf('.');
        String signature = signed.substring(dot + 1);
        if (dot < 1 || signature.length() != SIGNATURE_LENGTH || !signer.verify(signed.substring(0, dot), signature)) {
            return Optional.empty();
        }
        return SessionToken.parse(signed.substring(0, dot));
    }

    private String signed(String text) {
        return text + "." + signer.sign(text);
    }

    private Header cookie(String name, String value, Session session, Duration maxAge) {
        String age = session.remembered()
                ? "; Max-Age=" + Math.max(0, maxAge.plusMillis(999).toSeconds())
                : "";
        return new Header(SET_COOKIE, name + "=" + PercentEncoding.encodeValue(value) + age + attributes);
    }

    private Header expire(String name) {
        return new Header(SET_COOKIE, name + "=; Max-Age=0" + attributes);
    }

    private static String decoded(String value) {
        if (value.indexOf('%') < 0) {
            return value;
        }
        try {
            // A plus sign is a character of base64 here and no encoded blank.
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return value;
        }
    }
}
