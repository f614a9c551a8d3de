package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Proxy;
import dev.latchkey.fixture.RawHttp;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.Sql;
import dev.latchkey.token.Issuer;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate's contract over HTTP: which proxies it trusts, the order of its checks, and its responses. */
@QuarkusTest
@TestProfile(GateEndpointResourceTest.WithRules.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class GateEndpointResourceTest {

    /** Sets rules as environment variables, and trusts this machine as the proxy. */
    public static class WithRules implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>();
            settings.put("latchkey.http.trusted-proxies", "127.0.0.1,::1");
            List<String> rules =
                    List.of("/api/{user_id}/** owner", "/me authenticated", "/admin/** role:admin", "/open/** public");
            for (int i = 0; i < rules.size(); i++) {
                String[] words = rules.get(i).split(" ");
                settings.put("latchkey.gate.rules[" + i + "].path", words[0]);
                settings.put("latchkey.gate.rules[" + i + "].allow", words[1]);
            }
            return settings;
        }
    }

    @Inject
    Issuer issuer;

    private static Person ada;
    private static Person bob;

    @BeforeEach
    void signUp() {
        if (ada == null) {
            ada = Person.signedUp();
            bob = Person.signedUp();
        }
    }

    private static RawResponse ask(String method, String target, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of("X-Original-Method: " + method, "X-Original-URI: " + target));
        all.addAll(List.of(headers));
        return gateRequest("GET", "/api/auth/verify", all, "");
    }

    private static RawResponse gateRequest(String method, String target, List<String> headers, String body)
            throws IOException {
        return RawResponse.to(method, target, headers, body.getBytes(StandardCharsets.US_ASCII));
    }

    private static String bearing(Person person) {
        return "Authorization: Bearer " + person.accessToken();
    }

    private static String own(Person person) {
        return "/api/" + person.id() + "/tasks?x=/../" + bob.id();
    }

    private static String about(RawResponse answer) {
        return answer.status() + " "
                + (answer.body().isEmpty() ? "" : answer.json().path("code").textValue());
    }

    /** SC-003: the headers and nothing else. */
    @Test
    void allowsTheOwnerAndNamesTheUser() throws Exception {
        RawResponse answer = ask("GET", own(ada), bearing(ada));
        assertEquals(200, answer.status());
        assertEquals(ada.id(), answer.header("X-Auth-User-Id"));
        assertEquals(List.of(""), answer.headers().get("x-auth-email"), "nobody has shown that it is theirs");
        assertEquals("false", answer.header("X-Auth-Email-Verified"));
        assertEquals(issuer.name(), answer.header("X-Auth-Issuer"));
        assertEquals(ada.sessionId(), answer.header("X-Auth-Session-Id"));
        assertEquals(List.of(""), answer.headers().get("x-auth-roles"));
        assertEquals("no-store", answer.header("Cache-Control"));
        assertEquals("", answer.body());
    }

    // Security: anyone can sign up with any address, and a backend takes one that it is told for the user's.
    @Test
    void namesTheAddressOnceItIsVerified() throws Exception {
        Sql.update("update users set email_verified = true where id = ?", bob.id());
        RawResponse answer = ask("GET", own(bob), bearing(bob.signedInAgain()));
        assertEquals(bob.email(), answer.header("X-Auth-Email"));
        assertEquals("true", answer.header("X-Auth-Email-Verified"));
        assertEquals(List.of(""), ask("GET", own(bob), bearing(bob)).headers().get("x-auth-email"));
    }

    /** FR-019, FR-021: the response is the same whether the other user exists or not. */
    @Test
    void refusesAnotherUsersRoute() throws Exception {
        RawResponse existing = ask("GET", own(bob), bearing(ada));
        RawResponse invented = ask("GET", "/api/nobody/tasks", bearing(ada));
        assertEquals("403 NOT_OWNER", about(existing));
        assertEquals("403 NOT_OWNER", about(invented));
        assertEquals(
                existing.json().path("message").textValue(),
                invented.json().path("message").textValue());
        assertTrue(existing.headers().keySet().stream().noneMatch(name -> name.startsWith("x-auth")));
    }

    /** FR-026: in the caller's audit events, with the client's address and not the proxy's. */
    @Test
    void auditsARefusedOwnerCheck() throws Exception {
        Person caller = Person.signedUp();
        ask("DELETE", own(bob), bearing(caller), "X-Forwarded-For: 203.0.113.9");
        Eventually.holds(
                "the refusal is on record",
                () -> Sql.count(
                                "select count(*) from audit_events where type = 'owner_check' and user_id = ?"
                                        + " and details->>'method' = 'DELETE' and ip = '203.0.113.9'",
                                caller.id())
                        == 1);
    }

    /** FR-020: each 401 with its challenge. */
    @Test
    void refusesMissingAndBadTokens() throws Exception {
        RawResponse none = ask("GET", own(ada));
        assertEquals("401 UNAUTHENTICATED", about(none));
        assertEquals("Bearer realm=\"latchkey\"", none.header("WWW-Authenticate"));
        for (String header : List.of("Authorization: Basic YTpi", "Authorization: Bearer", "Authorization:")) {
            assertEquals("401 UNAUTHENTICATED", about(ask("GET", own(ada), header)), header);
        }
        for (String header : List.of(
                bearing(ada) + "x", "Authorization: Bearer x", "Authorization: Bearer \t" + ada.accessToken())) {
            RawResponse bad = ask("GET", own(ada), header);
            assertEquals("401 INVALID_TOKEN", about(bad), header);
            assertTrue(bad.header("WWW-Authenticate").contains("error=\"invalid_token\""));
        }
        assertEquals("401 INVALID_TOKEN", about(ask("GET", own(ada), bearing(ada), bearing(ada))));
        // FR-014: a token in the query string is ignored.
        assertEquals(
                "401 UNAUTHENTICATED", about(ask("GET", "/api/" + ada.id() + "?access_token=" + ada.accessToken())));
    }

    @Test
    void refusesATokenWhoseSessionHasEnded() throws Exception {
        Person gone = Person.signedUp();
        assertEquals(200, ask("GET", own(gone), bearing(gone)).status());
        gone.bearing()
                .contentType(ContentType.JSON)
                .post("/api/auth/logout")
                .then()
                .statusCode(204);
        assertEquals("401 INVALID_TOKEN", about(ask("GET", own(gone), bearing(gone))));
    }

    /** RFC 9110, 11.1. */
    @Test
    void acceptsTheSchemeInAnyCase() throws Exception {
        assertEquals(
                200,
                ask("GET", own(ada), "authorization: bEARER " + ada.accessToken())
                        .status());
    }

    @Test
    void refusesFurtherSpacesBehindTheScheme() throws Exception {
        for (String scheme : List.of("Bearer  ", "Bearer    ")) {
            assertEquals(
                    401,
                    ask("GET", own(ada), "authorization: " + scheme + ada.accessToken())
                            .status(),
                    scheme);
        }
    }

    @Test
    void requiresTheRoleAndGrantsAdministratorsNoOwnership() throws Exception {
        Person admin = Person.signedUp();
        Sql.update("update users set roles = '{admin}' where id = ?", admin.id());
        Person signedIn = admin.signedInAgain();
        RawResponse answer = ask("GET", "/admin/report", bearing(signedIn));
        assertEquals(200, answer.status());
        assertEquals("admin", answer.header("X-Auth-Roles"));
        assertEquals("403 FORBIDDEN", about(ask("GET", "/admin/report", bearing(ada))));
        assertEquals("403 NOT_OWNER", about(ask("GET", own(ada), bearing(signedIn))));
    }

    /** Without a valid token the response names no user. */
    @Test
    void allowsEveryoneOnAPublicRoute() throws Exception {
        for (List<String> credentials : List.of(
                List.<String>of(),
                List.of(bearing(ada) + "x"),
                List.of("Authorization: Basic x"),
                List.of(bearing(ada), bearing(bob)))) {
            RawResponse answer = ask("POST", "/open/x", credentials.toArray(String[]::new));
            assertEquals(200, answer.status());
            for (String header : Proxy.IDENTITY) {
                assertEquals(List.of(""), answer.headers().get(header.toLowerCase(Locale.ROOT)), header);
            }
        }
        assertEquals(ada.id(), ask("GET", "/open", bearing(ada)).header("X-Auth-User-Id"));
    }

    /** The order: the path comes before the rules, these before the token. */
    @Test
    void checksPathThenRuleThenToken() throws Exception {
        assertEquals("403 FORBIDDEN", about(ask("GET", "/api/" + ada.id() + "/../" + bob.id())));
        assertEquals("403 FORBIDDEN", about(ask("GET", "/open/%2e%2e/x", bearing(ada))));
        assertEquals("403 FORBIDDEN", about(ask("GET", "/nowhere")));
        assertEquals("401 UNAUTHENTICATED", about(ask("GET", "/me")));
        assertEquals("403 FORBIDDEN", about(gateRequest("GET", "/api/auth/verify", List.of(bearing(ada)), "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Uri: /open",
                "X-Forwarded-Method: GET",
                "X-Original-URI: /open",
                "X_Original_URI: /open",
                "X-Original-URL: https://my.example/open"
            })
    void refusesFurtherTargetHeaders(String header) throws Exception {
        assertEquals("403 FORBIDDEN", about(ask("GET", own(ada), bearing(ada), header)));
    }

    /** Nothing else about the gate request changes the decision, and its body is not read. */
    @Test
    void ignoresTheRestOfTheGateRequest() throws Exception {
        List<String> asked = List.of("X-Forwarded-Method: PUT", "X-Forwarded-Uri: " + own(ada), bearing(ada));
        for (String method : List.of("GET", "HEAD", "POST", "OPTIONS", "DELETE", "PROPFIND", "get")) {
            assertEquals(
                    200, gateRequest(method, "/api/auth/verify?x=1", asked, "").status(), method);
        }
        List<String> noise = new ArrayList<>(asked);
        noise.addAll(List.of(
                "Origin: https://evil.example",
                "Access-Control-Request-Method: PUT",
                "Accept: image/png",
                "Range: bytes=0-0",
                "If-None-Match: *",
                "Cookie: latchkey_session=x",
                "Content-Type: text/nonsense",
                "Expect: 100-continue",
                "Upgrade: websocket"));
        RawResponse answer = gateRequest("OPTIONS", "/api/auth/verify", noise, "{");
        assertEquals(200, answer.status());
        assertTrue(answer.headers().keySet().stream().noneMatch(name -> name.startsWith("access-control")));
        assertEquals("close", answer.header("Connection"));
    }

    /** The bytes of a body that is not read must not be taken for another request. */
    @Test
    void closesTheConnectionAfterAGateRequestWithABody() throws Exception {
        String first = "POST /api/auth/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n";
        String second = "GET /api/auth/jwks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        String answers = RawHttp.response(first + second);
        assertEquals(1, answers.split("HTTP/1.1 ", -1).length - 1, answers);
        assertTrue(answers.startsWith("HTTP/1.1 403"), answers);
    }

    @Test
    void readsTheRawTargetThatEnvoySends() throws Exception {
        List<String> credentials = List.of(bearing(ada));
        String prefix = "/api/auth/verify/envoy";
        assertEquals(
                200, gateRequest("PATCH", prefix + own(ada), credentials, "").status());
        for (String target : List.of(
                "",
                "x/open",
                "/api/" + ada.id() + "/../" + bob.id(),
                "//open",
                "/open/%2f",
                "/../../../../open",
                "/a|b")) {
            assertEquals("403 FORBIDDEN", about(gateRequest("GET", prefix + target, credentials, "")), target);
        }
        assertEquals("403 NOT_OWNER", about(gateRequest("GET", prefix + own(bob), credentials, "")));
        assertEquals("403 FORBIDDEN", about(gateRequest("GET", "/api/auth/verify/open", credentials, "")));
    }

    /** SC-005: no spelling of the endpoint leads past it to something that passes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/auth/%76erify",
                "/api/auth/verify;x=1",
                "//api/auth/verify",
                "/api/auth/../auth/verify",
                "/api/auth/VERIFY",
                "http://latchkey/api/auth/verify",
                "/api/auth/verify%2fenvoy/open",
                "/api/auth/verifyx"
            })
    void deniesOtherSpellingsOfItsPath(String target) throws Exception {
        int status = gateRequest("GET", target, List.of("X-Original-Method: GET", "X-Original-URI: /open"), "")
                .status();
        assertTrue(status >= 400, target + " answers " + status);
    }
}
