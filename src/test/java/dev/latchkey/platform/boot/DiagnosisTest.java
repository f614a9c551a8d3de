package dev.latchkey.platform.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import dev.latchkey.platform.boot.Diagnosis.Group;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** All checks run, whatever becomes of one of them. */
class DiagnosisTest {

    private static final DeploymentCheck FINE = check("fine", () -> List.of(CheckResult.ok("a", "b")));

    @Test
    void reportsEveryConfigurationProblemAsProductionTakesIt() {
        List<ConfigurationCheck> checks = List.of(
                () -> List.of(ConfigurationProblem.error("LATCHKEY_SECRET", "is missing")),
                List::of,
                () -> List.of(
                        ConfigurationProblem.errorInProduction("LATCHKEY_PUBLIC_URL", "is plain HTTP"),
                        ConfigurationProblem.warning("latchkey.token.access-lifetime", "is long")));

        List<Group> groups = new Diagnosis(checks, List.of()).run(List.of());

        assertEquals(List.of("settings"), groups.stream().map(Group::name).toList());
        assertEquals(
                List.of(
                        CheckResult.error("LATCHKEY_SECRET", "is missing", ""),
                        CheckResult.error("LATCHKEY_PUBLIC_URL", "is plain HTTP", ""),
                        CheckResult.warning("latchkey.token.access-lifetime", "is long", "")),
                groups.getFirst().results());
    }

    @Test
    void saysThatSettingsAreRight() {
        Group settings = new Diagnosis(List.of(List::of), List.of(FINE))
                .run(List.of(FINE))
                .getFirst();
        assertEquals(Status.OK, settings.results().getFirst().status());
        assertFalse(settings.has(Status.ERROR));
    }

    @Test
    void reportsACheckThatFailsAndGoesOn() {
        List<Group> groups = Diagnosis.runAll(
                List.of(
                        check("broken", () -> {
                            throw new IllegalStateException("no\nsuch thing");
                        }),
                        FINE),
                Duration.ofSeconds(20));
        CheckResult failed = groups.getFirst().results().getFirst();
        assertEquals(Status.ERROR, failed.status());
        assertEquals("failed: IllegalStateException no such thing", failed.message());
        assertEquals(FINE.run(), groups.getLast().results());
    }

    @Test
    void givesUpOnACheckThatHangsAndInterruptsIt() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicBoolean ended = new AtomicBoolean();
        DeploymentCheck hanging = check("hanging", () -> {
            try {
                never.await();
                ended.set(true);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return List.of();
        });

        List<Group> groups = Diagnosis.runAll(List.of(hanging, FINE), Duration.ofMillis(200));

        CheckResult result = groups.getFirst().results().getFirst();
        assertEquals(Status.ERROR, result.status());
        assertTrue(result.message().contains("given up"), result.message());
        assertEquals(FINE.run(), groups.getLast().results(), "the others have run meanwhile");
        interrupted.await();
        assertFalse(ended.get());
    }

    private static DeploymentCheck check(String group, java.util.function.Supplier<List<CheckResult>> run) {
        return DeploymentCheck.of(group, run);
    }
}
