package dev.latchkey.gate;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawHttp;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.Header;
import io.restassured.response.Response;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-019, FR-021, SC-005: a route with a {@code user_id} is guarded even if its author declared nothing. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class OwnerFilterResourceTest {

    @ParameterizedTest
    @ValueSource(strings = {"opened", "pattern", "locator/deep", "forgotten"})
    void refusesAnotherUsersRouteWhateverItDeclares(String route) {
        Person owner = Person.signedUp();
        Person other = Person.signedUp();
        String path = "/test/" + owner.id() + "/" + route;

        given().get(path).then().statusCode(401).body(not(containsString("private")));
        other.bearing().get(path).then().statusCode(403).body(not(containsString("private")));
        given().header("Authorization", "Bearer " + owner.accessToken() + "x")
                .get(path)
                .then()
                .statusCode(401)
                .body(not(containsString("private")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"opened", "pattern", "locator/deep"})
    void allowsTheOwner(String route) {
        Person owner = Person.signedUp();
        owner.bearing()
                .get("/test/" + owner.id() + "/" + route)
                .then()
                .statusCode(200)
                .body(equalTo("private to " + owner.id()));
    }

    /** No caller can be identified there without blocking, so such a route fails closed for all. */
    @Test
    void refusesEveryCallerOnTheEventLoop() {
        Person owner = Person.signedUp();
        String path = "/test/" + owner.id() + "/opened-on-the-event-loop";
        given().get(path).then().statusCode(500).body(not(containsString("private")));
        owner.bearing().get(path).then().statusCode(500).body(not(containsString("private")));
    }

    @Test
    void refusesTheOwnerOfARouteThatDeclaresNoAccess() {
        Person owner = Person.signedUp();
        owner.bearing().get("/test/" + owner.id() + "/forgotten").then().statusCode(403);
    }

    /** FR-021: neither body nor headers tell whether the other user exists. */
    @Test
    void hidesWhetherTheOtherUserExists() {
        Person caller = Person.signedUp();
        Response existing =
                caller.bearing().get("/api/users/" + Person.signedUp().id());
        Response invented = caller.bearing().get("/api/users/" + UUID.randomUUID());

        assertEquals(403, existing.statusCode());
        assertEquals(403, invented.statusCode());
        assertEquals(comparable(existing), comparable(invented));
        assertEquals(
                existing.asString().replaceAll("\"request_id\":\"[^\"]*\"", ""),
                invented.asString().replaceAll("\"request_id\":\"[^\"]*\"", ""));
    }

    /** FR-026: a refused owner check is among the caller's audit events, and not among the other user's. */
    @Test
    void auditsTheRefusalForTheCallerOnly() {
        Person caller = Person.signedUp();
        Person owner = Person.signedUp();
        caller.bearing().get(owner.own("/sessions")).then().statusCode(403);

        Eventually.holds(
                "the refusal is on record",
                () -> Sql.count(
                                "select count(*) from audit_events where type = 'owner_check' and user_id = ?",
                                caller.id())
                        == 1);
        assertEquals(
                0,
                Sql.count("select count(*) from audit_events where type = 'owner_check' and user_id = ?", owner.id()));
    }

    /** FR-018: neither query, header nor body identifies the caller. */
    @Test
    void takesTheUserFromTheTokenOnly() {
        Person caller = Person.signedUp();
        Person owner = Person.signedUp();
        caller.bearing()
                .header("X-User-Id", owner.id())
                .header("X-Auth-User-Id", owner.id())
                .header("X-Original-URI", "/api/users/" + caller.id())
                .header("X-HTTP-Method-Override", "GET")
                .queryParam("user_id", caller.id())
                .get("/api/users/" + owner.id())
                .then()
                .statusCode(403)
                .body("code", equalTo("NOT_OWNER"));
        // FR-014: a token in the query string is ignored.
        given().queryParam("access_token", owner.accessToken())
                .get("/api/users/" + owner.id())
                .then()
                .statusCode(401)
                .body("code", equalTo("UNAUTHENTICATED"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/users/%s;x=1",
                "/api/users/x%%2F..%%2F%s",
                "/api/users/../users/%s",
                "/api/users//%s",
                "/api/users/%s%%00",
                "/api/users/%s%%252e",
                "/api/users/%s/%%2e%%2e/%s",
                "/api/users/%s\\",
                "/api//users/%s",
                "/api/users/.%%2f%s"
            })
    void refusesAmbiguousPaths(String template) throws Exception {
        Person owner = Person.signedUp();
        Person other = Person.signedUp();
        String path = template.formatted(owner.id(), owner.id());
        for (Person caller : List.of(owner, other)) {
            assertEquals(400, RawHttp.status("GET", path, "Authorization: Bearer " + caller.accessToken()), path);
        }
    }

    /** The id is compared once decoded, letter case included. */
    @Test
    void comparesIdsDecodedAndCaseSensitively() throws Exception {
        Person owner = Person.signedUp();
        String bearer = "Authorization: Bearer " + owner.accessToken();
        String encoded =
                "%%%02x".formatted((int) owner.id().charAt(0)) + owner.id().substring(1);
        assertEquals(200, RawHttp.status("GET", "/api/users/" + encoded, bearer));
        assertEquals(200, RawHttp.status("GET", "/api/users/" + owner.id() + "/", bearer));
        assertEquals(403, RawHttp.status("GET", "/api/users/" + owner.id().toUpperCase(java.util.Locale.ROOT), bearer));
        assertEquals(403, RawHttp.status("GET", "/api/users/" + owner.id() + "%20", bearer));
        assertEquals(403, RawHttp.status("GET", "/api/users/" + owner.id().substring(1), bearer));
    }

    private static List<String> comparable(Response answer) {
        return answer.headers().asList().stream()
                .filter(header -> !header.getName().equalsIgnoreCase("X-Request-Id"))
                .filter(header -> !header.getName().equalsIgnoreCase("Date"))
                .map(Header::toString)
                .sorted()
                .toList();
    }
}
