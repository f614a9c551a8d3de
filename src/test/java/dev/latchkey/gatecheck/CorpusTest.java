package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.gatecheck.TestRequest.Credential;
import dev.latchkey.gatecheck.TestRequest.Expectation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorpusTest {

    private static final Routes ROUTES = RoutesTest.routes("/api/ada-1/tasks", "/api/bob-2/tasks");

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
                        TestRequest.refused("other", "/api/bob-2/tasks"),
                        TestRequest.refused("told", "/api/ada-1/tasks", "X-Auth-User-Id: bob-2", "X-A: b")
                                .with(Credential.NONE),
                        TestRequest.refused("query", "/api/ada-1/tasks?t={A-token}")
                                .with(Credential.NONE),
                        new TestRequest(
                                "own",
                                "HEAD",
                                "/api/ada-1/tasks",
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "/{A}/{B} ! /ada-1/bob-2",
                "/{A-upper}/{B-upper} ! /ADA-1/BOB-2",
                "/{A-head}/{B-tail} ! /ada-/ob-2",
                "/{A-encoded} ! /%61%64%61%2d%31",
                "/{B-first-encoded} ! /%62ob-2",
                "/{B-encoded-twice} ! /%2562%256f%2562%252d%2532",
                "/{A-wide} ! /%ef%bd%81%ef%bd%84%ef%bd%81%ef%bc%8d%ef%bc%91",
                "/{A}{/..*3} ! /ada-1/../../..",
                "/{x*12} ! /xxxxxxxxxxxx",
                "/{%61*2}?t={A-token} ! /%61%61?t={A-token}",
                "/%7bA%7d ! /%7bA%7d",
                "/\\\\x41 ! /\\x41",
            })
    void takesTargetsOutOfTheirWriting(String written, String meant) {
        assertEquals(meant, target(written));
    }

    @Test
    void takesOctetsOutOfTheirWriting() {
        assertEquals("/a\0b\t\\\u00ff\r\n{", target("/a\\x00b\\t\\\\\\xff\\x0d\\x0a\\x7b"));
    }

    /** Nothing else is known of what an answer to a corpus should hold. */
    @Test
    void comparesWhatOnesOwnRouteGives() {
        List<Expectation> expectations = corpus("""
                        one\tGET\t/api/{A}/tasks\tX-Auth-User-Id: {B}\tA\t200\tx
                        two\tGET\t/api/{A}/tasks\t-\tlower\t200\tx
                        three\tHEAD\t/api/{A}/tasks\t-\tA\t200\tx
                        four\tGET\t/api/{A}/tasks/\t-\tA\t200\tx
                        five\tGET\t/public\t-\tnone\t200\tx
                        six\tGET\t/api/{A}/tasks\t-\tnone\t401\tx
                        """, ROUTES).attempts().stream()
                .map(TestRequest::expectation)
                .toList();
        assertEquals(
                List.of(
                        Expectation.OWN,
                        Expectation.OWN,
                        Expectation.PASSED,
                        Expectation.PASSED,
                        Expectation.PASSED,
                        Expectation.REFUSED),
                expectations);
    }

    /** Where the path may be taken out of the target, the data may be one's own, and nobody else's. */
    @Test
    void knowsTargetsThatAreNoPaths() {
        Corpus corpus = corpus("""
                one\tGET\thttp://localhost/api/{A}/tasks\t-\tA\t403\tabsolute-form
                two\tGET\tfile:///api/{A}/tasks\t-\tA\t403\tnot-rooted
                three\tGET\thttp://localhost/api/{B}/tasks\t-\tA\t403\tabsolute-form
                four\tGET\thttp://localhost/api/status\t-\tnone\t403\tabsolute-form
                five\tOPTIONS\t*\t-\tA\t403\tnot-rooted
                six\tGET\t/x/api/{A}/tasks\t-\tA\t403\tno-rule
                """, ROUTES);
        assertEquals(
                List.of(Expectation.UNAFFECTED, Expectation.UNAFFECTED, Expectation.REFUSED, Expectation.REFUSED),
                corpus.attempts().stream().map(TestRequest::expectation).toList());
        assertEquals(
                List.of("Left out of the corpus, for an ingress may answer them with success by itself: 2."),
                corpus.leftOut());
    }

    /** What cannot be tried is counted by its token, and what would change data is not tried. */
    @Test
    void saysWhatItLeavesOut() {
        Corpus corpus = corpus("""
                one\tGET\t/x\t-\tB\t403\tx
                two\tGET\t/x\t-\tA-expired\t401\tx
                three\tGET\t/x\t-\tB\t403\tx
                four\tDELETE\t/api/{A}/tasks\t-\tA\t200\tx
                five\tGET\t/x?t={B-token}\t-\tquery\t401\tx
                six\tPROPFIND\t/api/{A}/tasks\t-\tA\t200\tx
                seven\tDELETE\t/api/{B}/tasks\t-\tA\t403\tx
                """, ROUTES);
        assertEquals(1, corpus.attempts().size());
        assertEquals(
                List.of(
                        "Left out of the corpus, for their tokens cannot be made of this one: 4 (A-expired 1, B 3).",
                        "Left out of the corpus, for they should pass and would change something: 2."),
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
                "x\tGET\t/\\xFF\t-\tA\t403\tx",
                "x\tGET\t/\u00e4\t-\tA\t403\tx",
                "x\tGET\t/x \t-\tA\t403\tx",
                " \tGET\t/x\t-\tA\t403\tx",
                "x\tGET\t/{C}\t-\tA\t403\tx",
                "x\tGET\t/{A-lower}\t-\tA\t403\tx",
                "x\tGET\t/{Aupper}\t-\tA\t403\tx",
                "x\tGET\t/{}\t-\tA\t403\tx",
                "x\tGET\t/{\t-\tA\t403\tx",
                "x\tGET\t/}\t-\tA\t403\tx",
                "x\tGET\t/{{A}}\t-\tA\t403\tx",
                "x\tGET\t/{a*0}\t-\tA\t403\tx",
                "x\tGET\t/{a*20001}\t-\tA\t403\tx",
                "x\tGET\t/{a*15000}{a*15000}\t-\tA\t403\tx",
            })
    void refusesALineThatItDoesNotUnderstand(String line) {
        var unfit = assertInstanceOf(
                Parsed.Invalid.class, Corpus.parse("# first\n" + line + "\nx\tGET\t/x\t-\tA\t403\tx", ROUTES));
        assertTrue(unfit.message().startsWith("Line 2 of the corpus "), unfit.message());
    }

    /** With other ids a line might send the plain route and call it a trick. */
    @ParameterizedTest
    @CsvSource({"/api/11/x, /api/12/x", "/api/Ada/x, /api/bob/x", "/api/ada/x, /api/b%6fb/x", "/api/a.b/x, /api/c/x"})
    void refusesIdsOfAnotherForm(String own, String other) {
        var unfit = assertInstanceOf(Parsed.Invalid.class, Corpus.parse("", RoutesTest.routes(own, other)));
        assertTrue(unfit.message().contains("lower-case letters"), unfit.message());
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
                assertInstanceOf(Parsed.Valid.class, Corpus.parse(text, routes)).value());
    }
}
