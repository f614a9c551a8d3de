package dev.latchkey.signin;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Requirements and rate limits of sign-in, sign-up and e-mails. */
@ConfigMapping(prefix = "latchkey.signin")
public interface SignInConfig {

    /** Whether a user must verify their e-mail address before they can sign in; this requires a mail server. */
    @WithDefault("false")
    boolean requireVerifiedEmail();

    /** Rate limits of sign-in, sign-up and e-mails. */
    RateLimit rateLimit();

    /** Rate limits of sign-in, sign-up and e-mails. */
    interface RateLimit {

        /** Whether attempts are counted at all ({@code LATCHKEY_THROTTLE_ENABLED}); false is for tests and benchmarks. */
        @WithDefault("${LATCHKEY_THROTTLE_ENABLED:true}")
        boolean enabled();

        /** Failed sign-ins for one account, from all client addresses. */
        AccountAllowance account();

        /** Failed sign-ins of one known device for one account. */
        AccountAllowance device();

        /**
         * Consecutive failed sign-ins for one account from unknown devices that lock it for them, until its password is reset;
         * NIST SP 800-63B allows at most 100. Also: of one known device, which then counts as unknown.
         */
        @WithDefault("100")
        int lockAfter();

        /** Failed sign-ins per client address (IPv6: one /64), across all accounts. */
        AddressAllowance address();

        /** Sign-ups from one client address (IPv6: one /64). */
        HourlyAllowance signUp();

        /** E-mails with links, sent or not. */
        Mail mail();
    }

    /** Rate limits of e-mails. */
    interface Mail {

        /** E-mails of one kind to one address, from all client addresses. */
        RecipientAllowance recipient();

        /** E-mails requested from one client address (IPv6: one /64), to all recipients. */
        HourlyAllowance address();
    }

    /** A number of attempts in a window of time. */
    interface Allowance {

        /** The number of attempts. */
        int limit();

        /** The length of the window. */
        Duration window();
    }

    /** By default 5 in 15 minutes. */
    interface AccountAllowance extends Allowance {

        @Override
        @WithDefault("5")
        int limit();

        @Override
        @WithDefault("15m")
        Duration window();
    }

    /** By default 50 in 15 minutes. */
    interface AddressAllowance extends Allowance {

        @Override
        @WithDefault("50")
        int limit();

        @Override
        @WithDefault("15m")
        Duration window();
    }

    /** By default 20 in an hour. */
    interface HourlyAllowance extends Allowance {

        @Override
        @WithDefault("20")
        int limit();

        @Override
        @WithDefault("1h")
        Duration window();
    }

    /** By default as many as {@code emaillink.EmailLinks} keeps valid at once, in the lifetime of a link to reset a password. */
    interface RecipientAllowance extends Allowance {

        @Override
        @WithDefault("5")
        int limit();

        @Override
        @WithDefault("1h")
        Duration window();
    }
}
