package dev.latchkey.platform.boot;

import io.quarkus.arc.All;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Runs the configuration checks of all features, logs every problem that they report, and ends the start if one is an
 * error. A command runs the checks of the settings that it uses; {@link Diagnosis} reports all of them.
 */
@Singleton
class ConfigurationChecks {

    private static final Logger LOG = Logger.getLogger(ConfigurationChecks.class);

    private final List<ConfigurationCheck> checks;

    ConfigurationChecks(@All List<ConfigurationCheck> checks) {
        this.checks = checks;
    }

    void run(@Observes @Priority(StartOrder.CONFIGURATION_CHECKS) StartupEvent event) {
        if (CommandMode.reportsProblems()) {
            return;
        }
        boolean production = LaunchMode.current() == LaunchMode.NORMAL;
        List<ConfigurationProblem> problems = checks.stream()
                .filter(check -> CommandMode.uses(check.usage()))
                .flatMap(check -> check.problems().stream())
                .toList();
        problems.forEach(problem -> log(problem, production));
        List<String> errors = problems.stream()
                .filter(problem -> problem.severity().stops(production))
                .map(ConfigurationProblem::property)
                .distinct()
                .toList();
        if (!errors.isEmpty()) {
            // Of all exceptions this is the one whose message the framework prints without a stack trace, and exits
            // with 1.
            throw new ConfigurationException(
                    "Latchkey does not start with these settings: " + String.join(", ", errors));
        }
    }

    private static void log(ConfigurationProblem problem, boolean production) {
        if (problem.severity().stops(production)) {
            LOG.error(problem);
        } else if (production && !CommandMode.isOn()) {
            LOG.warn(problem);
        } else {
            LOG.debug(problem);
        }
    }
}
