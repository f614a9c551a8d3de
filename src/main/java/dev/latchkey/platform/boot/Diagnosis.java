package dev.latchkey.platform.boot;

import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs all checks for an operator: those of the settings, as a start does, and those of what the settings name. */
@ApplicationScoped
public class Diagnosis {

    /** The time that a check may take; all run at once. */
    public static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final List<ConfigurationCheck> configuration;
    private final List<DeploymentCheck> deployment;

    Diagnosis(@All List<ConfigurationCheck> configuration, @All List<DeploymentCheck> deployment) {
        this.configuration = configuration;
        this.deployment = deployment;
    }

    /** The results under one heading, in the order in which they were found out. */
    public record Group(String name, List<CheckResult> results) {

        /** Returns whether any result has this status. */
        public boolean has(Status status) {
            return results.stream().anyMatch(result -> result.status() == status);
        }
    }

    /** Runs all checks, and some more after them. */
    public List<Group> run(List<DeploymentCheck> more) {
        List<DeploymentCheck> all = new ArrayList<>(List.of(DeploymentCheck.of("settings", this::settings)));
        all.addAll(deployment);
        all.addAll(more);
        return runAll(all, TIMEOUT);
    }

    /** Runs these checks alone. */
    public static List<Group> runAll(List<DeploymentCheck> checks, Duration timeout) {
        List<FutureTask<List<CheckResult>>> tasks = new ArrayList<>();
        for (DeploymentCheck check : checks) {
            FutureTask<List<CheckResult>> task = new FutureTask<>(check::run);
            // One that hangs keeps neither the others nor the end of the process.
            Thread.ofPlatform().daemon().name("check-" + check.group()).start(task);
            tasks.add(task);
        }
        long end = System.nanoTime() + timeout.toNanos();
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < checks.size(); i++) {
            groups.add(new Group(checks.get(i).group(), await(tasks.get(i), end - System.nanoTime(), timeout)));
        }
        return groups;
    }

    private static List<CheckResult> await(FutureTask<List<CheckResult>> task, long nanos, Duration timeout) {
        try {
            return task.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException hanging) {
            task.cancel(true);
            return List.of(CheckResult.error(
                    "time",
                    "the check did not end within " + timeout.toSeconds() + " seconds and was given up",
                    "look for a server that accepts connections and does not respond"));
        } catch (ExecutionException failed) {
            return List.of(CheckResult.error("check", "failed: " + describe(failed.getCause()), ""));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of(CheckResult.error("check", "was interrupted", ""));
        }
    }

    private static String describe(@Nullable Throwable failure) {
        return failure == null
                ? "unknown"
                : failure.getClass().getSimpleName() + " "
                        + String.valueOf(failure.getMessage())
                                .replaceAll("\\s+", " ")
                                .strip();
    }

    /** Runs the configuration checks, none of which ends the process. */
    private List<CheckResult> settings() {
        List<CheckResult> problems = configuration.stream()
                .flatMap(check -> check.problems().stream())
                .distinct()
                .map(Diagnosis::result)
                .toList();
        return problems.isEmpty()
                ? List.of(CheckResult.ok("all", configuration.size() + " checks report nothing"))
                : problems;
    }

    /** Production is what the command is for, wherever it runs. */
    private static CheckResult result(ConfigurationProblem problem) {
        return new CheckResult(
                problem.severity().stops(true) ? Status.ERROR : Status.WARNING,
                problem.property(),
                problem.message(),
                "");
    }
}
