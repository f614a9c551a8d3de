package dev.latchkey.selfservice;

import static dev.latchkey.selfservice.EmailLinkContract.LINK;
import static dev.latchkey.selfservice.EmailLinkContract.events;
import static dev.latchkey.selfservice.EmailLinkContract.id;
import static dev.latchkey.selfservice.EmailLinkContract.newAddress;
import static dev.latchkey.selfservice.EmailLinkContract.newClient;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Behaviour;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.ReceivedEmail;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.password.Password;
import dev.latchkey.selfservice.EmailChange.Changed;
import dev.latchkey.selfservice.EmailChange.Undone;
import dev.latchkey.selfservice.EmailRequestOutcome.Accepted;
import dev.latchkey.selfservice.PasswordReset.PasswordChanged;
import dev.latchkey.session.SessionId;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** E-mails with links wait in the database without their secrets, and are withdrawn along with the links of their user. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class QueuedLinksDatabaseTest {

    private static final String WANTED = "another horse, another battery";

    @Inject
    PasswordReset reset;

    @Inject
    EmailVerification verification;

    @Inject
    EmailChange change;

    @Inject
    AccountDeletion deletion;

    private MailSink mail;

    @BeforeEach
    void startMailServer() {
        Sql.update("delete from outgoing_emails");
        mail = MailSink.ofService();
    }

    @AfterEach
    void stopMailServer() {
        mail.close();
    }

    // FR-007: the same row, but for the address that was typed.
    @Test
    void queuesTheSameRowWhetherTheAccountExists() {
        Person ada = Person.signedUp();
        Person disabled = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", disabled.id());
        Sql.update("create table queued_copy as table outgoing_emails with no data");
        Sql.update("""
                create function copy_queued() returns trigger language plpgsql as $$
                begin
                    insert into public.queued_copy select new.*;
                    return null;
                end
                $$""");
        Sql.update("create trigger copied after insert on outgoing_emails for each row execute function copy_queued()");
        try {
            var client = newClient();
            for (String address : List.of(ada.email(), disabled.email(), newAddress())) {
                assertEquals(new Accepted(), reset.request(new EmailAddress(address), LINK, client));
                assertEquals(new Accepted(), verification.request(new EmailAddress(address), LINK, client));
            }

            assertEquals(6, Sql.count("select count(*) from queued_copy"));
            assertEquals(3, Sql.count("select count(distinct recipient) from queued_copy"));
            assertEquals(2, Sql.count("""
                    select count(distinct row(kind, user_id, locale, details, attempts, next_attempt_at - created_at,
                        claimed_until)::text) from queued_copy"""));
        } finally {
            Sql.update("drop trigger copied on outgoing_emails");
            Sql.update("drop function copy_queued");
            Sql.update("drop table queued_copy");
        }
    }

    @Test
    void keepsNoTokenInTheDatabase() {
        Person ada = Person.signedUp();
        mail.behave(Behaviour.DEFERS);
        request(ada);
        String waiting = awaitAttempts(ada.email());
        String links = String.join("\n", Sql.column("select l::text from mailed_links l where user_id = ?", ada.id()));
        mail.behave(Behaviour.ACCEPTS);

        String token = mail.awaitEmailTo(ada.email()).token();

        assertTrue(reset.isValid(token));
        assertFalse(waiting.contains(token), waiting);
        assertFalse(links.contains(token), links);
        awaitNoRows(ada.email());
    }

    @Test
    void sendsTheSameLinkAgainWhenTheAcceptanceWasLost() {
        Person ada = Person.signedUp();
        mail.behaveNext(Behaviour.DROPS_AFTER_DATA);
        request(ada);

        ReceivedEmail second = mail.awaitEmailTo(ada.email(), 2);

        assertEquals(mail.emailsTo(ada.email()).getFirst().token(), second.token());
        assertEquals(1, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        assertEquals(1, events(ada.id(), "password_reset_link", "success"));
    }

    @Test
    void sendsNothingAgainOnceTheLinkWasUsed() {
        Person ada = Person.signedUp();
        mail.behaveNext(Behaviour.DROPS_AFTER_DATA);
        mail.behave(Behaviour.DEFERS);
        assertEquals(new Accepted(), deletion.requestLink(id(ada), LINK, newClient()));
        String token = mail.awaitEmailTo(ada.email()).token();
        Sql.update("update mailed_links set used_at = now() where user_id = ?", ada.id());
        awaitNoRows(ada.email());
        mail.behave(Behaviour.ACCEPTS);
        Person grace = Person.signedUp();
        request(grace);
        mail.awaitEmailTo(grace.email());

        assertEquals(
                List.of(token),
                mail.emailsTo(ada.email()).stream().map(ReceivedEmail::token).toList());
    }

    @Test
    void aLinkThatIsSentLateIsValidForItsWholeLifetime() {
        Person ada = Person.signedUp();
        mail.behave(Behaviour.DEFERS);
        request(ada);
        awaitAttempts(ada.email());
        Sql.update("update mailed_links set expires_at = now() - interval '1 minute' where user_id = ?", ada.id());
        awaitNextAttempt(ada.email());
        mail.behave(Behaviour.ACCEPTS);

        String token = mail.awaitEmailTo(ada.email()).token();

        assertInstanceOf(PasswordChanged.class, reset.redeem(token, Password.of(WANTED), newClient()));
    }

    // Security: the server has the e-mail, and its link must not come back with the next attempt.
    @Test
    void aWithdrawnLinkIsNotMadeAgain() {
        Person ada = Person.signedUp();
        mail.behaveNext(Behaviour.DROPS_AFTER_DATA);
        mail.behave(Behaviour.DEFERS);
        request(ada);
        String token = mail.awaitEmailTo(ada.email()).token();
        awaitAttempts(ada.email());
        assertEquals(1, rowsOf(ada), "it is the user's once the link is made");

        ada.bearing().delete(ada.own("/sessions")).then().statusCode(204);

        assertEquals(0, Sql.count("select count(*) from outgoing_emails where recipient = ?", ada.email()));
        mail.behave(Behaviour.ACCEPTS);
        Person grace = Person.signedUp();
        request(grace);
        mail.awaitEmailTo(grace.email());
        assertFalse(reset.isValid(token));
        assertEquals(1, mail.emailsTo(ada.email()).size());
    }

    // Security: the user who is kept out by it may have requested them.
    @Test
    void endingAllSessionsWithdrawsWhatIsNotSentYet() {
        Person ada = Person.signedUp();
        Person grace = Person.signedUp();
        String wanted = newAddress();
        mail.behave(Behaviour.DEFERS);
        requestChange(ada, wanted);
        deletion.requestLink(id(ada), LINK, newClient());
        verification.request(id(ada), LINK, newClient());
        verification.request(id(grace), LINK, newClient());
        awaitAttempts(wanted);
        Eventually.holds("each has its link", () -> rowsOf(ada) == 3);

        ada.bearing().delete(ada.own("/sessions")).then().statusCode(204);

        assertEquals(0, rowsOf(ada));
        awaitNextAttempt(grace.email());
        mail.behave(Behaviour.ACCEPTS);
        mail.awaitEmailTo(grace.email());
        assertEquals(List.of(), mail.emailsTo(wanted));
        assertEquals(List.of(), mail.emailsTo(ada.email()));
    }

    @Test
    void endingAllSessionsKeepsTheLinkThatUndoesAChange() {
        Person ada = Person.signedUp();
        String wanted = newAddress();
        requestChange(ada, wanted);
        String token = mail.awaitEmailTo(wanted).token();
        mail.behave(Behaviour.DEFERS);
        assertInstanceOf(Changed.class, change.confirm(token, null, newClient()));
        awaitAttempts(ada.email());
        ada.withEmail(wanted)
                .signedInAgain()
                .bearing()
                .delete(ada.own("/sessions"))
                .then()
                .statusCode(204);
        // As after a day and a half: it does not get longer by waiting.
        Sql.update("update mailed_links set expires_at = now() + interval '132 hours' where user_id = ?", ada.id());
        awaitNextAttempt(ada.email());
        mail.behave(Behaviour.ACCEPTS);

        ReceivedEmail undo = mail.awaitEmailTo(ada.email());

        assertTrue(undo.text().contains("for 132 hours"), undo.text());
        assertEquals(1, Sql.count("""
                select count(*) from mailed_links where user_id = ? and purpose = 'email_change_undo'
                and expires_at < now() + interval '132 hours'""", ada.id()));
        assertInstanceOf(Undone.class, change.undo(undo.token(), newClient()));
    }

    @Test
    void queuesNoUndoWhenTheChangeIsRolledBack() {
        Person ada = Person.signedUp();
        String wanted = newAddress();
        requestChange(ada, wanted);
        String token = mail.awaitEmailTo(wanted).token();
        awaitNoRows(wanted);
        // The last statement of the change fails.
        Sql.update("alter table audit_events add constraint no_change check (type <> 'email_change') not valid");
        try {
            change.confirm(token, null, newClient());
        } catch (RuntimeException expected) {
            // Looked at below.
        } finally {
            Sql.update("alter table audit_events drop constraint no_change");
        }

        assertEquals(List.of(ada.email()), Sql.column("select email from users where id = ?", ada.id()));
        assertEquals(0, Sql.count("select count(*) from outgoing_emails where recipient = ?", ada.email()));
        assertEquals(List.of(), mail.emailsTo(ada.email()));
    }

    @Test
    void deletingTheAccountDeletesItsRows() {
        Person ada = Person.signedUp();
        String wanted = newAddress();
        requestChange(ada, wanted);
        String token = mail.awaitEmailTo(wanted).token();
        mail.behave(Behaviour.DEFERS);
        change.confirm(token, null, newClient());
        deletion.requestLink(id(ada), LINK, newClient());
        Eventually.holds("both wait", () -> rowsOf(ada) == 2);

        Sql.update("delete from users where id = ?", ada.id());

        assertEquals(0, rowsOf(ada));
    }

    private void request(Person person) {
        assertEquals(new Accepted(), reset.request(new EmailAddress(person.email()), LINK, newClient()));
    }

    private void requestChange(Person person, String wanted) {
        assertEquals(
                new Accepted(),
                change.request(
                        id(person),
                        new SessionId(person.sessionId()),
                        null,
                        new EmailAddress(wanted),
                        LINK,
                        newClient()));
    }

    private static long rowsOf(Person person) {
        return Sql.count("select count(*) from outgoing_emails where user_id = ?", person.id());
    }

    /** Waits until an e-mail was tried and has failed, and returns its row. */
    private static String awaitAttempts(String recipient) {
        Eventually.holds(
                "an attempt has failed",
                () -> Sql.count("select count(*) from outgoing_emails where recipient = ? and attempts > 1", recipient)
                        == 1);
        return Sql.column("select o::text from outgoing_emails o where recipient = ?", recipient)
                .getFirst();
    }

    /** Waits until an attempt has begun that was not under way before. */
    private static void awaitNextAttempt(String recipient) {
        String query = "select coalesce(sum(attempts), 0) from outgoing_emails where recipient = ?";
        long before = Sql.count(query, recipient);
        Eventually.holds("the next attempt", () -> Sql.count(query, recipient) > before);
    }

    private static void awaitNoRows(String recipient) {
        Eventually.holds(
                "the row is gone",
                () -> Sql.count("select count(*) from outgoing_emails where recipient = ?", recipient) == 0);
    }
}
