package dev.latchkey.platform.boot;

/**
 * Something a boot check has to say about the settings.
 *
 * @param property the setting as a deployment spells it
 * @param message what is wrong and what to do
 */
public record ConfigurationProblem(Severity severity, String property, String message) {

    /** Whether the service may run with it. */
    public enum Severity {
        /** It may. */
        WARNING,
        /** It may in development and tests only. */
        SEVERE_IN_PRODUCTION,
        /** It may nowhere. */
        SEVERE;

        public boolean stops(boolean production) {
            return this == SEVERE || (production && this == SEVERE_IN_PRODUCTION);
        }
    }

    public static ConfigurationProblem warning(String property, String message) {
        return new ConfigurationProblem(Severity.WARNING, property, message);
    }

    public static ConfigurationProblem severeInProduction(String property, String message) {
        return new ConfigurationProblem(Severity.SEVERE_IN_PRODUCTION, property, message);
    }

    public static ConfigurationProblem severe(String property, String message) {
        return new ConfigurationProblem(Severity.SEVERE, property, message);
    }

    @Override
    public String toString() {
        return property + ": " + message;
    }
}
