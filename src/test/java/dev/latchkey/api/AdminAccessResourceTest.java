package dev.latchkey.api;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.api.RouteAccessResourceTest.Row;
import dev.latchkey.fixture.Admin;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route of administration × each caller that must not pass (FR-015, FR-018, FR-020, SC-004, SC-005). */
@QuarkusTest
@TestProfile(AdminAccessResourceTest.SharedSecret.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class AdminAccessResourceTest {

    private static final String OUR_SECRET = "the shared secret of administration, 32 bytes";
    private static final String SHOP_SECRET = "the secret of a shop that shares users, 32 bytes";
    private static final String SHOP = "https://shop.example.com";

    public static class SharedSecret implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.key.jwt-secret", OUR_SECRET,
                    "latchkey.token.trusted.shop.secret", SHOP_SECRET,
                    "latchkey.token.trusted.shop.issuer", SHOP,
                    "latchkey.token.trusted.shop.shares-users", "true");
        }
    }

    static List<Row> routes() {
        List<Row> routes = RouteAccessResourceTest.table().stream()
                .filter(row -> row.path().startsWith("/api/admin"))
                .toList();
        assertTrue(routes.size() >= 15, routes.toString());
        return routes;
    }

    private Person target;

    @BeforeEach
    void signUp() {
        target = Person.signedUp();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void refusesARequestWithoutToken(Row route) {
        Response response = RouteAccessResourceTest.ask(route, target, given());

        assertEquals("UNAUTHENTICATED", refused(401, response));
        assertEquals("Bearer realm=\"latchkey\"", response.header("WWW-Authenticate"));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void refusesAUserWithoutTheRole(Row route) {
        Person user = Person.signedUp();
        assertEquals("FORBIDDEN", refused(403, ask(route, user.accessToken())));

        Sql.update("update users set roles = '{administrator,Admin,admin2,support}' where id = ?", user.id());
        assertEquals("FORBIDDEN", refused(403, ask(route, user.signedInAgain().accessToken())));
    }

    /** The token says that it is the owner's; the route is not the owner's. */
    @ParameterizedTest
    @MethodSource("routes")
    void refusesTheOwnerOfTheAccount(Row route) {
        assertEquals("FORBIDDEN", refused(403, ask(route, target.accessToken())));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void refusesABannedAdministrator(Row route) {
        Person banned = Admin.signedUp();
        Admin.signedUp()
                .bearing()
                .contentType("application/json")
                .body("{}")
                .put("/api/admin/users/" + banned.id() + "/ban")
                .then()
                .statusCode(200);

        assertEquals("INVALID_TOKEN", refused(401, ask(route, banned.accessToken())));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void refusesAnAdministratorWhoseRoleWasTakenAway(Row route) {
        Person former = Admin.signedUp();
        Admin.signedUp()
                .bearing()
                .contentType("application/json")
                .body("{\"roles\": []}")
                .put("/api/admin/users/" + former.id() + "/roles")
                .then()
                .statusCode(200);

        assertEquals("INVALID_TOKEN", refused(401, ask(route, former.accessToken())));
        Person refreshed = former.with(Person.refresh(former.refreshToken()));
        assertEquals("FORBIDDEN", refused(403, ask(route, refreshed.accessToken())));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void refusesATokenOfASessionThatHasEnded(Row route) {
        Person admin = Admin.signedUp();
        admin.bearing().delete(admin.own("/sessions")).then().statusCode(204);

        assertEquals("INVALID_TOKEN", refused(401, ask(route, admin.accessToken())));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void refusesATokenForAnotherAudience(Row route) {
        Person admin = Admin.signedUp();
        String claims =
                new String(Base64.getUrlDecoder().decode(admin.accessToken().split("\\.")[1]), StandardCharsets.UTF_8);
        String header =
                new String(Base64.getUrlDecoder().decode(admin.accessToken().split("\\.")[0]), StandardCharsets.UTF_8);
        String other = claims.substring(0, claims.length() - 1) + ",\"aud\":\"https://other.example.com\"}";

        assertEquals("INVALID_TOKEN", refused(401, ask(route, signed(header, other, OUR_SECRET))));
        // The same by the same means is accepted, so that it is the audience which is refused.
        assertEquals(
                route.admin(), ask(route, signed(header, claims, OUR_SECRET)).statusCode());
    }

    /** Security: what another issuer says of roles counts for nothing, also where the users are shared. */
    @ParameterizedTest
    @MethodSource("routes")
    void refusesTheRoleThatAnotherIssuerGives(Row route) {
        Person admin = Admin.signedUp();
        long now = System.currentTimeMillis() / 1000;
        String token = signed(
                "{\"alg\":\"HS256\",\"typ\":\"JWT\"}",
                "{\"iss\":\"%s\",\"sub\":\"%s\",\"iat\":%d,\"exp\":%d,\"groups\":[\"admin\"],\"roles\":[\"admin\"]}"
                        .formatted(SHOP, admin.id(), now, now + 600),
                SHOP_SECRET);
        given().header("Authorization", "Bearer " + token)
                .get("/api/users/" + admin.id())
                .then()
                .statusCode(200);

        assertEquals("FORBIDDEN", refused(403, ask(route, token)));
    }

    /** FR-026: recorded for the caller, and not for the account that the path names. */
    @Test
    void recordsTheRefusalForTheCaller() {
        Person user = Person.signedUp();
        user.bearing().get("/api/admin/users/" + target.id()).then().statusCode(403);

        Eventually.holds(
                "it is on record",
                () -> Sql.count(
                                "select count(*) from audit_events where user_id = ? and type = 'owner_check'"
                                        + " and details ->> 'path' = ?",
                                user.id(),
                                "/api/admin/users/" + target.id())
                        == 1);
        assertEquals(
                0,
                Sql.count("select count(*) from audit_events where user_id = ? and outcome = 'failure'", target.id()));
    }

    /** Nothing has happened to the account by all the requests that were refused. */
    @Test
    void refusedRequestsChangeNothing() {
        for (Row route : routes()) {
            ask(route, Person.signedUp().accessToken()).then().statusCode(403);
        }

        target.bearing().get("/api/auth/session").then().statusCode(200);
        assertEquals(
                List.of("sign_up"),
                Sql.column("select type from audit_events where user_id = ? and outcome = 'success'", target.id()));
    }

    /** An account that does not exist is the same 404 on every route, and only for an administrator. */
    @Test
    void onlyAnAdministratorLearnsWhetherAnAccountExists() {
        Person admin = Admin.signedUp();
        String nobody = UUID.randomUUID().toString();
        Person user = Person.signedUp();

        admin.bearing().get("/api/admin/users/" + nobody).then().statusCode(404);
        for (String id : List.of(nobody, target.id())) {
            user.bearing().get("/api/admin/users/" + id).then().statusCode(403);
        }
    }

    private Response ask(Row route, String token) {
        RequestSpecification caller = given().header("Authorization", "Bearer " + token);
        return RouteAccessResourceTest.ask(route, target, caller);
    }

    private static String refused(int status, Response response) {
        assertEquals(status, response.statusCode(), response::asString);
        return response.path("code");
    }

    private static String signed(String header, String claims, String secret) {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String content = encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8)) + "."
                + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return content + "." + encoder.encodeToString(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
