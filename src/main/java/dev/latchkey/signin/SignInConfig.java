package dev.latchkey.signin;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** Requirements and rate limits of sign-in, sign-up and e-mails. */
@ConfigMapping(prefix = "latchkey.signin")
public interface SignInConfig {

    /** Whether a user must verify their e-mail address before they can sign in; this requires a mail server. */
    boolean requireVerifiedEmail();

    /** Rate limits of sign-in, sign-up and e-mails. */
    RateLimit rateLimit();

    /** Rate limits of sign-in, sign-up and e-mails. */
    interface RateLimit {

        /** Whether attempts are counted at all ({@code LATCHKEY_THROTTLE_ENABLED}); false is for tests and benchmarks. */
        boolean enabled();

        /** Failed sign-ins for one account, from all client addresses. */
        Allowance account();

        /** Failed sign-ins per client address (IPv6: one /64), across all accounts. */
        Allowance address();

        /** Sign-ups from one client address (IPv6: one /64). */
        Allowance signUp();

        /** E-mails with links, sent or not. */
        Mail mail();
    }

    /** Rate limits of e-mails. */
    interface Mail {

        /** E-mails of one kind to one address, from all client addresses. */
        Allowance recipient();

        /** E-mails requested from one client address (IPv6: one /64), to all recipients. */
        Allowance address();
    }

    /** A number of attempts in a window of time. */
    interface Allowance {

        /** The number of attempts. */
        int limit();

        /** The length of the window. */
        Duration window();
    }
}
