package dev.latchkey.platform.boot;

import java.util.Map;

/** The process does one thing for an operator and ends: it serves nobody, and leaves the service's own work to it. */
public final class CommandMode {

    private static final Map<String, String> SETTINGS = Map.of(
            "quarkus.http.host-enabled", "false",
            "quarkus.management.host-enabled", "false",
            "quarkus.shutdown.delay", "0",
            // What was asked for is all that standard output gets.
            "quarkus.banner.enabled", "false",
            "quarkus.log.console.stderr", "true",
            "quarkus.log.level", "WARN",
            "latchkey.ops.log-format", "text");

    private static volatile boolean on;

    private CommandMode() {}

    /** Before the framework starts. */
    public static void enter() {
        on = true;
        SETTINGS.forEach(System::setProperty);
    }

    public static boolean isOn() {
        return on;
    }
}
