package dev.latchkey.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.gatecheck.Assessment;
import dev.latchkey.gatecheck.Deployment;
import dev.latchkey.gatecheck.Finding;
import dev.latchkey.gatecheck.Outcome;
import dev.latchkey.gatecheck.Routes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator reads, and with which code it ends. */
class GateChecksTest {

    private static final Routes ROUTES = new Routes("/api/", "ada", "bob", "/tasks");
    /** Nobody listens there. */
    private static final Deployment NOWHERE = new Deployment(false, "localhost", 1);

    private final ByteArrayOutputStream progress = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void saysInOneLineThatNothingGotThrough() {
        Said said = said(new Outcome.Finished(
                List.of(finding(Assessment.REFUSED), finding(Assessment.UNAFFECTED), finding(Assessment.REFUSED)),
                List.of()));
        assertEquals(new Said(0, "3 tries: 0 got through, 2 refused, 1 unaffected\n", ""), said);
    }

    @Test
    void listsFindingsTheWorstFirst() {
        Said said = said(new Outcome.Finished(
                List.of(
                        finding(Assessment.REFUSED),
                        finding(Assessment.REDIRECTED),
                        new Finding(
                                Assessment.GOT_THROUGH,
                                "dots",
                                "GET /api/ada/../bob/tasks",
                                "own",
                                "200, 25 bytes, not what your own route gives"),
                        finding(Assessment.UNCLEAR),
                        finding(Assessment.COMMON_PAGE),
                        finding(Assessment.NOT_PASSED),
                        finding(Assessment.PASSED)),
                List.of("One thing.", "Another.")));
        assertEquals(new Said(1, """
                        RESULT                         TRY   REQUEST                    TOKEN  ANSWER
                        got through                    dots  GET /api/ada/../bob/tasks  own    200, 25 bytes, not what your own route gives
                        refused though it should pass  name  GET /x                     own    000
                        redirected                     name  GET /x                     own    000
                        unclear                        name  GET /x                     own    000

                        7 tries: 1 got through, 1 refused though it should pass, 1 redirected, 1 unclear, 1 refused, \
                        1 got the page for unknown paths, 1 passed as it should
                        """, "One thing.\nAnother.\n"), said);
    }

    /** Only a hole is one: the others are told, and leave the code alone. */
    @ParameterizedTest
    @EnumSource(Assessment.class)
    void endsWith1ForAHoleAlone(Assessment verdict) {
        Said said = said(new Outcome.Finished(List.of(finding(verdict)), List.of()));
        assertEquals(verdict == Assessment.GOT_THROUGH ? 1 : 0, said.code());
    }

    @Test
    void endsWith1WhereNothingCouldBeTriedOrNotAll() {
        assertEquals(
                new Said(1, "", "Nothing was tried. The path is wrong.\n"),
                said(new Outcome.NotBegun("The path is wrong.")));
        assertEquals(
                new Said(1, "1 tries: 0 got through, 1 refused\n", "A remark.\nBroken off: it expired.\n"),
                said(new Outcome.BrokenOff(
                        List.of(finding(Assessment.REFUSED)), List.of("A remark."), "Broken off: it expired.")));
    }

    @Test
    void takesTheTokenFromTheEnvironment() {
        assertTried(run(Map.of("LATCHKEY_CHECK_TOKEN", "head.claims.signature\n"), "", null, null, null));
    }

