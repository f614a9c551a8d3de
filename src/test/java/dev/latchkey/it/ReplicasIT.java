package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.specification.RequestSpecification;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two processes that start at the same moment on one empty database are one service (SC-003, SC-005). */
@Tag("alone")
class ReplicasIT {

    private static EmbeddedDatabase database;
    private static Packaged one;
    private static Packaged other;

    @BeforeAll
    static void start() {
        database = EmbeddedDatabaseResource.emptyDatabase();
        one = Packaged.launched(Packaged.settings(database));
        other = Packaged.launched(Packaged.settings(database));
        one.awaitReadiness();
        other.awaitReadiness();
        one.addressed();
    }

    @AfterAll
    static void stop() {
        one.close();
        other.close();
    }

    @Test
    void createOneSigningKeyTogether() throws SQLException {
        Person.signedUp();
        atTheOther()
                .body(Map.of("email", "nobody@example.com", "password", "wrong"))
                .post("/api/auth/login");

        assertEquals(1, count("select count(*) from signing_keys"));
        assertEquals(
                given().get("/api/auth/jwks").asString(),
                atTheOther().get("/api/auth/jwks").asString());
    }

    /** SC-003 */
    @Test
    void acceptEachOthersTokens() {
        Person ada = Person.signedUp();

        atTheOther()
                .header("Authorization", "Bearer " + ada.accessToken())
                .get(ada.own(""))
                .then()
                .statusCode(200);
        Person refreshed = ada.with(
                atTheOther().body(Map.of("refresh_token", ada.refreshToken())).post("/api/auth/refresh"));
        refreshed.bearing().get(ada.own("")).then().statusCode(200);
    }

    /** SC-005 */
    @Test
    void refuseRoutesOfOtherUsers() {
        Person ada = Person.signedUp();
        Person eve = Person.signedUp();

        String response = atTheOther()
                .header("Authorization", "Bearer " + eve.accessToken())
                .get(ada.own(""))
                .then()
                .statusCode(403)
                .extract()
                .asString();

        assertFalse(response.contains(ada.email()));
    }

    /** A spent refresh token has one successor, whichever replica is asked first. */
    @Test
    void returnSameSuccessorToConcurrentRefreshes() {
        Person ada = Person.signedUp();

        String here = Person.refresh(ada.refreshToken()).path("refresh_token");
        String there = atTheOther()
                .body(Map.of("refresh_token", ada.refreshToken()))
                .post("/api/auth/refresh")
                .path("refresh_token");

        assertEquals(here, there);
    }

    /** US4. How long it takes is measured in {@link RevocationIT}. */
    @Test
    void refuseATokenThatWasSignedOutAtTheOther() {
        Person ada = Person.signedUp();
        RequestSpecification bearing = atTheOther().header("Authorization", "Bearer " + ada.accessToken());
        bearing.get("/api/auth/session").then().statusCode(200);

        ada.bearing().noContentType().post("/api/auth/logout").then().statusCode(204);
        ada.bearing().get("/api/auth/session").then().statusCode(401);
        Eventually.holds(
                "the other replica refuses the token",
                () -> atTheOther()
                                .header("Authorization", "Bearer " + ada.accessToken())
                                .get("/api/auth/session")
                                .statusCode()
                        == 401);

        atTheOther()
                .body(Map.of("refresh_token", ada.refreshToken()))
                .post("/api/auth/refresh")
                .then()
                .statusCode(401);
    }

    private static RequestSpecification atTheOther() {
        return given().port(other.port()).contentType("application/json");
    }

    private static long count(String query) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
