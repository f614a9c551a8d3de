package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Behaviour;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.http.ContentType;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** E-mails outlive the process that queued them: another one sends each of them, once. */
@Tag("alone")
class OutboxIT {

    /** An attempt of 2 seconds, the margin of a claim, 15 seconds, and one look at the table, 5 seconds; twice as long. */
    private static final Duration TAKEN_OVER = Duration.ofSeconds(45);

    @Test
    void sendsWhatAKilledReplicaHadAcceptedWhileTheMailServerWasDown() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        int port = FreePort.find();
        Person ada;
        try (Packaged killed = Packaged.ready(database, settings(port)).addressed()) {
            ada = Person.signedUp();
            requestReset(ada.email());
            requestReset("nobody@example.com");
            awaitCount(database, "select count(*) from outgoing_emails where recipient = '" + ada.email() + "'", 1);
            awaitCount(database, "select count(*) from outgoing_emails where recipient = 'nobody@example.com'", 0);
        } // kill -9

        try (MailSink mail = MailSink.inClearText();
                Packaged next = Packaged.ready(database, settings(mail.port())).addressed()) {
            within(TAKEN_OVER, "the e-mail is sent", () -> !mail.emails().isEmpty());
            awaitCount(database, "select count(*) from outgoing_emails", 0);
            assertEquals(
                    List.of(ada.email()),
                    mail.emails().stream().map(email -> email.to()).toList());
            reset(mail.awaitEmailTo(ada.email()).token());
            assertTrue(next.isAlive());
        }
    }

    @Test
    void sendsWhatAReplicaWasSendingWhenItWasKilled() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        try (MailSink mail = MailSink.inClearText()) {
            Person ada;
            try (Packaged killed =
                    Packaged.ready(database, settings(mail.port())).addressed()) {
                ada = Person.signedUp();
                mail.behaveNext(Behaviour.HANGS);
                requestReset(ada.email());
                Eventually.holds("it is being sent", () -> mail.openConnections() == 1);
            } // kill -9

            try (Packaged next = Packaged.ready(database, settings(mail.port())).addressed()) {
                within(TAKEN_OVER, "the e-mail is sent", () -> !mail.emails().isEmpty());
                awaitCount(database, "select count(*) from outgoing_emails", 0);
                assertEquals(1, mail.emails().size());
                reset(mail.awaitEmailTo(ada.email()).token());
                assertTrue(next.isAlive());
            }
        }
    }

    /** The most important e-mail of all. */
    @Test
    void sendsTheLinkThatUndoesAChangeAfterARestart() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        try (MailSink mail = MailSink.inClearText()) {
            Person ada;
            try (Packaged killed =
                    Packaged.ready(database, settings(mail.port())).addressed()) {
                ada = Person.signedUp();
                ada.bearing()
                        .contentType(ContentType.JSON)
                        .body("{\"email\": \"countess@example.com\"}")
                        .put(ada.own("/email"))
                        .then()
                        .statusCode(202);
                String link = mail.awaitEmailTo("countess@example.com").link();
                mail.behave(Behaviour.DEFERS);
                given().post(link.substring(link.indexOf("/links/"))).then().statusCode(200);
            } // kill -9

            mail.behave(Behaviour.ACCEPTS);
            try (Packaged next = Packaged.ready(database, settings(mail.port())).addressed()) {
                within(
                        TAKEN_OVER,
                        "the former address is notified",
                        () -> !mail.emailsTo(ada.email()).isEmpty());
                awaitCount(database, "select count(*) from outgoing_emails", 0);
                assertEquals(1, mail.emailsTo(ada.email()).size());
                String undo = mail.awaitEmailTo(ada.email()).link();
                given().post(undo.substring(undo.indexOf("/links/"))).then().statusCode(200);
                Person.signIn(ada.email(), ada.password()).then().statusCode(200);
                assertTrue(next.isAlive());
            }
        }
    }

    private static Map<String, String> settings(int mailPort) {
        return Map.of(
                "LATCHKEY_MAIL_HOST", "localhost",
                "LATCHKEY_MAIL_PORT", String.valueOf(mailPort),
                "LATCHKEY_MAIL_SECURITY", "none",
                "LATCHKEY_MAIL_FROM", "accounts@example.com",
                "LATCHKEY_MAIL_ATTEMPT_TIMEOUT", "2s",
                "LATCHKEY_MAIL_MAX_PAUSE", "1s");
    }

    private static void requestReset(String address) {
        given().contentType(ContentType.JSON)
                .body(Map.of("email", address))
                .post("/api/auth/request-password-reset")
                .then()
                .statusCode(200);
    }

    private static void reset(String token) {
        given().contentType(ContentType.JSON)
                .body(Map.of("token", token, "newPassword", "another horse, another battery"))
                .post("/api/auth/reset-password")
                .then()
                .statusCode(200);
    }

    private static void awaitCount(EmbeddedDatabase database, String query, long expected) {
        within(TAKEN_OVER, query + " is " + expected, () -> count(database, query) == expected);
    }

    private static long count(EmbeddedDatabase database, String query) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void within(Duration timeout, String what, BooleanSupplier condition) {
        long end = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("still not so after " + timeout.toSeconds() + " s: " + what);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting: " + what, e);
            }
        }
    }
}
