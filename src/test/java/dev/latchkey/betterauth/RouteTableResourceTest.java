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

/** Who may call each endpoint: one that is not listed here fails the build. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class RouteTableResourceTest {

    /** Where forms are accepted, the origin is checked even without a cookie. */
    private static final List<String> TABLE = List.of(
            "POST /sign-up/email PUBLIC form",
            "POST /sign-in/email PUBLIC form",
            "POST /sign-in/social PUBLIC",
            "POST /sign-out PUBLIC",
            "GET /get-session PUBLIC",
            "POST /get-session PUBLIC",
            "POST /request-password-reset PUBLIC",
            "GET /reset-password/ PUBLIC",
            "POST /reset-password PUBLIC",
            "GET /ok PUBLIC",
            "GET /error PUBLIC",
            "POST /send-verification-email OPTIONAL_SESSION",
            "GET /verify-email OPTIONAL_SESSION",
            "GET /delete-user/callback OPTIONAL_SESSION",
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
            "GET /list-sessions FRESH_SESSION",
            "POST /change-email FRESH_SESSION");

    @Inject
    BetterAuthRouter router;

    @Test
    void listsEveryEndpoint() {
        TreeSet<String> found = new TreeSet<>();
        for (Endpoint endpoint : router.endpoints()) {
            found.add(endpoint.method() + " " + endpoint.path() + " " + endpoint.access()
                    + (endpoint.acceptsForms() ? " form" : ""));
        }

        assertEquals(new TreeSet<>(TABLE), found);
    }

    /** Every endpoint that requires a session refuses requests without one, whatever else they have. */
    @Test
    void refusesRequestsWithoutASession() {
        String body =
                "{\"token\":\"x\",\"name\":\"x\",\"newPassword\":\"x\",\"currentPassword\":\"x\",\"password\":\"x\","
                        + "\"newEmail\":\"ada@example.com\"}";
        for (String line : TABLE) {
            String[] words = line.split(" ");
            if (!words[2].equals("SESSION") && !words[2].equals("FRESH_SESSION")) {
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
