package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Conformance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The official client and raw HTTP over the whole Better Auth protocol, against the genuine server and the packaged service. */
@EnabledIf(
        value = "dev.latchkey.fixture.BetterAuth#isInstalled",
        disabledReason = "Better Auth is not installed in target/better-auth, which .ci/run does where npm is")
class BetterAuthConformanceIT {

    // A case that the genuine server does not pass is an error of the suite.
    @Test
    void genuineServerPassesEveryCase() {
        Conformance.Run run = Conformance.ofTheGenuineServer();
        System.out.println(run.score());

        assertEquals(0, run.code(), run::failures);
        assertEquals(run.report().getInt("cases"), run.report().getInt("passed"), run::failures);
        assertEquals(List.of(), run.report().getList("gaps"));
    }

    @Test
    void packagedServicePassesEveryCaseButTheListedDifferences() {
        Conformance.Run run = Conformance.ofThePackagedService();
        System.out.println(run.score());

        assertEquals(0, run.code(), run::failures);
        assertTrue(run.report().getInt("passed") > 0, run::failures);
        // Only cases of settings that Latchkey does not have.
        assertEquals(
                List.of("confirmed"),
                run.report().getList("results.findAll { it.outcome == 'not run' }.configuration", String.class).stream()
                        .distinct()
                        .toList(),
                run::failures);
    }
}
