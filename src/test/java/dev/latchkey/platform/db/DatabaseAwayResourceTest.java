package dev.latchkey.platform.db;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Relay;
import dev.latchkey.fixture.RelayedDatabaseResource;
import dev.latchkey.fixture.Sql;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The corner case "Database away", in the two ways in which a database goes: the connection breaks, or says no more. */
@QuarkusTest
@WithTestResource(RelayedDatabaseResource.class)
class DatabaseAwayResourceTest {

    /** The bound of the specification for every answer, whatever the database does. */
    private static final Duration BOUND = Duration.ofSeconds(10);

    Relay relay;

    @TestHTTPResource(value = "/health/ready", management = true)
    URL readiness;

    enum Way {
        CUT,
        FROZEN
    }

    @Inject
    AgroalDataSource pool;

    /** The next test begins with a database that is read and written again, and with no connection from before. */
    @AfterEach
    void bringItBack() {
        comeBack();
        // An absence that is over before the watch asks again leaves dead connections, each of which fails one request.
        pool.flush(FlushMode.GRACEFUL);
    }

    /** Verification of tokens goes on from memory (SC-003). */
    @ParameterizedTest
    @EnumSource
    void acceptsTokensWithoutADatabase(Way way) {
        Person person = present();
        goAway(way);

        Response answer = person.bearing().get("/api/auth/session");

        assertEquals(200, answer.statusCode());
        assertEquals(person.id(), answer.path("user_id"));
    }

    /** FR-020, FR-021: token and owner are verified without it. */
    @ParameterizedTest
    @EnumSource
    void refusesStrangersWithoutADatabase(Way way) {
        Person person = present();
        String others = "/api/users/" + UUID.randomUUID();
        goAway(way);

        assertEquals(401, given().get(others).statusCode());
        assertEquals(
                401, given().header("Authorization", "Bearer x").get(others).statusCode());
        assertEquals(403, person.bearing().get(others).statusCode());
        assertEquals(403, person.bearing().delete(others + "/sessions").statusCode());
    }

    /** The order of verification: what is wrong with a request is said before the database is asked. */
    @ParameterizedTest
    @EnumSource
    void refusesBadRequestsWithoutADatabase(Way way) {
        Person person = present();
        goAway(way);

        assertEquals(400, Person.post("/api/auth/signup", "{}").statusCode());
        assertEquals(400, Person.signIn("no address", "x").statusCode());
        assertEquals(401, Person.refresh("garbage").statusCode());
        assertEquals(400, person.bearing().get(person.own("/events?cursor=x")).statusCode());
        assertEquals(404, given().get("/api/nothing").statusCode());
    }

    /** What is published is known. */
    @ParameterizedTest
    @EnumSource
    void publishesKeysWithoutADatabase(Way way) {
        goAway(way);

        assertEquals(200, given().get("/api/auth/jwks").statusCode());
    }

    /** FR-019: every route that needs the database says so, in time, and none hangs. */
    @ParameterizedTest
    @EnumSource
    void saysThatTheDatabaseIsAway(Way way) throws Exception {
        Person person = present();
        String password = "{\"password\":\"" + Person.PASSWORD + "\"}";
        Map<String, Callable<Response>> requests = Map.ofEntries(
                Map.entry("profile", () -> person.bearing().get(person.own(""))),
                Map.entry("sessions", () -> person.bearing().get(person.own("/sessions"))),
                Map.entry("events", () -> person.bearing().get(person.own("/events"))),
                Map.entry("change", () -> json(person).body("{\"name\":\"x\"}").patch(person.own(""))),
                Map.entry(
                        "password",
                        () -> json(person)
                                .body("{\"current_password\":\"" + Person.PASSWORD
                                        + "\",\"new_password\":\"quite another one\"}")
                                .put(person.own("/password"))),
                Map.entry("end all", () -> person.bearing().delete(person.own("/sessions"))),
                Map.entry("end one", () -> person.bearing().delete(person.own("/sessions/" + person.sessionId()))),
                Map.entry("deletion", () -> json(person).body(password).delete(person.own(""))),
                Map.entry("fresh deletion", () -> person.bearing().delete(person.own(""))),
                Map.entry("sign-in", () -> Person.signIn(person.email(), Person.PASSWORD)),
                Map.entry(
                        "sign-in of nobody", () -> Person.signIn(UUID.randomUUID() + "@example.com", Person.PASSWORD)),
                Map.entry("sign-up", () -> signUp(UUID.randomUUID() + "@example.com")),
                Map.entry("refresh", () -> Person.refresh(person.refreshToken())));
        goAway(way);

        requests.forEach((name, request) -> assertUnavailable(name, inTime(name, request)));

        comeBack();
        // A pooled connection from before may fail once more: within 10 s everything goes on.
        Eventually.holds(
                "nothing happened to the account",
                () -> person.bearing().get(person.own("")).statusCode() == 200);
        Eventually.holds(
                "nor to the session",
                () -> Person.refresh(person.refreshToken()).statusCode() == 200);
    }

    /** More requests than there are connections and workers: none of them hangs either. */
    @ParameterizedTest
    @EnumSource
    void answersAFloodInTime(Way way) throws Exception {
        Person person = present();
        goAway(way);

        List<FutureTask<Response>> flood = IntStream.range(0, 100)
                .mapToObj(i -> new FutureTask<>(
                        () -> inTime("flood", () -> person.bearing().get(person.own("")))))
                .toList();
        flood.forEach(Thread::startVirtualThread);
        Response meanwhile = inTime("token", () -> person.bearing().get("/api/auth/session"));

        assertEquals(200, meanwhile.statusCode());
        for (FutureTask<Response> request : flood) {
            assertUnavailable("flood", request.get());
        }
    }

