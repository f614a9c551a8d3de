package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backends with credentials, configured as in a container: by variables and a mounted file. */
class BackendsIT {

    private static final String SHOP = "secret-of-the-shop-0123456789-abcdefgh";
    private static final String DESK = "secret-of-the-desk-0123456789-abcdefgh";
    private static final String DESK_NEXT = "secret-of-the-desk-to-come-abcdefghijk";
    private static final String METADATA = "/.well-known/oauth-authorization-server";

    @TempDir
    static Path folder;

    private static Packaged service;

    @BeforeAll
    static void start() throws IOException {
        service = Packaged.ready(EmbeddedDatabaseResource.emptyDatabase(), backends())
                .addressed();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void introspectTokenAndRevokeItsSession() {
        Person ada = Person.signedUp();
        asked("shop", SHOP, "/oauth/introspect", ada.accessToken())
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("active", is(true))
                .body("iss", equalTo("http://localhost"))
                .body("aud", equalTo("http://localhost"))
                .body("user_id", equalTo(ada.id()))
                .body("username", equalTo(ada.email()))
                .body("email_verified", is(false))
                .body("sid", equalTo(ada.sessionId()))
                .body("groups", equalTo(List.of()));

        Response revoked = asked("desk", DESK, "/oauth/revoke", ada.refreshToken());

        assertEquals(200, revoked.statusCode());
        assertEquals("", revoked.asString());
        assertEquals(
                "{\"active\":false}",
                asked("shop", SHOP, "/oauth/introspect", ada.accessToken()).asString());
        ada.bearing().get("/api/auth/session").then().statusCode(401);
        Eventually.holds("the audit line", () -> service.output().contains("session_revoked"));
    }

    @Test
    void authenticateByCurrentAndNextSecret() {
        assertEquals(200, asked("desk", DESK_NEXT, "/oauth/introspect", "x").statusCode());
        asked("desk", SHOP, "/oauth/introspect", "x")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", "Basic realm=\"latchkey\"")
                .body(equalTo("{\"error\":\"invalid_client\"}"));
        assertEquals(401, asked("shop", DESK, "/oauth/introspect", "x").statusCode());
        given().contentType("application/x-www-form-urlencoded")
                .body("client_id=shop&client_secret=" + SHOP)
                .post("/oauth/introspect")
                .then()
                .statusCode(400)
                .body("error", equalTo("invalid_request"))
                .body("error_description", equalTo("The parameter token is missing."));
        for (String secret : List.of(SHOP, DESK, DESK_NEXT)) {
            assertFalse(service.output().contains(secret), "a secret is in the log");
        }
    }

    @Test
    void findRoutesInTheMetadata() {
        Response metadata = given().get(METADATA);

        metadata.then()
                .statusCode(200)
                .body("issuer", equalTo("http://localhost"))
                .body("jwks_uri", equalTo("http://localhost/.well-known/jwks.json"))
                .body("introspection_endpoint", equalTo("http://localhost/oauth/introspect"))
                .body("revocation_endpoint", equalTo("http://localhost/oauth/revoke"))
                .body("access_token_signing_alg_values_supported", equalTo(List.of("EdDSA")));
        for (String path : List.of(METADATA, "/.well-known/jwks.json", "/api/auth/jwks")) {
            String tag = given().get(path).header("ETag");
            given().header("If-None-Match", tag)
                    .get(path)
                    .then()
                    .statusCode(304)
                    .header("ETag", tag)
                    .header("Cache-Control", "public, max-age=300");
        }
    }

    @Test
    void findRoutesInTheOpenApiDescription() {
        String description =
                given().port(service.managementPort()).get("/q/openapi").asString();

        for (String word : List.of("/oauth/introspect", "/oauth/revoke", METADATA, "token_type_hint", "OAuthError")) {
            assertTrue(description.contains(word), word);
        }
    }

    /** Fail closed: while nothing is known no token is said to count, and none is said to have been revoked. */
    @Test
    void receive503WhileNoKeyIsKnown() throws IOException {
        Person ada = Person.signedUp();
        Map<String, String> away = Packaged.with(
                Packaged.with(Packaged.settings(EmbeddedDatabaseResource.emptyDatabase()), backends()),
                Map.of("QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:1/latchkey"));
        try (Packaged blind = Packaged.launched(away)) {
            blind.awaitLife();
            blind.addressed();
            for (String path : List.of("/oauth/introspect", "/oauth/revoke")) {
                asked("shop", SHOP, path, ada.accessToken())
                        .then()
                        .statusCode(503)
                        .header("Retry-After", matchesPattern("[1-9]\\d*"));
                assertEquals(401, asked("shop", DESK, path, ada.accessToken()).statusCode());
            }
            assertEquals(503, given().get(METADATA).statusCode());
        } finally {
            service.addressed();
        }
    }

    private static Map<String, String> backends() throws IOException {
        return Map.of(
                "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET_FILE",
                Files.writeString(folder.resolve("shop"), SHOP + "\n").toString(),
                "LATCHKEY_OAUTH_CLIENTS_DESK_SECRET",
                DESK,
                "LATCHKEY_OAUTH_CLIENTS_DESK_SECRET_PREVIOUS",
                DESK_NEXT);
    }

    private static Response asked(String id, String secret, String path, String token) {
        return given().auth()
                .preemptive()
                .basic(id, secret)
                .contentType("application/x-www-form-urlencoded")
                .formParam("token", token)
                .post(path);
    }
}
