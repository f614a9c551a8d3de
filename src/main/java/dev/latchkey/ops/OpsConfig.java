package dev.latchkey.ops;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import java.time.Duration;

/** How the service is run. */
@ConfigMapping(prefix = "latchkey.ops")
public interface OpsConfig {

    /** How log lines look on the console: {@code json}, one object a line, or {@code text}. */
    LogFormat logFormat();

    /** What is deleted because it is over. */
    Pruning pruning();

    /** The body of a request, as it arrives. */
    Body body();

    /** The looks of a log line. */
    enum LogFormat {
        JSON,
        TEXT
    }

    /** What is deleted because it is over. */
    interface Pruning {

        /** The pause between two rounds. */
        Duration every();

        /** How many rows a transaction deletes. */
        int batch();

        /** How long a round may take before it leaves the rest to the next. */
        Duration patience();
    }

    /** The body of a request, as it arrives. */
    interface Body {

        /** The largest body that is accepted. */
        MemorySize limit();

        /** How long a client may take to send a body. */
        Duration patience();

        /** How many bodies may be arriving at once; what comes on top is told to come back. */
        int arrivals();
    }
}
