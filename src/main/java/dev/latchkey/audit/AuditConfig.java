package dev.latchkey.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long events are kept, how many may wait to be stored, and how much refusals may write. */
@ConfigMapping(prefix = "latchkey.audit")
public interface AuditConfig {

    /** How long the row of an event is kept. */
    @WithDefault("365d")
    Duration retention();

    /** How many refusals may wait to be stored; beyond that only the log line remains, and a counter says so. */
    @WithDefault("10000")
    int queue();

    /** How an event is written to the log: {@code json}, as one object, or {@code text}, for a person to read. */
    @WithDefault("json")
    LineFormat lineFormat();

    /** How much refusals may write. */
    Refusals refusals();

    /** Bounds on the rows and lines of refusals, for each replica. */
    interface Refusals {

        /** How long refusals are counted until their number is written. */
        @WithDefault("1m")
        Duration period();

        /** How many refusals of one client network, type and reason have entries of their own in a period. */
        @WithDefault("5")
        int single();

        /**
         * How many refusals have entries of their own in a period, and how many networks and accounts are counted apart; each once
         * for refusals that concern an account, and once for others.
         */
        @WithDefault("1000")
        int max();
    }

    /** The forms of a log line. */
    enum LineFormat {
        JSON,
        TEXT
    }
}
