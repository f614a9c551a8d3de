package dev.latchkey.platform.ops;

import io.smallrye.config.ConfigMapping;

/** How the service is run. */
@ConfigMapping(prefix = "latchkey.ops")
public interface OpsConfig {

    /** How log lines look on the console: {@code json}, one object a line, or {@code text}. */
    LogFormat logFormat();

    /** The looks of a log line. */
    enum LogFormat {
        JSON,
        TEXT
    }
}
