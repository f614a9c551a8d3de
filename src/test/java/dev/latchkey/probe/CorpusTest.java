package dev.latchkey.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorpusTest {

    private static final Routes ROUTES = RoutesTest.routes("/api/ada%7C1/tasks", "/api/bob%7C2/tasks");

    @Test
    void readsLinesAndPassesOverComments() {
        Corpus corpus = corpus("""
                # A comment\twith tabs

                other\tGET\t/api/{B}/tasks\t-\tA\t403\tother-user
                told\tGET\t/api/{A}/tasks\tX-Auth-User-Id: {B} | X-A: b\tnone\t401\tno-token
                query\tGET\t/api/{A}/tasks?t={A-token}\t-\tquery\t401\tquery
                own\tHEAD\t/api/{A}/tasks\t-\tlower\t200\towner
                """, ROUTES);
        assertEquals(
                List.of(
                        Attempt.refused("other", "/api/bob%7C2/tasks"),
                        Attempt.refused("told", "/api/ada%7C1/tasks", "X-Auth-User-Id: bob|2", "X-A: b")
                                .with(Credential.NONE),
                        Attempt.refused("query", "/api/ada%7C1/tasks?t={A-token}")
                                .with(Credential.NONE),
                        new Attempt(
                                "own",
                                "HEAD",
                                "/api/ada%7C1/tasks",
                                List.of(),
                                Credential.LOWER_CASE,
                                Expectation.PASSED)),
                corpus.attempts());
        assertEquals(List.of(), corpus.leftOut());
    }

    @ParameterizedTest
    @CsvSource({
        "A, OWN",
        "none, NONE",
        "query, NONE",
        "A-altered, ALTERED",
        "garbage, GARBAGE",
        "two, TWICE",
        "lower, LOWER_CASE",
        "basic, BASIC",
    })
    void makesOfOneTokenWhatCanBeMade(String name, Credential credential) {
        assertEquals(
                credential,
                corpus("x\tGET\t/x\t-\t" + name + "\t401\tx", ROUTES)
                        .attempts()
                        .getFirst()
                        .credential());
    }

    @Test
    void takesTargetsOutOfTheirWriting() {
        assertEquals("/a\0b\t\\\u00ff\r\n", target("/a\\x00b\\t\\\\\\xFf\\x0d\\x0a"));
        assertEquals("/\u00c3\u00a4", target("/\u00e4"), "characters are their octets in UTF-8");
        assertEquals("/\\x41", target("/\\\\x41"), "an escaped backslash begins no other escape");
    }

    /** What cannot be tried is counted by its token, and what would change data is not tried. */
    @Test
    void saysWhatItLeavesOut() {
        Corpus corpus = corpus("""
                one\tGET\t/x\t-\tB\t403\tx
                two\tGET\t/x\t-\tA-expired\t401\tx
                three\tGET\t/x\t-\tB\t403\tx
                four\tDELETE\t/api/{A}/tasks\t-\tA\t200\tx
                five\tDELETE\t/api/{B}/tasks\t-\tA\t403\tx
                """, ROUTES);
        assertEquals(1, corpus.attempts().size());
        assertEquals(
                List.of(
                        "Left out of the corpus: 3 lines whose token cannot be made of this one (A-expired 1, B 2).",
                        "Left out of the corpus: 1 lines that should pass and would change something."),
                corpus.leftOut());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "x\tGET\t/x\t-\tA\t403",
                "x\tGET\t/x\t-\tA\t403\tx\tx",
                "x\t\t/x\t-\tA\t403\tx",
                "x\tGET\t/x\t\tA\t403\tx",
                "x\tGET\t/x\t-\tA\tno\tx",
                "x\tGET\t/x\t-\tA\t99\tx",
                "x\tGET\t/x\t-\tA\t4030\tx",
                "x\tGET\t/x\t-\tA B\t403\tx",
                "x\tGET\t/\\q\t-\tA\t403\tx",
                "x\tGET\t/\\x0\t-\tA\t403\tx",
                "x\tGET\t/\\\t-\tA\t403\tx",
                "x\tGET\t/x\tX: \\\tA\t403\tx",
            })
    void refusesALineThatItDoesNotUnderstand(String line) {
        var unfit = assertInstanceOf(
                Reading.Unfit.class, Corpus.read("# first\n" + line + "\nx\tGET\t/x\t-\tA\t403\tx", ROUTES));
        assertTrue(unfit.sentence().startsWith("Line 2 of the corpus "), unfit.sentence());
    }

    private static String target(String written) {
        return corpus("x\tGET\t" + written + "\t-\tA\t403\tx", ROUTES)
                .attempts()
                .getFirst()
                .target();
    }

    static Corpus corpus(String text, Routes routes) {
        return assertInstanceOf(
                Corpus.class,
                assertInstanceOf(Reading.Fit.class, Corpus.read(text, routes)).value());
    }
}
