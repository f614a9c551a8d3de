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

/** Runs the boot checks, says everything they found at once, and stops the boot if any of it is severe. */
@Singleton
class ConfigurationChecks {

    private static final Logger LOG = Logger.getLogger(ConfigurationChecks.class);

    private final List<ConfigurationCheck> checks;

    ConfigurationChecks(@All List<ConfigurationCheck> checks) {
        this.checks = checks;
    }

    void run(@Observes @Priority(StartOrder.BOOT_CHECKS) StartupEvent event) {
        boolean production = LaunchMode.current() == LaunchMode.NORMAL;
        List<ConfigurationProblem> findings =
                checks.stream().flatMap(check -> check.findings().stream()).toList();
        findings.forEach(finding -> say(finding, production));
        List<String> stoppers = findings.stream()
                .filter(finding -> finding.severity().stops(production))
                .map(ConfigurationProblem::property)
                .distinct()
                .toList();
        if (!stoppers.isEmpty()) {
            // Of all exceptions this is the one whose message the framework prints without a stack trace, and exits
            // with 1.
            throw new ConfigurationException(
                    "Latchkey does not start with these settings: " + String.join(", ", stoppers));
        }
    }

    private static void say(ConfigurationProblem finding, boolean production) {
        if (finding.severity().stops(production)) {
            LOG.error(finding);
        } else if (production && !CommandMode.isOn()) {
            LOG.warn(finding);
        } else {
            LOG.debug(finding);
        }
    }
}
