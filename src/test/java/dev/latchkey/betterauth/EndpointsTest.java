package dev.latchkey.betterauth;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whom this face answers, line by line: an endpoint that is not in the table fails the build. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class EndpointsTest {

    /** An entrance is looked at for where it is used from, even without a cookie. */
    private static final List<String> TABLE = List.of(
            "POST /sign-up/email NOBODY entrance",
            "POST /sign-in/email NOBODY entrance",
            "POST /sign-in/social NOBODY",
            "POST /sign-out NOBODY",
            "GET /get-session NOBODY",
            "POST /get-session NOBODY",
            "POST /request-password-reset NOBODY",
            "GET /reset-password/ NOBODY",
            "POST /reset-password NOBODY",
            "GET /ok NOBODY",
            "GET /error NOBODY",
            "POST /send-verification-email ANYBODY",
            "GET /verify-email ANYBODY",
            "GET /delete-user/callback ANYBODY",
            "POST /revoke-session SESSION",
            "POST /revoke-sessions SESSION",
            "POST /revoke-other-sessions SESSION",
            "POST /update-session SESSION",
            "POST /update-user SESSION",
            "POST /change-password SESSION",
            "POST /verify-password SESSION",
            "POST /delete-user SESSION",
            "GET /list-accounts SESSION",
            "GET /token SESSION",
            "GET /list-sessions FRESH",
            "POST /change-email FRESH");

    @Inject
    BetterAuthRouter dialect;

    @Test
    void areThese() {
        TreeSet<String> found = new TreeSet<>();
        for (Endpoint endpoint : dialect.endpoints()) {
            found.add(endpoint.method() + " " + endpoint.path() + " " + endpoint.demand()
                    + (endpoint.form() ? " entrance" : ""));
        }

        assertEquals(new TreeSet<>(TABLE), found);
    }

    /** Each that demands a session refuses whoever has none, whatever else they bring. */
    @Test
    void refuseWhoeverHasNoSession() {
        String body =
                "{\"token\":\"x\",\"name\":\"x\",\"newPassword\":\"x\",\"currentPassword\":\"x\",\"password\":\"x\","
                        + "\"newEmail\":\"ada@example.com\"}";
        for (String line : TABLE) {
            String[] words = line.split(" ");
            if (!words[2].equals("SESSION") && !words[2].equals("FRESH")) {
                continue;
            }
            for (String bearer : List.of("", "Bearer x", "Bearer a.b.c", "Basic YTpi")) {
                var request = given().header("Authorization", bearer);
                int status = words[0].equals("GET")
                        ? request.get("/api/auth" + words[1]).statusCode()
                        : request.contentType("application/json")
                                .body(body)
                                .post("/api/auth" + words[1])
                                .statusCode();
                assertEquals(401, status, line + " " + bearer);
            }
        }
    }
}
