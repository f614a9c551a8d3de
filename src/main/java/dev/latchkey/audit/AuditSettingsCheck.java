package dev.latchkey.audit;

import static dev.latchkey.platform.boot.ConfigurationProblem.error;
import static dev.latchkey.platform.boot.ConfigurationProblem.unlessPositive;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks the settings of the audit log. */
@Singleton
class AuditSettingsCheck implements ConfigurationCheck {

    private static final int MAX_QUEUE = 1_000_000;
    private static final int MAX_ENTRIES = 100_000;
    private static final Duration MAX_PERIOD = Duration.ofHours(1);

    private final AuditConfig config;

    AuditSettingsCheck(AuditConfig config) {
        this.config = config;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return check(config);
    }

    static List<ConfigurationProblem> check(AuditConfig config) {
        AuditConfig.Refusals refusals = config.refusals();
        List<ConfigurationProblem> problems = new ArrayList<>();
        problems.addAll(unlessPositive("latchkey.audit.retention", config.retention()));
        problems.addAll(unlessPositive("latchkey.audit.refusals.period", refusals.period()));
        if (refusals.period().compareTo(MAX_PERIOD) > 0) {
            problems.add(error(
                    "latchkey.audit.refusals.period",
                    "must be an hour at most: what was counted since the last entry is lost if the process is killed"));
        }
        problems.addAll(unlessWithin("latchkey.audit.queue", config.queue(), 1, MAX_QUEUE));
        problems.addAll(unlessWithin("latchkey.audit.refusals.single", refusals.single(), 0, MAX_ENTRIES));
        problems.addAll(unlessWithin("latchkey.audit.refusals.max", refusals.max(), 1, MAX_ENTRIES));
        return problems;
    }

    private static List<ConfigurationProblem> unlessWithin(String property, int value, int least, int most) {
        return value < least || value > most
                ? List.of(error(property, "must be from %d to %d: what waits is in memory".formatted(least, most)))
                : List.of();
    }
}
