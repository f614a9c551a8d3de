package dev.latchkey.oauth;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.key.SigningKeys;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The documents by which backends learn the keys, and how they are cached. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class DiscoveryResourceTest {

    private static final String CACHED = "public, max-age=300";
    private static final String METADATA = "/.well-known/oauth-authorization-server";

    @Inject
    SigningKeys keys;

    /** Earlier tests may have changed the keys, which are otherwise read again within a second. */
    @BeforeEach
    void readKeys() {
        keys.reread();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/jwks", "/.well-known/jwks.json", METADATA})
    void respondsNotModifiedToMatchingTag(String path) throws IOException {
        Response first = given().get(path);
        String tag = first.header("ETag");
        first.then().statusCode(200).contentType("application/json").header("Cache-Control", CACHED);
        assertTrue(tag.matches("\"[A-Za-z0-9_-]{43}\""), tag);
        assertEquals(tag, given().get(path).header("ETag"));

        for (String held : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            RawResponse again = RawResponse.to("GET", path, List.of("If-None-Match: " + held), new byte[0]);
            assertEquals(304, again.status(), held);
            assertEquals(tag, again.header("ETag"));
            assertEquals(CACHED, again.header("Cache-Control"));
            assertEquals("Origin", again.header("Vary"));
            assertEquals("", again.body());
            assertEquals(
                    304,
                    RawResponse.to("HEAD", path, List.of("If-None-Match: " + held), new byte[0])
                            .status());
        }
        RawResponse twoLines =
                RawResponse.to("GET", path, List.of("If-None-Match: \"other\"", "If-None-Match: " + tag), new byte[0]);
        assertEquals(304, twoLines.status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/jwks", "/.well-known/jwks.json", METADATA})
    void sendsDocumentForOtherTags(String path) {
        String body = given().get(path).asString();
        for (String held : List.of("\"other\"", "W/\"other\"", "other", "\"\"", "")) {
            Response response = given().header("If-None-Match", held).get(path);
            assertEquals(200, response.statusCode(), held);
            assertEquals(body, response.asString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/auth/jwks", "/.well-known/jwks.json", METADATA})
    void supportsHead(String path) throws IOException {
        Response whole = given().get(path);
        RawResponse head = RawResponse.to("HEAD", path, List.of(), new byte[0]);

        assertEquals(200, head.status());
        assertEquals("", head.body());
        assertEquals(whole.header("ETag"), head.header("ETag"));
        assertEquals(CACHED, head.header("Cache-Control"));
    }

    @Test
    void publishesSameKeysAtBothPaths() {
        Response api = given().get("/api/auth/jwks");
        Response wellKnown = given().get("/.well-known/jwks.json");

        assertEquals(api.asString(), wellKnown.asString());
        assertEquals(api.header("ETag"), wellKnown.header("ETag"));
        assertNotEquals(api.header("ETag"), given().get(METADATA).header("ETag"));
    }

    /** RFC 8414 section 3.3: the issuer is the one that tokens name, whatever the request says of its host. */
    @Test
    void namesIssuerOfTokensWhateverTheHostHeader() {
        String payload = new String(
                Base64.getUrlDecoder().decode(Person.signedUp().accessToken().split("\\.")[1]));

        Response response = given().header("Host", "evil.example")
                .header("X-Forwarded-Host", "evil.example")
                .header("X-Forwarded-Proto", "https")
                .get(METADATA);

        response.then()
                .statusCode(200)
                .body("jwks_uri", equalTo("http://localhost:8080/.well-known/jwks.json"))
                .body("response_types_supported", equalTo(List.of()))
                .body("grant_types_supported", equalTo(List.of()))
                .body("access_token_signing_alg_values_supported", equalTo(List.of("EdDSA")));
        assertTrue(payload.contains("\"iss\":\"" + response.path("issuer") + "\""), payload);
    }

    @Test
    void hidesIntrospectionAndRevocationWithoutClients() {
        given().get(METADATA)
                .then()
                .body("$", not(hasKey("introspection_endpoint")))
                .body("$", not(hasKey("introspection_endpoint_auth_methods_supported")))
                .body("$", not(hasKey("revocation_endpoint")))
                .body("$", not(hasKey("revocation_endpoint_auth_methods_supported")));
        for (String path : List.of("/oauth/introspect", "/oauth/revoke")) {
            for (String body : List.of("", "token=x", "token=x&client_id=shop&client_secret=x", "%")) {
                given().contentType("application/x-www-form-urlencoded")
                        .body(body)
                        .post(path)
                        .then()
                        .statusCode(404)
                        .body("code", equalTo("NOT_FOUND"));
            }
            given().contentType("application/json")
                    .body(Map.of("token", "x"))
                    .post(path)
                    .then()
                    .statusCode(404);
        }
    }

    @Test
    void allowsTrustedOrigins() {
        given().header("Origin", "http://localhost:8080")
                .get(METADATA)
                .then()
                .header("Access-Control-Allow-Origin", "http://localhost:8080");
    }
}
