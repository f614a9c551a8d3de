package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.gatecheck.TestRequest.Credential;
import dev.latchkey.gatecheck.TestRequest.Expectation;
import dev.latchkey.platform.http.CanonicalPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each request as it stands on the wire. */
class SpoofsTest {

    private static final Deployment DEPLOYMENT = DeploymentTest.read("https://app.example.com");
    private static final BearerToken TOKEN = BearerTokenTest.token("head.claims.signature");

    @Test
    void writesRequestsAsTheyAre() {
        assertEquals("""
                GET /api/ada/../bob/tasks HTTP/1.1
                Host: app.example.com
                User-Agent: latchkey-gate-check
                Accept: */*
                Authorization: Bearer head.claims.signature
                Connection: close

                """, wire("dots"));
        assertEquals("""
                POST /api/bob/tasks HTTP/1.1
                Host: app.example.com
                User-Agent: latchkey-gate-check
                Accept: */*
                Authorization: Bearer head.claims.signature
                X-HTTP-Method-Override: GET
                Connection: close
                Content-Length: 0

                """, wire("method-override"));
        assertEquals("""
                GET /api/ada/tasks?access_token=head.claims.signature HTTP/1.1
                Host: app.example.com
                User-Agent: latchkey-gate-check
                Accept: */*
                Connection: close

                """, wire("token-in-query"));
        assertEquals("""
                GET /api/bob/tasks HTTP/1.1
                Host: app.example.com
                User-Agent: latchkey-gate-check
                Accept: */*
                Authorization: Bearer head.claims.signature
                Connection: close, X-Original-URI
                X-Original-URI: /api/ada/tasks

                """, wire("hop-by-hop-x-original-uri-to-own"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "dots-all-encoded ! /api/ada%2f%2e%2e%2fbob/tasks",
                "dots-between-backslashes ! /api/ada\\..\\bob/tasks",
                "dots-down-and-up ! /api/ada/x/../../bob/tasks",
                "dots-raw-blank ! /api/ada/.. /bob/tasks",
                "dots-overlong ! /api/ada/%c0%ae%c0%ae/bob/tasks",
                "dots-above-root ! /../api/bob/tasks",
                "back-dots ! /api/bob/tasks/../../ada/tasks",
                "back-dots-encoded ! /api/bob/tasks/%2e%2e/%2e%2e/ada/tasks",
                "back-semicolon ! /api/bob/tasks;/../../ada/tasks",
                "back-encoded-slashes ! /api/bob/tasks%2f..%2f../ada/tasks",
                "back-backslashes ! /api/bob/tasks\\..\\../ada/tasks",
                "back-at-once ! /api/bob/../ada/tasks",
                "empty-segment-first ! //api/bob/tasks",
                "empty-segment-before-id ! /api//bob/tasks",
                "empty-segment-after-id ! /api/bob//tasks",
                "slash-encoded-before-id ! /api%2fbob/tasks",
                "slash-encoded-after-id ! /api/bob%2ftasks",
                "slash-full-width-before-id ! /api%ef%bc%8fbob/tasks",
                "parameter-of-id ! /api/bob;x=ada/tasks",
                "semicolon-first ! /;x/api/bob/tasks",
                "nul-between-ids ! /api/bob%00ada/tasks",
                "nul-and-dots ! /api/ada/tasks%00/../../bob/tasks",
                "line-break-and-header ! /api/bob/tasks%0d%0aX-Original-URI:%20/api/ada/tasks",
                "dot-after-id ! /api/bob./tasks",
                "invisible-after-id ! /api/bob%e2%80%8b/tasks",
                "case-before-id ! /API/bob/tasks",
                "case-after-id ! /api/bob/TASKS",
                "case-of-id ! /api/BOB/tasks",
                "case-of-own-id ! /api/ADA/tasks",
                "id-encoded ! /api/%62%6f%62/tasks",
                "id-encoded-twice ! /api/%2562%256f%2562/tasks",
                "id-full-width ! /api/%ef%bd%82ob/tasks",
                "letter-encoded ! /%61pi/bob/tasks",
                "absolute ! https://app.example.com/api/bob/tasks",
                "network-path ! //app.example.com/api/bob/tasks",
                "without-slash ! api/bob/tasks",
                "query-own-path ! /api/bob/tasks?/api/ada/tasks",
                "query-and-dots ! /api/ada/tasks?/../../bob/tasks",
                "fragment-and-dots ! /api/ada/tasks#/../../bob/tasks",
                "query-encoded-and-dots ! /api/ada/tasks%3f/../../bob/tasks",
            })
    void derivesTargets(String name, String target) {
        assertEquals(target, attempt(name).target());
    }

    @Test
    void sendsRawOctets() {
        assertEquals("/api/bob/tasks\0", attempt("nul-raw-at-end").target());
        byte[] wire = attempt("octet-raw-at-end").wire(DEPLOYMENT, TOKEN);
        assertEquals((byte) 0xA0, wire["GET /api/bob/tasks".length()]);
        assertEquals(' ', wire["GET /api/bob/tasks".length() + 1]);
    }

    @Test
    void putsTheOtherPathIntoHeaders() {
        assertEquals(
                List.of("X-Original-URI: /api/ada/tasks"),
                attempt("x-original-uri-to-own").headers());
        assertEquals("/api/bob/tasks", attempt("x-original-uri-to-own").target());
        assertEquals(
                List.of("X_Forwarded_Uri: /api/bob/tasks"),
                attempt("x_forwarded_uri-to-other").headers());
        assertEquals("/api/ada/tasks", attempt("x_forwarded_uri-to-other").target());
        assertEquals(
                List.of("X-Original-URL: https://app.example.com/api/ada/tasks"),
                attempt("x-original-url-absolute-to-own").headers());
    }

    @Test
    void tellsTheOthersIdAsTheGateWould() {
        for (String name : List.of("x-auth-user-id-no-token-own", "x-auth-user-id-own", "x-auth-user-id-other")) {
            assertEquals(List.of("X-Auth-User-Id: bob"), attempt(name).headers());
        }
        assertEquals(Credential.NONE, attempt("x-auth-user-id-no-token-own").credential());
        assertEquals(Expectation.REFUSED, attempt("x-auth-user-id-no-token-own").expectation());
        assertEquals(Expectation.UNAFFECTED, attempt("x-auth-user-id-own").expectation());
        assertEquals(
                List.of(
                        "X_Auth_User_Id: bob",
                        "X_Auth_Email: bob@example.com",
                        "X_Auth_Roles: admin",
                        "X_Auth_Session_Id: bob"),
                attempt("x_auth_all-own").headers());
    }

    @Test
    void asksToBeUpgraded() {
        assertEquals("/api/bob/tasks", attempt("websocket-other").target());
        String head = wire("websocket-other");
        assertTrue(head.contains("Connection: Upgrade\nUpgrade: websocket\n"), head);
        assertFalse(head.contains("close"), head);
    }

    @Test
    void asksTheGateItself() {
        assertEquals("/api/auth/verify", attempt("gate-x-forwarded-uri-other").target());
        assertEquals(
                List.of("X-Forwarded-Method: GET", "X-Forwarded-Uri: /api/bob/tasks"),
                attempt("gate-x-forwarded-uri-other").headers());
        assertEquals(
                "/api/auth/verify/envoy/api/ada/tasks",
                attempt("gate-envoy-own").target());
    }

    /**
     * A try that is a plain request for what is one's own would be reported as a hole wherever all is well. Of the paths
     * that the gate reads at all, none means that.
     */
    @ParameterizedTest
    @CsvSource({
        "/api/ada/tasks, /api/bob/tasks",
        "/api/users/ada, /api/users/bob",
        "/ada, /bob",
        "/api/ada/tasks/, /api/bob/tasks/",
        "/teams/7/members/11/tasks/today, /teams/7/members/12/tasks/today",
        "/api/auth0%7C1/tasks, /api/auth0%7C2/tasks",
    })
    void nothingThatIsToBeRefusedIsOnesOwnPlainRoute(String own, String other) {
        Routes routes = RoutesTest.routes(own, other);
        CanonicalPath.Canonical plain = (CanonicalPath.Canonical) CanonicalPath.read(own);
        for (TestRequest attempt : PathSpoofs.of(routes, DEPLOYMENT)) {
            if (attempt.expectation() == Expectation.REFUSED
                    && CanonicalPath.read(attempt.target()) instanceof CanonicalPath.Canonical path) {
                assertFalse(path.segments().equals(plain.segments()), attempt::toString);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/ada/tasks, /api/bob/tasks",
        "/api/users/ada, /api/users/bob",
        "/ada, /bob",
        "/api/ada/tasks/, /api/bob/tasks/",
        "/teams/7/members/11/tasks/today, /teams/7/members/12/tasks/today",
        "/api/auth0%7C1/tasks, /api/auth0%7C2/tasks",
    })
    void isSoundForEveryFormOfRoute(String own, String other) {
        Routes routes = RoutesTest.routes(own, other);
        List<TestRequest> all = all(routes);
        Set<String> names = new HashSet<>();
        Set<String> requests = new HashSet<>();
        Pattern line = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*: [ -~]*");
        for (TestRequest attempt : all) {
            assertTrue(names.add(attempt.name()), () -> "two are called " + attempt.name());
            assertTrue(
                    requests.add(new String(attempt.wire(DEPLOYMENT, TOKEN), StandardCharsets.ISO_8859_1)),
                    () -> "sent twice: " + attempt);
            assertFalse(attempt.target().matches("(?s).*[\r\n].*"), attempt::toString);
            attempt.headers().forEach(header -> assertTrue(line.matcher(header).matches(), attempt::toString));
            assertTrue(
                    attempt.expectation() == Expectation.UNAFFECTED
                            || attempt.credential() != Credential.OWN
                            || !attempt.target().equals(routes.own()),
                    () -> "would be granted anywhere: " + attempt);
        }
        assertTrue(all.size() > 140, "only " + all.size());
    }

    /** A text that no id of digits can be written in otherwise is left out, not sent as the plain route. */
    @Test
    void leavesOutWhatWouldBeThePlainRoute() {
        List<TestRequest> all = all(RoutesTest.routes("/11/7", "/12/7"));
        assertFalse(all.stream().anyMatch(attempt -> attempt.name().startsWith("case-")), all::toString);
    }

    private static TestRequest attempt(String name) {
        return all(RoutesTest.routes("/api/ada/tasks", "/api/bob/tasks")).stream()
                .filter(attempt -> attempt.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + name));
    }

    private static String wire(String name) {
        return new String(attempt(name).wire(DEPLOYMENT, TOKEN), StandardCharsets.ISO_8859_1).replace("\r\n", "\n");
    }

    private static List<TestRequest> all(Routes routes) {
        List<TestRequest> all = new ArrayList<>(PathSpoofs.of(routes, DEPLOYMENT));
        all.addAll(HeaderSpoofs.of(routes, DEPLOYMENT));
        return all;
    }
}
