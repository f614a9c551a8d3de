package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.PreviousRelease;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * An upgrade and a rollback that nobody notices: the package of an earlier commit and that of this build serve one database at
 * once, while users go on.
 */
@Tag("alone")
@Tag("either-package")
@EnabledIf(
        value = "dev.latchkey.fixture.PreviousRelease#isBuilt",
        disabledReason =
                "there is no earlier package in target/previous: .ci/run builds it where the clone has its commit")
class UpgradeIT {

    private static final int USERS = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String NEW_PASSWORD = "another horse, another battery";

    /** As an operator does it: the new release joins and migrates, the old one leaves; and back again. */
    @Test
    void upgradeAndRollbackAreNoticedByNobody() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        List<Packaged> all = new ArrayList<>();
        try (MailSink mail = MailSink.inClearText();
                UpgradeTraffic traffic = new UpgradeTraffic()) {
            Packaged previous = previous(all, database, mail);
            String before = schema(database);
            traffic.add("previous", previous);
            traffic.start(USERS);
            traffic.enter("previous alone");
            traffic.awaitRounds();

            traffic.enter("previous, while the present one starts and migrates");
            Packaged present = present(all, database, mail);
            String after = schema(database);
            traffic.awaitRounds();

            traffic.enter("both");
            traffic.add("present", present);
            traffic.awaitRounds();
            handOver(previous, present, database, mail);
            handOver(present, previous, database, mail);
            traffic.awaitRounds();

            // The upgrade is taken back half-way: the replicas of the release before have never been away.
            traffic.remove(present);
            traffic.enter("previous alone again");
            stop(present);
            traffic.awaitRounds();

            traffic.enter("both again");
            present = present(all, database, mail);
            traffic.add("present", present);
            traffic.awaitRounds();

            traffic.remove(previous);
            traffic.enter("present alone");
            stop(previous);
            traffic.awaitRounds();

            // And a rollback after the upgrade: the release before starts in the newer schema.
            traffic.enter("both, of which previous has started anew");
            previous = previous(all, database, mail);
            assertEquals(after, schema(database), "what is migrated stays");
            traffic.add("previous", previous);
            traffic.awaitRounds();
            handOver(previous, present, database, mail);
            handOver(present, previous, database, mail);

            traffic.remove(present);
            traffic.enter("rolled back to previous alone");
            stop(present);
            traffic.awaitRounds();

            traffic.stop();
            report("Previous first, schema " + before + " to " + after, traffic);
            assertNothingFailed(traffic, all);
        } finally {
            all.forEach(Packaged::close);
        }
    }

    /** A database that the new release has made, and replicas of the release before that join: a late rollback. */
    @Test
    void previousReleaseJoinsAndReplacesThePresentOneUnnoticed() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        List<Packaged> all = new ArrayList<>();
        try (MailSink mail = MailSink.inClearText();
                UpgradeTraffic traffic = new UpgradeTraffic()) {
            Packaged present = present(all, database, mail);
            String schema = schema(database);
            traffic.add("present", present);
            traffic.start(USERS);
            traffic.enter("present alone");
            traffic.awaitRounds();

            traffic.enter("both");
            Packaged previous = previous(all, database, mail);
            traffic.add("previous", previous);
            traffic.awaitRounds();
            handOver(present, previous, database, mail);
            handOver(previous, present, database, mail);

            traffic.remove(present);
            traffic.enter("previous alone");
            stop(present);
            traffic.awaitRounds();

            traffic.enter("both again");
            present = present(all, database, mail);
            traffic.add("present", present);
            traffic.awaitRounds();

            traffic.remove(previous);
            traffic.enter("present alone again");
            stop(previous);
            traffic.awaitRounds();

            traffic.stop();
            assertEquals(schema, schema(database));
            report("Present first, schema " + schema, traffic);
            assertNothingFailed(traffic, all);
        } finally {
            all.forEach(Packaged::close);
        }
    }

    /** What one of them makes, the other takes; what one of them ends, the other refuses. */
    private static void handOver(Packaged from, Packaged to, EmbeddedDatabase database, MailSink mail)
            throws Exception {
        from.addressed();
        Person ada = Person.signedUp();
        Response signedIn = Person.post("/api/auth/sign-in/email", credentials(ada.email(), ada.password()));
        String cookie = cookie(signedIn);

        to.addressed();
        ada.bearing().get(ada.own("")).then().statusCode(200);
        Person refreshed = ada.with(refresh(ada));
        assertEquals(ada.sessionId(), refreshed.sessionId());
        assertEquals(ada.id(), sessionOf(cookie).path("user.id"));
        String ofCookie =
                given().header("Cookie", cookie).get("/api/auth/token").path("token");

        from.addressed();
        refreshed.bearing().get(ada.own("")).then().statusCode(200);
        bearing(ofCookie).get(ada.own("")).then().statusCode(200);
        assertEquals(200, gate(refreshed.accessToken(), ada.id()));
        assertEquals(403, gate(refreshed.accessToken(), "somebody-else"));
        assertEquals(
                refreshed.refreshToken(),
                refresh(ada).path("refresh_token"),
                "of a spent token there is one successor");

        // A sign-out of one session; the other one goes on.
        Person.post("/api/auth/logout", "{\"refresh_token\": \"%s\"}".formatted(refreshed.refreshToken()))
                .then()
                .statusCode(204);
        to.addressed();
        Person.refresh(refreshed.refreshToken()).then().statusCode(401);
        awaitRefused(refreshed.accessToken());
        assertEquals(401, gate(refreshed.accessToken(), ada.id()));
        assertEquals(ada.id(), sessionOf(cookie).path("user.id"));

        // A change of password ends the others.
        Person again = ada.signedInAgain();
        Response change = again.bearing()
                .contentType(ContentType.JSON)
                .body(Map.of("current_password", ada.password(), "new_password", NEW_PASSWORD))
                .put(ada.own("/password"));
        change.then().statusCode(200);
        from.addressed();
        awaitRefused(again.accessToken());
        awaitRefused(ofCookie);
        assertEquals("null", sessionOf(cookie).asString());
        Person changed = ada.with(change);
        changed.bearing().get(ada.own("")).then().statusCode(200);
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);
        Person.signIn(ada.email(), NEW_PASSWORD).then().statusCode(200);
        Person next = ada.with(Person.refresh(changed.refreshToken()));

        // Roles by SQL: the token before is refused, and a refresh has them.
        Sql.update(database, "update users set roles = '{editor}' where id = ?", ada.id());
        awaitRefused(next.accessToken());
        to.addressed();
        awaitRefused(next.accessToken());
        Person editor = ada.with(Person.refresh(next.refreshToken()));
        from.addressed();
        assertEquals(
                List.of("editor"),
                editor.bearing().get("/api/auth/session").path("roles"),
                "the roles of the new token");

        Sql.update(database, "update users set disabled_at = now() where id = ?", ada.id());
        for (Packaged each : List.of(from, to)) {
            each.addressed();
            awaitRefused(editor.accessToken());
            Person.refresh(editor.refreshToken()).then().statusCode(401);
        }

        // An e-mail link that one of them was asked for, sent by either, and followed at the other.
        from.addressed();
        Person bob = Person.signedUp();
        Person.post("/api/auth/request-password-reset", "{\"email\": \"%s\"}".formatted(bob.email()))
                .then()
                .statusCode(200);
        String link = mail.awaitEmailTo(bob.email()).token();
        to.addressed();
        given().contentType(ContentType.JSON)
                .body(Map.of("token", link, "newPassword", NEW_PASSWORD))
                .post("/api/auth/reset-password")
                .then()
                .statusCode(200);
        from.addressed();
        awaitRefused(bob.accessToken());
        Person.signIn(bob.email(), NEW_PASSWORD).then().statusCode(200);
    }

    private static Response refresh(Person person) {
        Response response = Person.refresh(person.refreshToken());
        response.then().statusCode(200);
        return response;
    }

    private static String credentials(String email, String password) {
        return "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, password);
    }

    private static String cookie(Response signedIn) {
        signedIn.then().statusCode(200);
        String cookie = signedIn.getHeaders().getValues("Set-Cookie").stream()
                .filter(it -> it.startsWith("better-auth.session_token="))
                .findFirst()
                .orElseThrow();
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private static Response sessionOf(String cookie) {
        Response response = given().header("Cookie", cookie).get("/api/auth/get-session");
        response.then().statusCode(200);
        return response;
    }

    private static RequestSpecification bearing(String token) {
        return given().header("Authorization", "Bearer " + token);
    }

    private static int gate(String token, String owner) {
        return bearing(token)
                .header("X-Original-Method", "GET")
                .header("X-Original-URI", "/api/" + owner + "/tasks")
                .get("/api/auth/verify")
                .statusCode();
    }

    /** A replica knows of another one's revocation a moment later. */
    private static void awaitRefused(String token) {
        Eventually.holds(
                "the token is refused",
                () -> bearing(token).get("/api/auth/session").statusCode() == 401);
    }

    private static Packaged previous(List<Packaged> all, EmbeddedDatabase database, MailSink mail) {
        // Builds before this became the default refuse to start in a newer schema.
        Packaged started = PreviousRelease.ready(
                database, Packaged.with(settings(mail), Map.of("QUARKUS_FLYWAY_IGNORE_FUTURE_MIGRATIONS", "true")));
        all.add(started);
        return started;
    }

    private static Packaged present(List<Packaged> all, EmbeddedDatabase database, MailSink mail) {
        Packaged started = Packaged.ready(database, settings(mail));
        all.add(started);
        return started;
    }

    private static Map<String, String> settings(MailSink mail) {
        return Packaged.with(
                UpgradeTraffic.settings(),
                Map.of(
                        "LATCHKEY_MAIL_HOST", "localhost",
                        "LATCHKEY_MAIL_PORT", String.valueOf(mail.port()),
                        "LATCHKEY_MAIL_SECURITY", "none",
                        "LATCHKEY_MAIL_FROM", "accounts@example.com"));
    }

    private static void stop(Packaged process) {
        process.terminate();
        assertTrue(process.exitCode(TIMEOUT).isPresent(), "it goes on:\n" + process.output());
    }

    private static void report(String order, UpgradeTraffic traffic) {
        System.out.printf(
                "%s, beside commit %.7s: %d requests, %d failed%n",
                order,
                PreviousRelease.commit(),
                traffic.byKind().values().stream().mapToInt(Integer::intValue).sum(),
                traffic.failures().size());
        traffic.byPhase().forEach((phase, counts) -> System.out.printf("  %s: %s%n", phase, counts));
        System.out.printf("  %s%n", new TreeMap<>(traffic.byKind()));
    }

    private static void assertNothingFailed(UpgradeTraffic traffic, List<Packaged> all) {
        assertEquals(List.of(), traffic.failures());
        traffic.byPhase()
                .forEach((phase, counts) -> assertEquals(
                        phase.contains("both") ? 2 : 1, counts.size(), "who has served in phase " + phase));
        for (Packaged process : all) {
            assertFalse(process.output().contains("\"level\":\"ERROR\""), process.output());
        }
    }

    /** Returns the version of the newest migration that was applied. */
    private static String schema(EmbeddedDatabase database) {
        return Sql.column(
                        database,
                        "select max(version) from flyway_schema_history where version is not null and success")
                .getFirst();
    }
}
