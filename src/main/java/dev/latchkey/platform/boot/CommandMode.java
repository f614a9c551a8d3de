package dev.latchkey.platform.boot;

import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Marks a process that runs one command and ends: it serves no requests and runs no background jobs. */
public final class CommandMode {

    private static final Map<String, String> SETTINGS = Map.ofEntries(
            Map.entry("quarkus.http.host-enabled", "false"),
            Map.entry("quarkus.management.host-enabled", "false"),
            Map.entry("quarkus.shutdown.delay", "0"),
            // The connections that it uses, and no others.
            Map.entry("quarkus.datasource.jdbc.initial-size", "0"),
            Map.entry("quarkus.datasource.jdbc.min-size", "0"),
            // A command waits for a busy database; nothing piles up behind it, as behind a service.
            Map.entry("quarkus.datasource.jdbc.acquisition-timeout", "10s"),
            Map.entry("quarkus.datasource.jdbc.additional-jdbc-properties.loginTimeout", "10"),
            // Standard output is for the result of the command alone.
            Map.entry("quarkus.banner.enabled", "false"),
            Map.entry("quarkus.log.console.stderr", "true"),
            Map.entry("quarkus.log.level", "WARN"),
            Map.entry("quarkus.log.console.json.enabled", "false"));

    private static volatile boolean on;
    private static volatile Set<Usage> usages = EnumSet.allOf(Usage.class);

    private CommandMode() {}

    /** To be called before the framework starts, with what the command uses. */
    public static void enter(Set<Usage> used) {
        Set<Usage> all = EnumSet.of(Usage.ALWAYS);
        all.addAll(used);
        usages = all;
        on = true;
        SETTINGS.forEach(System::setProperty);
    }

    public static boolean isOn() {
        return on;
    }

    /** Returns whether the command reports what is wrong with the settings, so that the start does not end because of it. */
    static boolean reportsProblems() {
        return on && usages.contains(Usage.DIAGNOSIS);
    }

    /** Returns whether this process uses such settings; the service uses all. */
    static boolean uses(Usage usage) {
        return usages.contains(usage);
    }
}
