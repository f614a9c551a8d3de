package dev.latchkey.api;

import static dev.latchkey.fixture.Person.post;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Bare;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page of another origin can make a browser send without a CORS preflight. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class CrossOriginResourceTest {

    private static final String OURS = "http://localhost:8080";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/auth/login",
                "/api/auth/signup",
                "/api/auth/password-reset",
                "/api/auth/password-reset/confirm",
                "/api/auth/email-verification/confirm"
            })
    void requiresAContentType(String path) {
        Person ada = Person.signedUp();

        for (String body : new String[] {credentials(ada.email(), ada.password()), "", "{}"}) {
            HttpResponse<String> response = Bare.sendBody("POST", path, body);
            assertEquals(415, response.statusCode(), body);
            assertTrue(response.body().contains("UNSUPPORTED_MEDIA_TYPE"), response::body);
            assertTrue(response.headers().allValues("Set-Cookie").isEmpty());
        }
        assertEquals(415, Bare.send("POST", path).statusCode());
        assertEquals(1, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"})
    void refusesTheContentTypesThatNeedNoPreflight(String contentType) {
        Person ada = Person.signedUp();
        for (String path : new String[] {
            "/api/auth/login",
            "/api/auth/signup",
            "/api/auth/refresh",
            "/api/auth/password-reset",
            "/api/auth/password-reset/confirm",
            "/api/auth/email-verification/confirm"
        }) {
            assertEquals(
                    415,
                    Bare.sendBody("POST", path, credentials(ada.email(), ada.password()), "Content-Type", contentType)
                            .statusCode(),
                    path);
        }
    }

    // Its answer sets the cookie of the session whose token is in the body.
    @Test
    void refreshAndSignOutNeedAContentTypeWhereThereIsABody() {
        Person ada = Person.signedUp();
        String body = "{\"refresh_token\": \"%s\"}".formatted(ada.refreshToken());

        HttpResponse<String> refreshed = Bare.sendBody("POST", "/api/auth/refresh", body);
        HttpResponse<String> signedOut = Bare.sendBody("POST", "/api/auth/logout", body);

        assertEquals(415, refreshed.statusCode(), refreshed::body);
        assertTrue(refreshed.headers().allValues("Set-Cookie").isEmpty());
        assertEquals(415, signedOut.statusCode(), signedOut::body);
        Person.refresh(ada.refreshToken()).then().statusCode(200);
    }

    @Test
    void ownRoutesNeedAContentTypeWhereThereIsABody() {
        Person ada = Person.signedUp();
        String[] bearer = {"Authorization", "Bearer " + ada.accessToken()};

        assertEquals(
                415,
                Bare.sendBody("PATCH", ada.own(""), "{\"name\": \"x\"}", bearer).statusCode());
        assertEquals(
                415, Bare.sendBody("PUT", ada.own("/password"), "{}", bearer).statusCode());
        assertEquals(415, Bare.sendBody("PUT", ada.own("/email"), "{}", bearer).statusCode());
        assertEquals(
                415,
                Bare.sendBody("POST", "/api/auth/email-verification", "{}", bearer)
                        .statusCode());
        assertEquals(415, Bare.sendBody("DELETE", ada.own(""), "{}", bearer).statusCode());
        assertEquals(204, Bare.send("DELETE", ada.own(""), bearer).statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "https://evil.example",
        "null",
        "http://localhost:8081",
        "https://localhost:8080",
        "http://sub.localhost:8080",
        "http://localhost:8080.evil.example",
        "http://localhost:8080/",
        "''",
    })
    void refusesToSignInForOtherOrigins(String origin) {
        Person ada = Person.signedUp();
        long refused = refusedOrigins();

        Response signedIn =
                sent(origin, credentials(ada.email(), ada.password())).post("/api/auth/login");
        String free = UUID.randomUUID() + "@example.com";
        Response signedUp = sent(origin, credentials(free, ada.password())).post("/api/auth/signup");

        signedIn.then().statusCode(403).body("code", equalTo("FORBIDDEN")).header("Set-Cookie", nullValue());
        signedUp.then().statusCode(403).body("code", equalTo("FORBIDDEN")).header("Set-Cookie", nullValue());
        assertEquals(1, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
        assertEquals(0, Sql.count("select count(*) from users where email = ?", free));
        Eventually.holds("they are recorded", () -> refusedOrigins() >= refused + 2);
    }

    @Test
    void refusesTwoOrigins() {
        Person ada = Person.signedUp();

        HttpResponse<String> response = Bare.sendBody(
                "POST",
                "/api/auth/login",
                credentials(ada.email(), ada.password()),
                "Content-Type",
                "application/json",
                "Origin",
                OURS,
                "Origin",
                OURS);

        assertEquals(403, response.statusCode(), response::body);
    }

    @Test
    void signsInForOurOriginAndWithoutOne() {
        Person ada = Person.signedUp();

        sent(OURS, credentials(ada.email(), ada.password()))
                .post("/api/auth/login")
                .then()
                .statusCode(200);
        post("/api/auth/login", credentials(ada.email(), ada.password())).then().statusCode(200);
    }

    private static io.restassured.specification.RequestSpecification sent(String origin, String body) {
        return given().contentType(ContentType.JSON).header("Origin", origin).body(body);
    }

    private static String credentials(String email, String password) {
        return "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, password);
    }

    private static long refusedOrigins() {
        return Sql.count("select count(*) from audit_events where details ->> 'reason' = 'untrusted_origin'");
    }
}
