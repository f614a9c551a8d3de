package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.gatecheck.GateCheck.Outcome;
import dev.latchkey.gatecheck.TestIngress.Flaw;
import dev.latchkey.gatecheck.TestResult.Assessment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole check, against a safe ingress, and against ingresses with one flaw each. */
class GateCheckTest {

    private static final Routes ROUTES = RoutesTest.routes("/api/ada/tasks", "/api/bob/tasks");

    private final List<String> progress = new ArrayList<>();

    @Test
    void reportsNoBypassOfASafeDeployment() {
        try (TestIngress ingress = new TestIngress()) {
            Outcome.Finished finished = assertInstanceOf(Outcome.Finished.class, check(ingress));
            assertEquals(Set.of(), bypasses(finished.results()));
            assertEquals(List.of(), finished.remarks());
            assertEquals(
                    EnumSet.of(Assessment.REFUSED, Assessment.UNAFFECTED),
                    finished.results().stream()
                            .map(TestResult::assessment)
                            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Assessment.class))));
            assertTrue(
                    finished.results().size() > 150,
                    "only " + finished.results().size());
            assertEquals("20 of " + finished.results().size() + " requests", progress.getFirst());
            assertEquals(
                    finished.results().size() + " of " + finished.results().size() + " requests", progress.getLast());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NORMALISES_DOTS, dots",
        "NORMALISES_DOTS, dots-down-and-up",
        "DECODES_SLASHES, dots-and-slash-encoded",
        "DECODES_SLASHES, dots-and-slash-encoded-upper",
        "DECODES_SLASHES, dots-between-encoded-slashes",
        "CUTS_PARAMETERS, dots-semicolon",
        "CUTS_PARAMETERS, dots-parameter",
        "CUTS_PARAMETERS, dots-after-parameter",
        "TURNS_BACKSLASHES, dots-backslash",
        "TURNS_BACKSLASHES, dots-between-backslashes",
        "DECODES_TWICE, dots-encoded-twice",
        "DECODES_TWICE, dots-slash-encoded-twice",
        "NORMALISES_FOR_GATE, back-semicolon",
        "FOLDS_CASE, case-of-own-id",
        "TRUSTS_USER_HEADER, x-auth-user-id-own",
        "TRUSTS_USER_HEADER, x-auth-all-own",
        "TRUSTS_UNDERSCORES, x_auth_user_id-own",
        "TRUSTS_UNDERSCORES, x_auth_all-own",
        "TRUSTS_ORIGINAL_URI, x-original-uri-to-own",
        "TRUSTS_ORIGINAL_URI, x-original-pair-to-own",
        "REWRITES_URL, x-rewrite-url-to-other",
        "KNOWS_GET_ONLY, method-head",
        "KNOWS_GET_ONLY, method-lower-case",
        "KNOWS_GET_ONLY, method-override",
        "TAKES_FIRST_TOKEN, token-twice",
        "TAKES_FIRST_TOKEN, token-own-and-altered",
        "TAKES_TOKEN_FROM_QUERY, token-in-query",
        "UPGRADES, websocket-other",
        "UPGRADES, websocket-no-token",
        "UPGRADES, http-2-own",
        "SHOWS_GATE, gate-x-original-uri-own",
        "STRIPS_HOP_BY_HOP, hop-by-hop-x-auth-user-id",
    })
    void findsEachFlawByTheRequestMeantForIt(Flaw flaw, String name) {
        try (TestIngress ingress = new TestIngress(flaw)) {
            Outcome.Finished finished = assertInstanceOf(Outcome.Finished.class, check(ingress));
            assertTrue(bypasses(finished.results()).contains(name), () -> "only " + bypasses(finished.results()));
        }
    }

    /** An ingress that resolves dots for the gate and for the backend leaks nothing. */
    @Test
    void reportsNoBypassWhereGateAndBackendResolveDotsAlike() {
        try (TestIngress ingress = new TestIngress(Flaw.NORMALISES_FOR_BOTH)) {
            Outcome outcome = check(ingress);
            assertEquals(
                    Set.of(),
                    bypasses(assertInstanceOf(Outcome.Finished.class, outcome).results()));
            assertEquals(Assessment.UNAFFECTED, result(outcome, "back-dots").assessment());
            assertEquals(Assessment.REFUSED, result(outcome, "dots").assessment());
        }
    }

    /** There /API/bob/tasks and the like are paths of the front end, which responds alike to all users. */
    @Test
    void recognisesTheFallbackPageOfAFrontEnd() {
        try (TestIngress ingress = new TestIngress(Flaw.HAS_FRONT_END)) {
            Outcome outcome = check(ingress);
            assertEquals(
                    Set.of(),
                    bypasses(assertInstanceOf(Outcome.Finished.class, outcome).results()));
            assertEquals(
                    Assessment.FALLBACK_PAGE, result(outcome, "case-before-id").assessment());
            assertEquals(Assessment.REFUSED, result(outcome, "dots").assessment());
        }
        // An empty body proves nothing.
        try (TestIngress ingress = new TestIngress(Flaw.HAS_EMPTY_FRONT_END)) {
            assertEquals(
                    Assessment.BYPASS, result(check(ingress), "case-before-id").assessment());
        }
        try (TestIngress ingress = new TestIngress(Flaw.HAS_FRONT_END, Flaw.NORMALISES_DOTS)) {
            assertEquals(Assessment.BYPASS, result(check(ingress), "dots").assessment());
        }
    }

    @Test
    void describesTheRequestAndWhoseDataCameBack() {
        try (TestIngress ingress = new TestIngress(Flaw.NORMALISES_DOTS)) {
            TestResult dots = result(check(ingress), "dots");
            assertEquals(
                    new TestResult(
                            Assessment.BYPASS,
                            "dots",
                            "GET /api/ada/../bob/tasks",
                            "own",
                            "200, 25 bytes, not what your own route gives"),
                    dots);
        }
        try (TestIngress ingress = new TestIngress(Flaw.FOLDS_CASE)) {
            assertEquals(
                    "200, 25 bytes, answered with your own data",
                    result(check(ingress), "case-of-own-id").response());
        }
        try (TestIngress ingress = new TestIngress(Flaw.UPGRADES)) {
            assertEquals("101", result(check(ingress), "http-2-own").response());
        }
    }

    /** The message starts with the route and its response. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NO_GATE | /api/ada/tasks without a token: 200, expected 401. The gate is not in front",
                "READS_CLAIMS_ONLY | /api/ada/tasks with an altered token: 200, expected 401.",
                "ONLY_AUTHENTICATES | /api/bob/tasks with the token: 200, expected 403. The route of the other",
                "BROKEN | /api/ada/tasks with the token: 500, expected 2xx. Does the ingress reach",
                "REDIRECTS | /api/ada/tasks with the token: 301, expected 2xx. It redirects:",
                "HANGS_UP | /api/ada/tasks with the token: the connection was closed without a response, expected 2xx",
            })
    void doesNotStartWhereTheBaselineFails(Flaw flaw, String begins) {
        try (TestIngress ingress = new TestIngress(flaw)) {
            String sentences =
                    assertInstanceOf(Outcome.NotStarted.class, check(ingress)).message();
            assertTrue(sentences.startsWith(begins), sentences);
            assertTrue(ingress.requests().size() <= 6, "it continued");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/ada/tusks, /api/bob/tusks, 403",
        "/api/bob/tasks, /api/ada/tasks, 403",
    })
    void doesNotStartWhereTheOwnPathBelongsToAnotherUser(String own, String other, int status) {
        try (TestIngress ingress = new TestIngress()) {
            String sentences = assertInstanceOf(
                            Outcome.NotStarted.class, check(ingress, RoutesTest.routes(own, other), Corpus.empty()))
                    .message();
            assertTrue(sentences.startsWith(own + " with the token: " + status), sentences);
            assertTrue(sentences.contains("gate explain"), sentences);
        }
    }

    @Test
    void doesNotStartWithoutAConnection() {
        TestIngress gone = new TestIngress();
        gone.close();
        String sentences =
                assertInstanceOf(Outcome.NotStarted.class, check(gone)).message();
        assertTrue(sentences.contains("no connection"), sentences);
    }

    /** With an expired token everything is refused, which proves nothing. */
    @Test
    void abortsWhenTheTokenExpires() {
        try (TestIngress ingress = new TestIngress().withTokenFor(60)) {
            Outcome.Aborted aborted = assertInstanceOf(Outcome.Aborted.class, check(ingress));
            assertTrue(
                    aborted.message().startsWith("Aborted: after the first 40 requests /api/ada/tasks stopped"),
                    aborted.message());
            assertTrue(aborted.message().contains("(401)"), aborted.message());
            assertEquals(60, aborted.results().size());
        }
    }

    /** A body that differs would prove nothing, so these requests are not sent, and a remark says so. */
    @Test
    void skipsRequestsThatDependOnAnUnstableBody() {
        try (TestIngress ingress = new TestIngress().withUnstableBody()) {
            Outcome.Finished finished = assertInstanceOf(Outcome.Finished.class, check(ingress));
            assertEquals(Set.of(), bypasses(finished.results()));
            assertFalse(finished.results().stream().anyMatch(result -> result.assessment() == Assessment.UNAFFECTED));
            assertTrue(
                    finished.remarks().getFirst().contains("changes from one request to the next"),
                    finished.remarks().toString());
        }
    }

    @Test
    void sendsTheRequestsOfTheCorpus() {
        Corpus corpus = CorpusTest.corpus("""
                own-again\tGET\t/api/{A}/tasks\t-\tA\t200\towner
                own-lower\tGET\t/api/{A}/tasks\t-\tlower\t200\towner
                own-unknown\tGET\t/api/{A}/nothing\t-\tA\t200\towner
                own-named\tGET\t/api/{A}/tasks\tX-Auth-User-Id: {B}\tA\t200\towner
                other-plain\tGET\t/api/{B}/tasks\t-\tA\t403\tother-user
                stale\tGET\t/api/{A}/tasks\t-\tA-expired\t401\texpired
                """, ROUTES);
        try (TestIngress ingress = new TestIngress()) {
            Outcome outcome = check(ingress, ROUTES, corpus);
            assertEquals(Assessment.PASSED, result(outcome, "own-again").assessment());
            assertEquals(
                    Assessment.WRONGLY_REFUSED, result(outcome, "own-unknown").assessment());
            assertEquals(Assessment.PASSED, result(outcome, "own-named").assessment());
            // This ingress is stricter than RFC 9110, 11.1, which the corpus follows.
            assertEquals(
                    Assessment.WRONGLY_REFUSED, result(outcome, "own-lower").assessment());
            assertEquals(Assessment.REFUSED, result(outcome, "other-plain").assessment());
            assertEquals(
                    List.of("Skipped corpus requests that need other tokens than the given one: 1 (A-expired 1)."),
                    assertInstanceOf(Outcome.Finished.class, outcome).remarks());
        }
    }

    @Test
    void findsATrustedUserHeaderWithTheCorpus() {
        Corpus corpus = CorpusTest.corpus("named\tGET\t/api/{A}/tasks\tX-Auth-User-Id: {B}\tA\t200\towner\n", ROUTES);
        try (TestIngress ingress = new TestIngress(Flaw.TRUSTS_USER_HEADER)) {
            assertEquals(
                    Assessment.BYPASS,
                    result(check(ingress, ROUTES, corpus), "named").assessment());
        }
    }

    /** The token is in the requests, where it has to be, and nowhere else. */
    @Test
    void neverPrintsTheToken() {
        try (TestIngress ingress =
                new TestIngress(Flaw.TAKES_TOKEN_FROM_QUERY, Flaw.TAKES_FIRST_TOKEN, Flaw.UPGRADES)) {
            Outcome outcome = check(ingress);
            assertTrue(
                    ingress.requests().stream().anyMatch(head -> head.contains("?access_token=" + TestIngress.TOKEN)));
            assertFalse(outcome.toString().contains("signature"), "the token");
            assertFalse(outcome.toString().contains("Aignature"), "all but one letter of it");
            assertFalse(progress.toString().contains("signature"), "the token");
        }
    }

    private Outcome check(TestIngress ingress) {
        return check(ingress, ROUTES, Corpus.empty());
    }

    private Outcome check(TestIngress ingress, Routes routes, Corpus corpus) {
        return new GateCheck(
                        DeploymentTest.deployment(ingress.url()),
                        routes,
                        corpus,
                        TrustedCertificates.platformDefault(),
                        BearerTokenTest.token(TestIngress.TOKEN),
                        GateCheck.TIMEOUT,
                        Duration.ZERO,
                        progress::add)
                .run();
    }

    private static Set<String> bypasses(List<TestResult> results) {
        return results.stream()
                .filter(result -> result.assessment() == Assessment.BYPASS)
                .map(TestResult::name)
                .collect(Collectors.toSet());
    }

    private static TestResult result(Outcome outcome, String name) {
        return assertInstanceOf(Outcome.Finished.class, outcome).results().stream()
                .filter(result -> result.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there was no request " + name));
    }
}
