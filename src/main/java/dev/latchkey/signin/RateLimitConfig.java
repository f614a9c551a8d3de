package dev.latchkey.signin;

import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** How often one may try. */
@ConfigMapping(prefix = "latchkey.signin.rate-limit")
public interface RateLimitConfig {

    /** Whether attempts are counted at all ({@code LATCHKEY_THROTTLE_ENABLED}); false is for tests and benchmarks. */
    boolean enabled();

    /** Failures for one account, whoever tries. */
    Allowance account();

    /** Failures from one client address (IPv6: one /64), whomever they aim at. */
    Allowance address();

    /** Sign-ups from one client address (IPv6: one /64). */
    Allowance signUp();

    /** Letters with links, sent or not. */
    Mail mail();

    /** How many letters are fair. */
    interface Mail {

        /** Letters of one kind to one address, whoever asks for them. */
        Allowance recipient();

        /** Letters that one client address (IPv6: one /64) asks for, whomever they go to. */
        Allowance address();
    }

    /** So many in so long. */
    interface Allowance {

        /** How many. */
        int limit();

        /** In how long. */
        Duration window();
    }
}
