package dev.latchkey.platform.boot;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * An error or a warning about one setting.
 *
 * @param property the setting as a deployment spells it
 * @param message what is wrong and what to do about it
 */
public record ConfigurationProblem(Severity severity, String property, String message) {

    /** Whether the service may start in spite of a problem. */
    public enum Severity {
        /** It starts, and logs the problem. */
        WARNING,
        /** It starts in development and tests only. */
        ERROR_IN_PRODUCTION,
        /** It does not start. */
        ERROR;

        public boolean stops(boolean production) {
            return this == ERROR || (production && this == ERROR_IN_PRODUCTION);
        }
    }

    public static ConfigurationProblem warning(String property, String message) {
        return new ConfigurationProblem(Severity.WARNING, property, message);
    }

    public static ConfigurationProblem errorInProduction(String property, String message) {
        return new ConfigurationProblem(Severity.ERROR_IN_PRODUCTION, property, message);
    }

    public static ConfigurationProblem error(String property, String message) {
        return new ConfigurationProblem(Severity.ERROR, property, message);
    }

    /** Returns an error unless the duration is positive. */
    public static List<ConfigurationProblem> unlessPositive(String property, Duration duration) {
        return duration.isPositive() ? List.of() : List.of(error(property, "must be positive"));
    }

    /**
     * Returns a problem unless the duration is within bounds.
     *
     * @param reason what a value outside of them would do
     */
    public static List<ConfigurationProblem> unlessBetween(
            Severity severity, String property, Duration value, Duration least, Duration most, String reason) {
        return value.compareTo(least) < 0 || value.compareTo(most) > 0
                ? List.of(new ConfigurationProblem(
                        severity,
                        property,
                        "is %s; set %s to %s: %s".formatted(format(value), format(least), format(most), reason)))
                : List.of();
    }

    /** Returns a duration as it is written in a setting. */
    public static String format(Duration duration) {
        return duration.isPositive() && duration.equals(Duration.ofDays(duration.toDays()))
                ? duration.toDays() + "d"
                : duration.toString().replaceFirst("PT", "").toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return property + ": " + message;
    }
}
