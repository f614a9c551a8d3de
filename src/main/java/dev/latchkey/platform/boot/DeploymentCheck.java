package dev.latchkey.platform.boot;

import java.util.List;
import java.util.function.Supplier;

/**
 * Tries out, for an operator, what the settings of one feature name: a database, a mail server, published keys. Unlike a
 * {@link ConfigurationCheck} it uses the network, runs by command only, and ends no start. It changes nothing.
 */
public interface DeploymentCheck {

    /** Whether an operator has to act. */
    enum Status {
        OK,
        /** Not configured, or not to be known from here. */
        SKIPPED,
        /** The service works, and something is worth a look. */
        WARNING,
        /** Something does not work, or is not secure. */
        ERROR
    }

    /** Returns the heading above the results. */
    String group();

    /** Returns a check that is no bean of its own. */
    static DeploymentCheck of(String group, Supplier<List<CheckResult>> run) {
        return new DeploymentCheck() {
            @Override
            public String group() {
                return group;
            }

            @Override
            public List<CheckResult> run() {
                return run.get();
            }
        };
    }

    /** Runs the check. It may block; after {@link Diagnosis#TIMEOUT} it is given up. */
    List<CheckResult> run();

    /**
     * What one check has found out.
     *
     * <p>Security: no secret, and nothing that a remote server has said word by word.
     *
     * @param name what was checked
     * @param message what is the case
     * @param remedy what to do about it; may be empty
     */
    record CheckResult(Status status, String name, String message, String remedy) {

        public static CheckResult ok(String name, String message) {
            return new CheckResult(Status.OK, name, message, "");
        }

        public static CheckResult skipped(String name, String message) {
            return new CheckResult(Status.SKIPPED, name, message, "");
        }

        public static CheckResult warning(String name, String message, String remedy) {
            return new CheckResult(Status.WARNING, name, message, remedy);
        }

        public static CheckResult error(String name, String message, String remedy) {
            return new CheckResult(Status.ERROR, name, message, remedy);
        }
    }
}
