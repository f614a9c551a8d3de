package dev.latchkey.ops;

/**
 * Something a boot check has to say about the settings.
 *
 * @param property the setting as a deployment spells it
 * @param message what is wrong and what to do
 */
record Finding(Severity severity, String property, String message) {

    /** Whether the service may run with it. */
    enum Severity {
        /** It may. */
        WARNING,
        /** It may in development and tests only. */
        SEVERE_IN_PRODUCTION,
        /** It may nowhere. */
        SEVERE;

        boolean stops(boolean production) {
            return this == SEVERE || (production && this == SEVERE_IN_PRODUCTION);
        }
    }

    static Finding warning(String property, String message) {
        return new Finding(Severity.WARNING, property, message);
    }

    static Finding severeInProduction(String property, String message) {
        return new Finding(Severity.SEVERE_IN_PRODUCTION, property, message);
    }

    static Finding severe(String property, String message) {
        return new Finding(Severity.SEVERE, property, message);
    }

    @Override
    public String toString() {
        return property + ": " + message;
    }
}
