package dev.latchkey.signin;

import static dev.latchkey.fixture.Person.PASSWORD;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is refused by a rate limit costs the database next to nothing. Counted by PostgreSQL itself. */
@QuarkusTest
@TestProfile(RateLimitsDatabaseTest.Throttled.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class RefusalCostDatabaseTest {

    private static final int ADDRESS_LIMIT = 12;
    private static final int SIGN_UP_LIMIT = 4;
    private static final int REFUSED = 1_000;

    /** The questions whether a bucket is still full, and what jobs do with these tables meanwhile. */
    private static final int ALLOWED = 100;

    private static final String CHANGE = """
            {"current_password": "%s", "new_password": "another good phrase"}""".formatted(PASSWORD);

    @Inject
    FullBuckets full;

    @Inject
    AgroalDataSource pool;

    @BeforeEach
    void resetRateLimits() {
        Sql.update("delete from throttle_buckets");
        full.forgetAll();
    }

    @Test
    void refusedSignInsAtRandomAddressesCauseFewStatementsAndNoRows() {
        String ip = "198.51.100.61";
        for (int i = 0; i < ADDRESS_LIMIT; i++) {
            signIn(ip, random(), "wrong").then().statusCode(401);
        }
        signIn(ip, random(), "wrong").then().statusCode(429);
        long rows = rows();
        long uses = uses();

        Together.times(8, thread -> {
            for (int i = 0; i < REFUSED / 8; i++) {
                assertEquals(429, status(ip, "POST", "/api/auth/login", credentials(random(), "wrong")));
            }
            return true;
        });

        assertTrue(rows() <= rows, "rows for addresses that were not tried");
        long caused = uses() - uses;
        assertTrue(caused < ALLOWED, () -> caused + " uses of the tables for " + REFUSED + " refused attempts");
    }

    @Test
    void refusedSignUpsCauseNoRows() {
        String ip = "198.51.100.62";
        for (int i = 0; i < SIGN_UP_LIMIT; i++) {
            signUp(ip).then().statusCode(201);
        }
        signUp(ip).then().statusCode(429);
        long rows = rows();
        long uses = uses();

        for (int i = 0; i < REFUSED / 4; i++) {
            assertEquals(429, status(ip, "POST", "/api/auth/signup", credentials(random(), PASSWORD)));
        }

        assertTrue(rows() <= rows, "rows for sign-ups that were not tried");
        long caused = uses() - uses;
        assertTrue(caused < ALLOWED, () -> caused + " uses of the tables for " + REFUSED / 4 + " refused sign-ups");
    }

    // With a row lock on the client's bucket held by another, refused attempts would wait for it.
    @Test
    void refusedAttemptsWaitForNoLock() throws SQLException {
        String ip = "198.51.100.63";
        for (int i = 0; i < ADDRESS_LIMIT; i++) {
            signIn(ip, random(), "wrong").then().statusCode(401);
        }
        try (Connection connection = EmbeddedDatabaseResource.database().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate(
                    "update throttle_buckets set expires_at = expires_at where id = 'address:" + ip + "'");
            full.forgetAll();

            CompletableFuture<Response> refused = CompletableFuture.supplyAsync(() -> signIn(ip, random(), "wrong"));
            Eventually.holds("it is refused while the row is locked", refused::isDone);

            assertEquals(429, refused.join().statusCode());
            connection.rollback();
        }
    }

    @Test
    void floodOfOneClientLeavesConnectionsToOthers() throws SQLException {
        String ip = "198.51.100.64";
        Person ada = Person.signedUp();
        signIn(ip, random(), "wrong").then().statusCode(401);
        try (Connection connection = EmbeddedDatabaseResource.database().connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate(
                    "update throttle_buckets set expires_at = expires_at where id = 'address:" + ip + "'");
            CompletableFuture<Boolean> flood = CompletableFuture.supplyAsync(() -> {
                Together.times(15, i -> signIn(ip, random(), "wrong").statusCode());
                return true;
            });
            Eventually.holds(
                    "attempts of the client wait for its row",
                    () -> Sql.count("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") >= 2);

            assertEquals(
                    true,
                    Sql.count("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") <= 4,
                    "four connections at most are held by them");
            signIn("198.51.100.65", ada.email(), PASSWORD).then().statusCode(200);
            connection.rollback();
            flood.join();
        }
    }

    // A limit of five, and a sixth attempt while five right ones are under way.
    @Test
    void refundLiftsTheRefusalFromMemoryAtOnce() {
        Person ada = Person.signedUp();
        for (int round = 0; round < 3; round++) {
            Together.times(
                    10,
                    i -> signIn("198.51.100." + (100 + i), ada.email(), PASSWORD)
                            .statusCode());

            assertEquals(200, signIn("198.51.100.120", ada.email(), PASSWORD).statusCode());
        }
    }

    @Test
    void passwordOfAnOwnRouteIsRefusedFromMemory() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 5; i++) {
            signIn("198.51.100.66", ada.email(), "wrong").then().statusCode(401);
        }
        assertEquals(429, change(ada).statusCode());
        long uses = uses();

        String bearer = "Authorization: Bearer " + ada.accessToken();
        for (int i = 0; i < REFUSED / 2; i++) {
            assertEquals(429, status("198.51.100.67", "PUT", ada.own("/password"), CHANGE, bearer));
        }

        long caused = uses() - uses;
        assertTrue(caused < ALLOWED, () -> caused + " uses of the tables for " + REFUSED / 2 + " refused changes");
    }

    private static Response change(Person person) {
        return person.bearing()
                .header("X-Forwarded-For", "198.51.100.67")
                .contentType(ContentType.JSON)
                .body(CHANGE)
                .put(person.own("/password"));
    }

    private static Response signIn(String ip, String email, String password) {
        return from(ip).body(credentials(email, password)).post("/api/auth/login");
    }

    private static Response signUp(String ip) {
        return from(ip).body(credentials(random(), PASSWORD)).post("/api/auth/signup");
    }

    private static String credentials(String email, String password) {
        return """
                {"email": "%s", "password": "%s"}""".formatted(email, password);
    }

    /** Sends a request without RestAssured, which takes a hundred times as long as the service does to refuse one. */
    private static int status(String ip, String method, String path, String body, String... headers) {
        List<String> lines = new ArrayList<>(List.of("X-Forwarded-For: " + ip, "Content-Type: application/json"));
        lines.addAll(List.of(headers));
        try {
            return RawResponse.to(method, path, lines, body.getBytes(StandardCharsets.UTF_8))
                    .status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RequestSpecification from(String ip) {
        return given().header("X-Forwarded-For", ip).contentType(ContentType.JSON);
    }

    private static String random() {
        return "nobody-" + UUID.randomUUID() + "@example.com";
    }

    private static long rows() {
        return Sql.count("select count(*) from throttle_buckets");
    }

    /** Returns how often the tables that an attempt needs were read or written, by any statement. */
    private long uses() {
        endPooledConnections();
        return Sql.count("""
                select sum(coalesce(seq_scan, 0) + coalesce(idx_scan, 0) + n_tup_ins + n_tup_upd)
                from pg_stat_user_tables where relname in ('throttle_buckets', 'users', 'credentials')""");
    }

    /** A backend reports its statistics at its end, and else ten seconds after its last statement or later. */
    private void endPooledConnections() {
        String now = Sql.column("select now()::text").getFirst();
        pool.flush(FlushMode.GRACEFUL);
        Eventually.holds(
                "all have ended",
                () -> Sql.count(
                                // But for the one that checks whether the database is there.
                                "select count(*) from pg_stat_activity where application_name = ?"
                                        + " and backend_start <= cast(? as timestamptz) and query <> 'select 1'",
                                RateLimitsDatabaseTest.POOL,
                                now)
                        == 0);
    }
}
