package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Packaged.Ended;
import dev.latchkey.gatecheck.TestIngress;
import dev.latchkey.gatecheck.TestIngress.Flaw;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gate check of the packaged program, which needs neither settings nor a database. */
@Tag("either-package")
class GateCheckIT {

    private static final Map<String, String> TOKEN = Map.of("LATCHKEY_CHECK_TOKEN", TestIngress.TOKEN);

    @TempDir
    private Path folder;

    /** Over HTTPS, which shows that the native executable contains TLS. */
    @Test
    void exitsWith0WithoutABypass() {
        Path authority = folder.resolve("authority.pem");
        try (TestIngress ingress = TestIngress.secure(authority)) {
            Ended ended = check(ingress, "--ca", authority.toString());
            assertEquals(0, ended.code(), ended.toString());
            assertTrue(
                    ended.output().matches("[0-9]+ requests: 0 got through, [0-9]+ refused, [0-9]+ unaffected\\R"),
                    ended.toString());
            List<String> progress = ended.error().lines().toList();
            assertTrue(progress.getFirst().startsWith("20 of "), ended.toString());
            assertTrue(progress.stream().allMatch(line -> line.matches("[0-9]+ of [0-9]+ requests")), ended.toString());
        }
    }

    /** Security: the token must not go to a server with a certificate that the platform does not trust. */
    @Test
    void exitsWith1OnAnUntrustedCertificate() {
        try (TestIngress ingress = TestIngress.secure(folder.resolve("authority.pem"))) {
            Ended ended = check(ingress);
            assertEquals(1, ended.code(), ended.toString());
            assertTrue(ended.error().contains("TLS failed: "), ended.toString());
            assertEquals(List.of(), ingress.requests());
        }
    }

    @Test
    void exitsWith1AndListsTheBypasses() {
        try (TestIngress ingress = new TestIngress(Flaw.NORMALISES_DOTS, Flaw.TAKES_TOKEN_FROM_QUERY)) {
            Ended ended = check(ingress);
            assertEquals(1, ended.code(), ended.toString());
            List<String> lines = ended.output().lines().toList();
            assertTrue(lines.getFirst().startsWith("RESULT "), ended.toString());
            assertTrue(
                    lines.stream()
                            .anyMatch(line -> line.matches("got through +dots +GET /api/ada/\\.\\./bob/tasks +own .*")),
                    ended.toString());
            assertTrue(
                    lines.stream().anyMatch(line -> line.contains("/api/ada/tasks?access_token={A-token} ")),
                    ended.toString());
            assertFalse(ended.toString().contains("signature"), "the token was printed");
        }
    }

    @Test
    void explainsAFailedBaseline() {
        try (TestIngress ingress = new TestIngress(Flaw.NO_GATE)) {
            Ended ended = check(ingress);
            assertEquals(1, ended.code(), ended.toString());
            assertEquals("", ended.output());
            assertTrue(ended.error().contains("The gate is not in front"), ended.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gate check http://localhost:1 --own /api/ada --other /api/bob | 2 | There is no token",
                "gate check http://localhost:1 --own /api/ada | 2 | needs --other PATH",
                "gate chek | 2 | There is no command 'gate chek'",
                "gate check --token head.claims.signature | 2 | The token must not be an argument",
            })
    void printsUsageErrorsAsOneSentence(String arguments, int code, String message) {
        Ended ended = Packaged.command(Map.of(), arguments.split(" "));
        assertEquals(code, ended.code(), ended.toString());
        assertEquals("", ended.output());
        assertTrue(ended.error().contains(message), ended.toString());
        assertEquals(1, ended.error().lines().count(), ended.toString());
    }

    private static Ended check(TestIngress ingress, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("gate", "check", ingress.url(), "--own", "/api/ada/tasks", "--other", "/api/bob/tasks"));
        arguments.addAll(List.of(more));
        return Packaged.command(TOKEN, arguments.toArray(String[]::new));
    }
}
