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

/** The requests of {@link PathSpoofs} and {@link HeaderSpoofs}, as they stand on the wire. */
class SpoofsTest {

    private static final Deployment DEPLOYMENT = DeploymentTest.deployment("https://app.example.com");
    private static final BearerToken TOKEN = BearerTokenTest.token("head.claims.signature");

    @Test
    void encodesRequestsExactly() {
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
    void derivesTargetsFromTheRoutes(String name, String target) {
        assertEquals(target, request(name).target());
    }

    @Test
    void encodesRawOctets() {
        assertEquals("/api/bob/tasks\0", request("nul-raw-at-end").target());
        byte[] wire = request("octet-raw-at-end").encode(DEPLOYMENT, TOKEN);
        assertEquals((byte) 0xA0, wire["GET /api/bob/tasks".length()]);
        assertEquals(' ', wire["GET /api/bob/tasks".length() + 1]);
    }

    @Test
    void putsTheOtherPathIntoPathHeaders() {
        assertEquals(
                List.of("X-Original-URI: /api/ada/tasks"),
                request("x-original-uri-to-own").headers());
        assertEquals("/api/bob/tasks", request("x-original-uri-to-own").target());
        assertEquals(
                List.of("X_Forwarded_Uri: /api/bob/tasks"),
                request("x_forwarded_uri-to-other").headers());
        assertEquals("/api/ada/tasks", request("x_forwarded_uri-to-other").target());
        assertEquals(
                List.of("X-Original-URL: https://app.example.com/api/ada/tasks"),
                request("x-original-url-absolute-to-own").headers());
    }

    @Test
    void forgesTheIdentityHeadersOfTheGate() {
        for (String name : List.of("x-auth-user-id-no-token-own", "x-auth-user-id-own", "x-auth-user-id-other")) {
            assertEquals(List.of("X-Auth-User-Id: bob"), request(name).headers());
        }
        assertEquals(Credential.NONE, request("x-auth-user-id-no-token-own").credential());
        assertEquals(Expectation.REFUSED, request("x-auth-user-id-no-token-own").expectation());
        assertEquals(Expectation.UNAFFECTED, request("x-auth-user-id-own").expectation());
        assertEquals(
                List.of(
                        "X_Auth_User_Id: bob",
                        "X_Auth_Email: bob@example.com",
                        "X_Auth_Email_Verified: true",
                        "X_Auth_Issuer: https://issuer.invalid",
                        "X_Auth_Roles: admin",
                        "X_Auth_Session_Id: bob"),
                request("x_auth_all-own").headers());
    }

    @Test
    void requestsConnectionUpgrades() {
        assertEquals("/api/bob/tasks", request("websocket-other").target());
        String head = wire("websocket-other");
        assertTrue(head.contains("Connection: Upgrade\nUpgrade: websocket\n"), head);
        assertFalse(head.contains("close"), head);
    }

    @Test
    void requestsTheGateEndpointItself() {
        assertEquals("/api/auth/verify", request("gate-x-forwarded-uri-other").target());
        assertEquals(
                List.of("X-Forwarded-Method: GET", "X-Forwarded-Uri: /api/bob/tasks"),
                request("gate-x-forwarded-uri-other").headers());
        assertEquals(
                "/api/auth/verify/envoy/api/ada/tasks",
                request("gate-envoy-own").target());
    }

    /**
     * A request that equals the plain own one would be reported as a bypass of every safe deployment. None of the paths that
     * the gate accepts means the own route.
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
    void expectsNoRefusalOfThePlainOwnRoute(String own, String other) {
        Routes routes = RoutesTest.routes(own, other);
        CanonicalPath.Canonical plain = (CanonicalPath.Canonical) CanonicalPath.read(own);
        for (TestRequest request : PathSpoofs.of(routes, DEPLOYMENT)) {
            if (request.expectation() == Expectation.REFUSED
                    && CanonicalPath.read(request.target()) instanceof CanonicalPath.Canonical path) {
                assertFalse(path.segments().equals(plain.segments()), request::toString);
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
    void buildsDistinctWellFormedRequestsForEveryFormOfRoute(String own, String other) {
        Routes routes = RoutesTest.routes(own, other);
        List<TestRequest> all = all(routes);
        Set<String> names = new HashSet<>();
        Set<String> requests = new HashSet<>();
        Pattern line = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*: [ -~]*");
        for (TestRequest request : all) {
            assertTrue(names.add(request.name()), () -> "two are called " + request.name());
            assertTrue(
                    requests.add(new String(request.encode(DEPLOYMENT, TOKEN), StandardCharsets.ISO_8859_1)),
                    () -> "sent twice: " + request);
            assertFalse(request.target().matches("(?s).*[\r\n].*"), request::toString);
            request.headers().forEach(header -> assertTrue(line.matcher(header).matches(), request::toString));
            assertTrue(
                    request.expectation() == Expectation.UNAFFECTED
                            || request.credential() != Credential.OWN
                            || !request.target().equals(routes.own()),
                    () -> "would be granted anywhere: " + request);
        }
        assertTrue(all.size() > 140, "only " + all.size());
    }

    /** Ids of digits have no other case, so such a spoof would be the plain route. */
    @Test
    void dropsSpoofsThatEqualThePlainRoute() {
        List<TestRequest> all = all(RoutesTest.routes("/11/7", "/12/7"));
        assertFalse(all.stream().anyMatch(request -> request.name().startsWith("case-")), all::toString);
    }

    private static TestRequest request(String name) {
        return all(RoutesTest.routes("/api/ada/tasks", "/api/bob/tasks")).stream()
                .filter(request -> request.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + name));
    }

    private static String wire(String name) {
        return new String(request(name).encode(DEPLOYMENT, TOKEN), StandardCharsets.ISO_8859_1).replace("\r\n", "\n");
    }

    private static List<TestRequest> all(Routes routes) {
        List<TestRequest> all = new ArrayList<>(PathSpoofs.of(routes, DEPLOYMENT));
        all.addAll(HeaderSpoofs.of(routes, DEPLOYMENT));
        return all;
    }
}
