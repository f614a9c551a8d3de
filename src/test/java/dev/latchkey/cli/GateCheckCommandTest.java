package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.gatecheck.GateCheck.Outcome;
import dev.latchkey.gatecheck.TestResult;
import dev.latchkey.gatecheck.TestResult.Assessment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class GateCheckCommandTest {

    /** A port that nothing listens on. */
    private static final String NOWHERE = "http://localhost:1";

    @TempDir
    private Path folder;

    @Test
    void summarisesInOneLineWhenNothingGotThrough() {
        Printed printed = printed(new Outcome.Finished(
                List.of(result(Assessment.REFUSED), result(Assessment.UNAFFECTED), result(Assessment.REFUSED)),
                List.of()));
        assertEquals(new Printed(0, "3 requests: 0 got through, 2 refused, 1 unaffected\n", ""), printed);
    }

    @Test
    void listsFindingsWithTheWorstFirst() {
        Printed printed = printed(new Outcome.Finished(
                List.of(
                        result(Assessment.REFUSED),
                        result(Assessment.REDIRECTED),
                        new TestResult(
                                Assessment.BYPASS,
                                "dots",
                                "GET /api/ada/../bob/tasks",
                                "own",
                                "200, 25 bytes, not what your own route gives"),
                        result(Assessment.UNCLEAR),
                        result(Assessment.FALLBACK_PAGE),
                        result(Assessment.WRONGLY_REFUSED),
                        result(Assessment.PASSED)),
                List.of("One thing.", "Another.")));
        assertEquals(new Printed(1, """
                        RESULT                         TEST  REQUEST                    TOKEN  RESPONSE
                        got through                    dots  GET /api/ada/../bob/tasks  own    200, 25 bytes, not what your own route gives
                        refused though it should pass  name  GET /x                     own    000
                        redirected                     name  GET /x                     own    000
                        unclear                        name  GET /x                     own    000

                        7 requests: 1 got through, 1 refused though it should pass, 1 redirected, 1 unclear, 1 refused, \
                        1 got the page for unknown paths, 1 passed as it should
                        """, "One thing.\nAnother.\n"), printed);
    }

    /** The other results are listed, and do not change the exit code. */
    @ParameterizedTest
    @EnumSource(Assessment.class)
    void exitsWith1OnlyForABypass(Assessment assessment) {
        Printed printed = printed(new Outcome.Finished(List.of(result(assessment)), List.of()));
        assertEquals(assessment == Assessment.BYPASS ? 1 : 0, printed.code());
    }

    @Test
    void exitsWith1WhenNothingOrNotEverythingWasTested() {
        assertEquals(
                new Printed(1, "", "Nothing was tested. The path is wrong.\n"),
                printed(new Outcome.NotStarted("The path is wrong.")));
        assertEquals(
                new Printed(1, "1 requests: 0 got through, 1 refused\n", "A remark.\nAborted: it expired.\n"),
                printed(new Outcome.Aborted(
                        List.of(result(Assessment.REFUSED)), List.of("A remark."), "Aborted: it expired.")));
    }

    @Test
    void readsTheTokenFromTheEnvironment() {
        assertTested(run(Map.of("LATCHKEY_CHECK_TOKEN", "head.claims.signature\n"), "", null, null, null));
    }

    @Test
    void readsTheTokenFromAFileOrStandardInput() throws IOException {
        String file = file("token", "head.claims.signature\n");
        assertTested(run(Map.of(), "", file, null, null));
        assertTested(run(Map.of(), "head.claims.signature\n", "-", null, null));
        assertTested(run(Map.of("LATCHKEY_CHECK_TOKEN", "not it"), "", file, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n"})
    void requiresAToken(String nothing) throws IOException {
        assertUsageError(run(Map.of(), "", null, null, null), "--token-file");
        assertUsageError(run(Map.of("LATCHKEY_CHECK_TOKEN", nothing), "", null, null, null), "--token-file");
        assertUsageError(run(Map.of(), nothing, "-", null, null), "no token");
        assertUsageError(run(Map.of(), "", file("token", nothing), null, null), "no token");
        // So that it is clear that the variable was not used.
        assertUsageError(
                run(Map.of("LATCHKEY_CHECK_TOKEN", "head.claims.signature"), "", file("token", nothing), null, null),
                "no token");
    }

    @Test
    void namesTheOptionWhoseFileIsUnusable() throws IOException {
        String missing = folder.resolve("missing").toString();
        Map<String, String> token = Map.of("LATCHKEY_CHECK_TOKEN", "head.claims.signature");
        assertUsageError(run(Map.of(), "", missing, null, null), "--token-file");
        // The token itself in the place of a file's name must not be repeated.
        assertUsageError(run(Map.of(), "", "head.claims.signature", null, null), "--token-file");
        assertUsageError(run(Map.of(), "", folder.toString(), null, null), "--token-file");
        assertUsageError(run(Map.of(), "", "\0", null, null), "--token-file cannot be used");
        assertUsageError(run(token, "", null, missing, null), "--corpus");
        assertUsageError(run(token, "", null, null, missing), "--ca");
        assertUsageError(run(token, "", null, file("corpus", "# a comment\nx\n"), null), "Line 2 of the corpus");
        assertUsageError(run(token, "", null, null, file("ca", "no certificate")), "certificates");
        assertUsageError(run(Map.of("LATCHKEY_CHECK_TOKEN", "Bearer head.claims"), "", null, null, null), "token");
    }

    @Test
    void warnsThatPlainHttpExposesTheToken() {
        Printed printed = run(
                Map.of("LATCHKEY_CHECK_TOKEN", "head.claims.signature"), "", "http://" + "x".repeat(64) + ".invalid");
        assertTrue(printed.error().contains("plain HTTP"), printed.error());
    }

    private static Printed run(
            Map<String, String> environment,
            String input,
            @Nullable String tokenFile,
            @Nullable String corpusFile,
            @Nullable String authorityFile) {
        List<String> arguments = new ArrayList<>(List.of(NOWHERE));
        if (tokenFile != null) {
            arguments.addAll(List.of("--token-file", tokenFile));
        }
        if (corpusFile != null) {
            arguments.addAll(List.of("--corpus", corpusFile));
        }
        if (authorityFile != null) {
            arguments.addAll(List.of("--ca", authorityFile));
        }
        return run(environment, input, arguments.toArray(String[]::new));
    }

    /** Runs the command with its own environment and input. */
    private static Printed run(Map<String, String> environment, String input, String... arguments) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        CommandLine cli = Cli.configure(
                new CommandLine(new GateCheckCommand(
                        environment, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)))),
                stream(output),
                stream(error));
        List<String> all = new ArrayList<>(List.of("--own", "/api/ada/tasks", "--other", "/api/bob/tasks"));
        all.addAll(List.of(arguments));
        int code = cli.execute(all.toArray(String[]::new));
        if (cli.getExecutionResult() instanceof CommandResult result) {
            code = result.print(stream(output), stream(error));
        }
        return new Printed(code, text(output), text(error));
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    /** The check came as far as its first request. */
    private static void assertTested(Printed printed) {
        assertEquals(1, printed.code());
        assertTrue(printed.error().contains("no connection"), printed.error());
        assertFalse(printed.error().contains("signature"), "the token");
    }

    private static void assertUsageError(Printed printed, String words) {
        assertEquals(2, printed.code());
        assertEquals("", printed.output());
        assertTrue(printed.error().contains(words), printed.error());
        assertEquals(1, printed.error().lines().count());
        assertFalse(printed.error().contains("claims"), "the token");
    }

    private static TestResult result(Assessment assessment) {
        return new TestResult(assessment, "name", "GET /x", "own", "000");
    }

    private record Printed(int code, String output, String error) {}

    private static Printed printed(Outcome outcome) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        int code = GateCheckReport.of(outcome).print(stream(output), stream(error));
        return new Printed(code, text(output), text(error));
    }

    private static PrintStream stream(ByteArrayOutputStream octets) {
        return new PrintStream(octets, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream octets) {
        return octets.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
