package dev.latchkey.betterauth;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How the Better Auth paths behave where the original leaves it to its configuration. */
@ConfigMapping(prefix = "latchkey.better-auth")
public interface BetterAuthConfig {

    /**
     * Patterns of further origins whose pages may use these paths and be redirected to, comma separated:
     * {@code https://*.example.com}, {@code *.example.com}, {@code http://localhost:*}, {@code myapp://}. What
     * {@code LATCHKEY_TRUSTED_ORIGINS} lists counts in any case, and it alone counts for CORS.
     */
    Optional<List<String>> trustedOrigins();

    /** Whether a new account is signed in at once. */
    boolean autoSignIn();

    /** How old a session may be that lists sessions or changes the address. */
    Duration freshFor();

    /** How long after its last use a session is extended by its next. */
    Duration updateAfter();

    /** Whether reading a session never extends it; the client then asks for that by POST. */
    boolean deferSessionRefresh();

    /** Whether a bearer has to bring its session token signed. */
    boolean bearerSignature();

    /** Whether every answer that tells a session brings a fresh access token along ({@code set-auth-jwt}). */
    boolean jwtHeader();

    /** Whether people may change their address, by a link to the new one; it takes mail. */
    boolean changeEmail();

    /** How people delete their accounts. */
    Deletion deleteUser();

    /** When addresses are proven. {@code latchkey.signin.require-verified-email} keeps out whoever has not done so. */
    Verification verification();

    /** A copy of the session in a cookie of its own, which saves reading it. */
    CookieCacheSettings cookieCache();

    /** How often one client may ask. */
    RateLimit rateLimit();

    /** The ways to delete an account. */
    enum Deletion {
        /** Not at all. */
        OFF,
        /** At once, with the password or shortly after signing in. */
        DIRECT,
        /** By a mailed link. */
        MAIL
    }

    /** Letters that ask to prove an address, and what following their link does besides. */
    interface Verification {

        /** Whether whoever signs up gets such a letter; where proof is required they do in any case. */
        boolean onSignUp();

        /** Whether somebody who is kept out gets another one. */
        boolean onSignIn();

        /** Whether following the link signs in. */
        boolean signsIn();
    }

    /** The session's copy. */
    interface CookieCacheSettings {

        boolean enabled();

        /** For how long the copy counts. A session that has ended is refused sooner, like its access tokens. */
        Duration maxAge();

        /** How the copy is written: {@code compact}, or {@code jwt} for a token that a backend can check. */
        Strategy strategy();

        /** The ways to write it. */
        enum Strategy {
            COMPACT,
            JWT
        }
    }

    /** Requests of one client at one path, in the memory of each replica. */
    interface RateLimit {

        boolean enabled();

        /** How many requests, unless a narrower limit of the original's applies. */
        int max();

        /** In how long. */
        Duration window();
    }
}