    @Test
    void takesTheTokenFromAFileOrStandardInput() throws IOException {
        String file = file("token", "head.claims.signature\n");
        assertTried(run(Map.of(), "", file, null, null));
        assertTried(run(Map.of(), "head.claims.signature\n", "-", null, null));
        assertTried(run(Map.of("LATCHKEY_CHECK_TOKEN", "not it"), "", file, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n"})
    void demandsAToken(String nothing) throws IOException {
        assertMisused(run(Map.of(), "", null, null, null), "--token-file");
        assertMisused(run(Map.of("LATCHKEY_CHECK_TOKEN", nothing), "", null, null, null), "--token-file");
        assertMisused(run(Map.of(), nothing, "-", null, null), "no token");
        assertMisused(run(Map.of(), "", file("token", nothing), null, null), "no token");
        // Said so that nobody believes the variable was used.
        assertMisused(
                run(Map.of("LATCHKEY_CHECK_TOKEN", "head.claims.signature"), "", file("token", nothing), null, null),
                "no token");
    }

    @Test
    void saysWhichFileItCannotUse() throws IOException {
        String missing = folder.resolve("missing").toString();
        Map<String, String> token = Map.of("LATCHKEY_CHECK_TOKEN", "head.claims.signature");
        assertMisused(run(Map.of(), "", missing, null, null), "--token-file");
        // The token itself in the place of a file's name must not be repeated.
        assertMisused(run(Map.of(), "", "head.claims.signature", null, null), "--token-file");
        assertMisused(run(Map.of(), "", folder.toString(), null, null), "--token-file");
        assertMisused(run(Map.of(), "", "\0", null, null), "cannot be read");
        assertMisused(run(token, "", null, missing, null), "--corpus");
        assertMisused(run(token, "", null, null, missing), "--ca");
        assertMisused(run(token, "", null, file("corpus", "# a comment\nx\n"), null), "Line 2 of the corpus");
        assertMisused(run(token, "", null, null, file("ca", "no certificate")), "certificates");
        assertMisused(run(Map.of("LATCHKEY_CHECK_TOKEN", "Bearer head.claims"), "", null, null, null), "token");
        assertEquals("", progress.toString(StandardCharsets.UTF_8), "nothing was begun");
    }

    @Test
    void warnsWhereTheTokenCanBeSeen() {
        new GateChecks(
                        Map.of("LATCHKEY_CHECK_TOKEN", "head.claims.signature"),
                        InputStream.nullInputStream(),
                        new PrintStream(progress, true, StandardCharsets.UTF_8))
                .run(new GateCommand.Check(
                        new Deployment(false, "x".repeat(64) + ".invalid", 80), ROUTES, null, null, null));
        assertTrue(progress.toString(StandardCharsets.UTF_8).contains("plain HTTP"), "no word of it");
    }

    private CommandResult run(
            Map<String, String> environment,
            String input,
            @Nullable String tokenFile,
            @Nullable String corpusFile,
            @Nullable String authorityFile) {
        return new GateChecks(
                        environment,
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintStream(progress, true, StandardCharsets.UTF_8))
                .run(new GateCommand.Check(NOWHERE, ROUTES, tokenFile, corpusFile, authorityFile));
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    /** It came as far as the first request. */
    private static void assertTried(CommandResult answer) {
        String sentence = assertInstanceOf(CommandResult.Failed.class, answer).sentence();
        assertTrue(sentence.contains("no connection"), sentence);
        assertFalse(sentence.contains("signature"), "the token");
    }

    private static void assertMisused(CommandResult answer, String words) {
        String sentence = assertInstanceOf(CommandResult.Misused.class, answer).sentence();
        assertTrue(sentence.contains(words), sentence);
        assertEquals(1, sentence.lines().count());
        assertFalse(sentence.contains("claims"), "the token");
        assertEquals(
                2,
                Commands.say(
                        answer,
                        new PrintStream(new ByteArrayOutputStream()),
                        new PrintStream(new ByteArrayOutputStream())));
    }

    private static Finding finding(Assessment verdict) {
        return new Finding(verdict, "name", "GET /x", "own", "000");
    }

    private record Said(int code, String output, String error) {}

    private static Said said(Outcome outcome) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        int code = Commands.say(GateChecks.told(outcome), new PrintStream(output), new PrintStream(error));
        return new Said(code, text(output), text(error));
    }

    private static String text(ByteArrayOutputStream octets) {
        return octets.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