    /** FR-008: the client forgets its cookie though the session could not be ended, and is told so. */
    @ParameterizedTest
    @EnumSource
    void clearsTheCookieThoughNobodyCouldBeSignedOut(Way way) throws Exception {
        Person person = present();
        goAway(way);

        Response answer = inTime(
                "sign-out",
                () -> given().contentType(ContentType.JSON)
                        .header("Cookie", "latchkey_session=" + person.refreshToken())
                        .header("Origin", "http://localhost:8080")
                        .post("/api/auth/logout"));

        assertUnavailable("sign-out", answer);
        assertTrue(answer.header("Set-Cookie").startsWith("latchkey_session=; Max-Age=0"), answer.header("Set-Cookie"));
        comeBack();
        // A pooled connection from before may fail once more: within 10 s everything goes on.
        Eventually.holds(
                "what was not acknowledged did not happen",
                () -> Person.refresh(person.refreshToken()).statusCode() == 200);
    }

    /** FR-026, SC-009: a refused check does not wait for its row, and the row comes when it can. */
    @ParameterizedTest
    @EnumSource
    void recordsRefusalsAfterwards(Way way) {
        Person person = present();
        goAway(way);
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    403, person.bearing().get("/api/users/" + UUID.randomUUID()).statusCode());
        }

        assertEquals(0, refusals(person));
        comeBack();

        Eventually.holds("the rows of three refusals", () -> refusals(person) == 3);
    }

    @ParameterizedTest
    @EnumSource
    void readinessTurnsAndComesBack(Way way) {
        Eventually.holds("ready", this::ready);
        goAway(way);

        Eventually.holds("not ready", () -> !ready());
        Response answer = given().get(readiness);
        assertEquals("DOWN", answer.path("checks.find { it.name == 'database' }.status"));
        assertTrue(answer.<String>path("checks.find { it.name == 'database' }.data.reason")
                        .length()
                > 5);
        assertEquals("UP", answer.path("checks.find { it.name == 'keys' }.status"));
        assertEquals("UP", answer.path("checks.find { it.name == 'migrations' }.status"));

        relay.restore();
        Eventually.holds("ready again", this::ready);
    }

    /** A restart would not bring the database back. */
    @ParameterizedTest
    @EnumSource
    void staysAlive(Way way) {
        goAway(way);
        Eventually.holds("not ready", () -> !ready());

        String all = readiness.toString();
        assertEquals(200, given().get(all.replace("/ready", "/live")).statusCode());
        assertEquals(200, given().get(all.replace("/ready", "/started")).statusCode());
    }

    @ParameterizedTest
    @EnumSource
    void readsAndWritesGoOnAfterwards(Way way) {
        Person before = present();
        goAway(way);
        Eventually.holds("not ready", () -> !ready());
        relay.restore();

        Eventually.holds("reading", () -> before.bearing().get(before.own("")).statusCode() == 200);
        Eventually.holds(
                "writing", () -> Person.signIn(before.email(), Person.PASSWORD).statusCode() == 200);
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            statuses.add(before.bearing().get(before.own("/sessions")).statusCode());
        }
        assertTrue(statuses.stream().allMatch(status -> status == 200), statuses::toString);
    }

    /** Once one request has gone through, none of those after it meets a connection from before. */
    @Test
    void forgetsItsDeadConnectionsByItself() {
        Person person = present();
        goAway(Way.CUT);
        Eventually.holds("not ready", () -> !ready());
        comeBack();

        for (int i = 0; i < 20; i++) {
            assertEquals(200, person.bearing().get(person.own("")).statusCode());
        }
    }

    /** What a test begins with is what follows an absence in the test before it: within ten seconds, and not at once. */
    private static Person present() {
        AtomicReference<Response> answer = new AtomicReference<>();
        String address = "ada-" + UUID.randomUUID() + "@example.com";
        Eventually.holds("sign-up", () -> {
            answer.set(signUp(address));
            return answer.get().statusCode() == 201;
        });
        return Person.of(answer.get(), address, Person.PASSWORD);
    }

    private void goAway(Way way) {
        switch (way) {
            case CUT -> relay.cut();
            case FROZEN -> relay.freeze();
        }
    }

    /** Reads and writes go on within ten seconds after the database is back, as {@link Eventually} waits. */
    private void comeBack() {
        relay.restore();
        Eventually.holds("ready again, and writing", () -> ready() && writes());
    }

    private static boolean writes() {
        return signUp(UUID.randomUUID() + "@example.com").statusCode() == 201;
    }

    private static Response signUp(String address) {
        return Person.post(
                "/api/auth/signup", "{\"email\":\"" + address + "\",\"password\":\"" + Person.PASSWORD + "\"}");
    }

    private boolean ready() {
        return given().get(readiness).statusCode() == 200;
    }

    private static long refusals(Person person) {
        return Sql.count("select count(*) from audit_events where user_id = ? and type = 'owner_check'", person.id());
    }

    private static RequestSpecification json(Person person) {
        return person.bearing().contentType(ContentType.JSON);
    }

    private static Response inTime(String name, Callable<Response> request) {
        long begin = System.nanoTime();
        Response answer;
        try {
            answer = request.call();
        } catch (Exception e) {
            throw new AssertionError(name + " has no answer", e);
        }
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);
        assertTrue(taken.compareTo(BOUND) < 0, () -> name + " took " + taken);
        return answer;
    }

    private static void assertUnavailable(String name, Response answer) {
        assertEquals(503, answer.statusCode(), () -> name + ": " + answer.asString());
        assertEquals("DATABASE_UNAVAILABLE", answer.path("code"), name);
        int seconds = Integer.parseInt(answer.header("Retry-After"));
        assertTrue(seconds >= 1 && seconds <= 60, () -> name + ": " + seconds);
    }
}
