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
    void parsesLinesAndSkipsComments() {
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
                                Expectation.SUCCESS)),
                corpus.requests());
        assertEquals(List.of(), corpus.skipped());
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
    void mapsTokenNamesToCredentials(String name, Credential credential) {
        assertEquals(
                credential,
                corpus("x\tGET\t/x\t-\t" + name + "\t401\tx", ROUTES)
                        .requests()
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
    void resolvesPlaceholdersAndRepetitionsInTargets(String written, String resolved) {
        assertEquals(resolved, target(written));
    }

    @Test
    void resolvesEscapedOctets() {
        assertEquals("/a\0b\t\\\u00ff\r\n{", target("/a\\x00b\\t\\\\\\xff\\x0d\\x0a\\x7b"));
    }

    /** Nothing is known of the bodies of other routes. */
    @Test
    void expectsOwnDataOnlyOfThePlainOwnRoute() {
        List<Expectation> expectations = corpus("""
                        one\tGET\t/api/{A}/tasks\tX-Auth-User-Id: {B}\tA\t200\tx
                        two\tGET\t/api/{A}/tasks\t-\tlower\t200\tx
                        three\tHEAD\t/api/{A}/tasks\t-\tA\t200\tx
                        four\tGET\t/api/{A}/tasks/\t-\tA\t200\tx
                        five\tGET\t/public\t-\tnone\t200\tx
                        six\tGET\t/api/{A}/tasks\t-\tnone\t401\tx
                        """, ROUTES).requests().stream()
                .map(TestRequest::expectation)
                .toList();
        assertEquals(
                List.of(
                        Expectation.OWN_DATA,
                        Expectation.OWN_DATA,
                        Expectation.SUCCESS,
                        Expectation.SUCCESS,
                        Expectation.SUCCESS,
                        Expectation.REFUSED),
                expectations);
    }

    /** An ingress may take the path out of such a target; then the response may hold the user's own data, and no other's. */
    @Test
    void expectsOwnDataOrRefusalOfTargetsThatAreNoPaths() {
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
                corpus.requests().stream().map(TestRequest::expectation).toList());
        assertEquals(
                List.of("Skipped corpus requests to which an ingress may respond with success by itself: 2."),
                corpus.skipped());
    }

    /** Requests with tokens that are not given are counted by token; requests that would change data are not sent. */
    @Test
    void reportsSkippedRequestsByReason() {
        Corpus corpus = corpus("""
                one\tGET\t/x\t-\tB\t403\tx
                two\tGET\t/x\t-\tA-expired\t401\tx
                three\tGET\t/x\t-\tB\t403\tx
                four\tDELETE\t/api/{A}/tasks\t-\tA\t200\tx
                five\tGET\t/x?t={B-token}\t-\tquery\t401\tx
                six\tPROPFIND\t/api/{A}/tasks\t-\tA\t200\tx
                seven\tDELETE\t/api/{B}/tasks\t-\tA\t403\tx
                """, ROUTES);
        assertEquals(1, corpus.requests().size());
        assertEquals(
                List.of(
                        "Skipped corpus requests that need other tokens than the given one: 4 (A-expired 1, B 3).",
                        "Skipped corpus requests that should succeed and would change data: 2."),
                corpus.skipped());
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
    void refusesMalformedLinesWithTheirNumber(String line) {
        var invalid = assertInstanceOf(
                Parsed.Invalid.class, Corpus.parse("# first\n" + line + "\nx\tGET\t/x\t-\tA\t403\tx", ROUTES));
        assertTrue(invalid.message().startsWith("Line 2 of the corpus "), invalid.message());
    }

    /** With other ids a line might send the plain route and take it for a spoofed one. */
    @ParameterizedTest
    @CsvSource({"/api/11/x, /api/12/x", "/api/Ada/x, /api/bob/x", "/api/ada/x, /api/b%6fb/x", "/api/a.b/x, /api/c/x"})
    void refusesIdsThatHaveSeveralSpellings(String own, String other) {
        var invalid = assertInstanceOf(Parsed.Invalid.class, Corpus.parse("", RoutesTest.routes(own, other)));
        assertTrue(invalid.message().contains("lower-case letters"), invalid.message());
    }

    private static String target(String written) {
        return corpus("x\tGET\t" + written + "\t-\tA\t403\tx", ROUTES)
                .requests()
                .getFirst()
                .target();
    }

    static Corpus corpus(String text, Routes routes) {
        return assertInstanceOf(
                Corpus.class,
                assertInstanceOf(Parsed.Valid.class, Corpus.parse(text, routes)).value());
    }
}
