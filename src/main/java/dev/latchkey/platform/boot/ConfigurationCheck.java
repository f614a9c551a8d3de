package dev.latchkey.platform.boot;

import java.util.List;

/** Checks the settings of one feature, at the start and before any request is served. */
@FunctionalInterface
public interface ConfigurationCheck {

    /** What a process does with the settings of a check: a command needs only those that it uses. */
    enum Usage {
        /** Connecting to the database. */
        DATABASE,
        /** Opening and making signing keys. */
        KEYS,
        /** Creating or importing sessions. */
        SESSIONS,
        /** Reading the rules of the gate and the issuers that they name. */
        GATE_RULES,
        /** Answering requests. */
        SERVING,
        /** Reporting what is wrong with the settings, instead of ending because of it. */
        DIAGNOSIS,
        /** Reading settings at all. */
        ALWAYS
    }

    List<ConfigurationProblem> problems();

    /** What the checked settings are used for. */
    default Usage usage() {
        return Usage.SERVING;
    }
}
