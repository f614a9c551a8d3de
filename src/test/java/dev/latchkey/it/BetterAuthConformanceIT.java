package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Conformance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The official client and raw HTTP, over all of the Better Auth dialect, at the genuine server and at the package. */
@EnabledIf(
        value = "dev.latchkey.fixture.BetterAuth#isInstalled",
        disabledReason = "Better Auth is not installed in target/better-auth, which .ci/run does where npm is")
class BetterAuthConformanceIT {

    // What the genuine server does not pass, the suite has got wrong.
    @Test
    void theGenuineServerPassesEveryCase() {
        Conformance.Run run = Conformance.ofTheGenuineServer();
        System.out.println(run.score());

        assertEquals(0, run.code(), run::output);
        assertEquals(run.report().getInt("cases"), run.report().getInt("passed"), run::output);
        assertEquals(List.of(), run.report().getList("gaps"));
    }

    @Test
    void thePackagePassesEveryCaseButWhereItIsOtherwiseOnPurpose() {
        Conformance.Run run = Conformance.ofThePackagedService();
        System.out.println(run.score());

        assertEquals(0, run.code(), run::output);
        assertTrue(run.report().getInt("passed") > 0, run::output);
        // Only what is about settings that Latchkey does not have.
        assertEquals(
                List.of("confirmed"),
                run
                        .report()
                        .getList("judgements.findAll { it.outcome == 'not run' }.configuration", String.class)
                        .stream()
                        .distinct()
                        .toList(),
                run::output);
    }
}
