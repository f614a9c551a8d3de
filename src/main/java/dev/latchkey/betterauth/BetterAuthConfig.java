package dev.latchkey.betterauth;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The settings of the Better Auth paths, most of them with the meaning and the default of Better Auth's own options. */
@ConfigMapping(prefix = "latchkey.better-auth")
public interface BetterAuthConfig {

    /**
     * Patterns of further trusted origins, comma separated: {@code https://*.example.com}, {@code *.example.com} (by HTTPS where
     * {@code LATCHKEY_PUBLIC_URL} is HTTPS), {@code http://localhost:*}, {@code myapp://}. Plain HTTP is refused in production,
     * loopback addresses aside. Pages of these origins may use the Better Auth paths, and users may be
     * redirected to them, so name no origin that others can obtain. The origins of {@code LATCHKEY_TRUSTED_ORIGINS} are trusted
     * in any case, and only they are allowed by CORS.
     */
    Optional<List<String>> trustedOrigins();

    /** Whether sign-up also signs in. If not, the response to a taken address is the same as to a free one. */
    @WithDefault("true")
    boolean autoSignIn();

    /** The maximum age of a session that may list sessions or change the e-mail address. */
    @WithDefault("1d")
    Duration freshFor();

    /** How long after its last use a session is extended by being read. */
    @WithDefault("1d")
    Duration updateAfter();

    /** Whether {@code GET /get-session} never extends a session; the client then extends it by {@code POST}. */
    @WithDefault("false")
    boolean deferSessionRefresh();

    /** Whether a session token in the {@code Authorization} header has to be signed, as it is in the cookie. */
    @WithDefault("false")
    boolean bearerSignature();

    /** Whether responses to {@code /get-session} carry an access token in the {@code set-auth-jwt} header. */
    @WithDefault("true")
    boolean jwtHeader();

    /**
     * Whether users may change their e-mail address, by a link that is sent to the new one, at the JSON API too. If not, links
     * that were sent before change nothing. Needs mail.
     */
    @WithDefault("true")
    boolean changeEmail();

    /** How users delete their accounts: {@code direct}, {@code mail} or {@code off}. */
    @WithDefault("direct")
    Deletion deleteUser();

    /**
     * When verification e-mails are sent. Whether a sign-in requires a verified address is decided by
     * {@code latchkey.signin.require-verified-email}.
     */
    Verification verification();

    /** A signed copy of the session in a cookie, from which {@code GET /get-session} is answered without the database. */
    CookieCacheSettings cookieCache();

    /** The rate limits of requests. */
    RateLimit rateLimit();

    /** The ways to delete an account. */
    enum Deletion {
        /** Not at all. */
        OFF,
        /** At once, with the password or within {@code latchkey.session.fresh-for} of signing in. */
        DIRECT,
        /** By an e-mail link. Needs mail. */
        MAIL
    }

    /** The verification of e-mail addresses. */
    interface Verification {

        /** Whether a sign-up sends a verification e-mail; it does in any case where a verified address is required. */
        @WithDefault("false")
        boolean onSignUp();

        /** Whether a sign-in that is refused for an unverified address sends another verification e-mail. */
        @WithDefault("false")
        boolean onSignIn();

        /** Whether following the link also signs in. */
        @WithDefault("false")
        boolean signsIn();
    }

    /** The cookie that caches the session. */
    interface CookieCacheSettings {

        /** Whether browsers keep such a cookie. */
        @WithDefault("false")
        boolean enabled();

        /**
         * How long a cached session is valid; not longer than {@code latchkey.token.access-lifetime}. A session that has ended is
         * refused sooner, like its access tokens.
         */
        @WithDefault("5m")
        Duration maxAge();

        /** The format: {@code compact}, or {@code jwt} for an HS256 token under the cookies' secret. */
        @WithDefault("compact")
        Strategy strategy();

        /** The formats. */
        enum Strategy {
            COMPACT,
            JWT
        }
    }

    /** Limits of one client's requests to one path, in the memory of each replica. */
    interface RateLimit {

        /** Whether requests are limited; by default where sign-ins are, as Better Auth does in production. */
        @WithDefault("${latchkey.signin.rate-limit.enabled}")
        boolean enabled();

        /**
         * The number of requests within the window. Sign-in, sign-up and changes of the password or the address are limited to 3
         * in 10 seconds, and paths that send e-mails to 3 in 60 seconds, as by Better Auth.
         */
        @WithDefault("100")
        int max();

        /** The length of the window. */
        @WithDefault("10s")
        Duration window();
    }
}
