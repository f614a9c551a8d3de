package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Received;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.EmailChange.Changed;
import dev.latchkey.selfservice.EmailChange.EmailTaken;
import dev.latchkey.selfservice.EmailChange.OtherUser;
import dev.latchkey.selfservice.EmailRequestOutcome.Accepted;
import dev.latchkey.selfservice.EmailRequestOutcome.NotNeeded;
import dev.latchkey.selfservice.Refusals.LinkExpired;
import dev.latchkey.selfservice.Refusals.LinkInvalid;
import dev.latchkey.selfservice.Refusals.UserGone;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An account gets another address once the mailbox behind it has been read, and its old one is told. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class EmailChangeDatabaseTest {

    @Inject
    EmailChange change;

    @Inject
    PasswordReset reset;

    @Inject
    EmailVerification verification;

    private MailSink mail;

    @BeforeEach
    void open() {
        mail = MailSink.ofTheService();
    }

    @AfterEach
    void close() {
        mail.close();
    }

    @Test
    void changesTheAddressAndTellsTheOldOne() {
        Person ada = Person.signedUp();
        String wanted = Mailed.newAddress();
        String token = mailed(ada, wanted);
        assertEquals(List.of(), mail.lettersTo(ada.email()), "nothing has happened yet");

        Changed changed = assertInstanceOf(Changed.class, confirm(token, ada));

        assertEquals(wanted, changed.profile().email().canonical());
        assertTrue(changed.profile().emailVerified(), "its mailbox has been read");
        Person.signIn(wanted, ada.password()).then().statusCode(200);
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);
        Received notice = mail.letterTo(ada.email());
        assertEquals("The e-mail address of your account was changed", notice.subject());
        assertFalse(notice.message().contains(wanted));
        assertEquals(1, Mailed.events(ada.id(), "email_change", "success"));
    }

    @Test
    void refusesTheTokensThatNameTheOldAddressAndEndsNoSession() {
        Person ada = Person.signedUp();
        String wanted = Mailed.newAddress();
        confirm(mailed(ada, wanted), ada);

        assertEquals(1, Sql.count("select count(*) from user_revocations where user_id = ?", ada.id()));
        Response refreshed = Person.refresh(ada.refreshToken());
        refreshed.then().statusCode(200);
        Person now = ada.with(refreshed);
        assertEquals(
                wanted,
                now.bearing()
                        .get("/api/auth/session")
                        .then()
                        .statusCode(200)
                        .extract()
                        .path("email"));
    }

    /** The requester may be the one who is to be kept out. */
    @Test
    void isTakenBackByWhateverEndsAllSessions() {
        Person ada = Person.signedUp();
        String byEndOfAll = mailed(ada, Mailed.newAddress());
        ada.bearing().delete(ada.own("/sessions")).then().statusCode(204);
        assertInstanceOf(LinkInvalid.class, confirm(byEndOfAll, null));

        String byBan = mailed(ada, Mailed.newAddress());
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        Sql.update("update users set disabled_at = null where id = ?", ada.id());
        assertInstanceOf(LinkInvalid.class, confirm(byBan, null));

        String byReset = mailed(ada, Mailed.newAddress());
        EmailAddress address = new EmailAddress(ada.email());
        reset.request(address, Mailed::link, Mailed.client());
        String resetting = mail.letterTo(ada.email()).token();
        reset.redeem(resetting, Password.of("quite another one"), Mailed.client());
        assertInstanceOf(LinkInvalid.class, confirm(byReset, null));

        assertEquals(200, Person.signIn(ada.email(), "quite another one").statusCode(), "and the address is as it was");
    }

    @Test
    void countsWithoutASessionAndOnce() {
        Person ada = Person.signedUp();
        String token = mailed(ada, Mailed.newAddress());

        assertInstanceOf(Changed.class, confirm(token, null), "the mailbox is often read on another device");
        assertInstanceOf(LinkInvalid.class, confirm(token, ada), "once");
    }

    @Test
    void countsOnceOfSix() {
        Person ada = Person.signedUp();
        String token = mailed(ada, Mailed.newAddress());

        List<EmailChange.Outcome> outcomes = Together.times(6, i -> confirm(token, ada));

        assertEquals(1, outcomes.stream().filter(Changed.class::isInstance).count());
        assertEquals(5, outcomes.stream().filter(LinkInvalid.class::isInstance).count());
        mail.letterTo(ada.email());
        assertEquals(1, Mailed.events(ada.id(), "email_change", "success"));
    }

    @Test
    void doesNothingInSomebodyElsesSession() {
        Person ada = Person.signedUp();
        Person grace = Person.signedUp();
        String wanted = Mailed.newAddress();
        String token = mailed(ada, wanted);

        assertInstanceOf(OtherUser.class, confirm(token, grace));
        assertEquals(ada.email(), addressOf(ada));
        assertEquals(grace.email(), addressOf(grace));
        assertInstanceOf(Changed.class, confirm(token, ada), "and the link still counts for its own");
    }

    @Test
    void refusesWhatNobodyMailed() {
        Person ada = Person.signedUp();
        verification.request(new EmailAddress(ada.email()), Mailed::link, Mailed.client());
        String other = mail.letterTo(ada.email()).token();

        for (String token : List.of("", "x", "0".repeat(32), other)) {
            assertInstanceOf(LinkInvalid.class, confirm(token, ada));
        }
        assertEquals(ada.email(), addressOf(ada));
    }

    @Test
    void refusesALinkThatIsOver() {
        Person ada = Person.signedUp();
        String token = mailed(ada, Mailed.newAddress());
        Mailed.expire(ada.id());

        assertInstanceOf(LinkExpired.class, confirm(token, ada));
        assertEquals(ada.email(), addressOf(ada));
    }

    // Of several links the first that is followed counts; the others are for an account with another address.
    @Test
    void refusesALinkOfBeforeAnotherChange() {
        Person ada = Person.signedUp();
        String first = Mailed.newAddress();
        String second = Mailed.newAddress();
        String toFirst = mailed(ada, first);
        String toSecond = mailed(ada, second);

        assertInstanceOf(Changed.class, confirm(toSecond, ada));
        assertInstanceOf(LinkInvalid.class, confirm(toFirst, ada));
        assertEquals(second, addressOf(ada));
    }

    // The reader of the old mailbox has no more power over the account.
    @Test
    void leavesNoLinkOfTheOldMailboxAlive() {
        Person ada = Person.signedUp();
        reset.request(new EmailAddress(ada.email()), Mailed::link, Mailed.client());
        String old = mail.letterTo(ada.email()).token();
        confirm(mailed(ada, Mailed.newAddress()), ada);

        assertFalse(reset.isValid(old));
    }

    @Test
    void refusesALinkOfWhoMayNotSignIn() {
        Person ada = Person.signedUp();
        String token = mailed(ada, Mailed.newAddress());
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        assertInstanceOf(LinkInvalid.class, confirm(token, null));
        assertEquals(ada.email(), addressOf(ada));
    }

    // FR-007: neither answer nor one's own record tell whether an address is somebody's.
    @Test
    void hidesThatAnAddressIsTaken() {
        Person grace = Person.signedUp();
        Person ada = Person.signedUp();
        Person bob = Person.signedUp();
        Client client = Mailed.client();
        AccountId id = new AccountId(ada.id());

        assertEquals(new Accepted(), change.request(id, new EmailAddress(grace.email()), Mailed::link, client));
        mailed(bob, Mailed.newAddress());

        Eventually.holds("it is on record, as nobody's", () -> Sql.count("""
                        select count(*) from audit_events where user_id is null
                        and details ->> 'reason' = 'address_taken' and ip = ?""", client.ip()) == 1);
        assertEquals(eventsOf(bob), eventsOf(ada));
        assertEquals(List.of(), mail.lettersTo(grace.email()));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
    }

    @Test
    void refusesAnAddressThatWasTakenMeanwhile() {
        Person ada = Person.signedUp();
        String wanted = Mailed.newAddress();
        String token = mailed(ada, wanted);
        Person.signedUp(wanted);

        assertInstanceOf(EmailTaken.class, confirm(token, ada));
        assertEquals(ada.email(), addressOf(ada));
        ada.bearing().get("/api/auth/session").then().statusCode(200);
        assertEquals(List.of(), mail.lettersTo(ada.email()));
    }

    // FR-004: one account for one address.
    @Test
    void givesAnAddressToOneOfThoseWhoRaceForIt() {
        String wanted = Mailed.newAddress();
        List<Person> people = List.of(Person.signedUp(), Person.signedUp(), Person.signedUp(), Person.signedUp());
        for (Person person : people) {
            change.request(new AccountId(person.id()), new EmailAddress(wanted), Mailed::link, Mailed.client());
        }
        mail.letterTo(wanted, people.size());
        List<String> tokens =
                mail.lettersTo(wanted).stream().map(Received::token).toList();

        List<EmailChange.Outcome> outcomes = Together.times(tokens.size(), i -> confirm(tokens.get(i), null));

        assertEquals(1, outcomes.stream().filter(Changed.class::isInstance).count());
        assertEquals(3, outcomes.stream().filter(EmailTaken.class::isInstance).count());
        assertEquals(1, Sql.count("select count(*) from users where email = ?", wanted));
    }

    @Test
    void tellsWhoIsSignedInWhyNothingIsSent() {
        Person ada = Person.signedUp();
        AccountId id = new AccountId(ada.id());
        EmailAddress wanted = new EmailAddress(Mailed.newAddress());

        assertEquals(new NotNeeded(), change.request(id, new EmailAddress(ada.email()), Mailed::link, Mailed.client()));
        for (int i = 0; i < 5; i++) {
            assertEquals(new Accepted(), change.request(id, wanted, Mailed::link, Mailed.client()));
        }
        assertInstanceOf(Refusals.RateLimited.class, change.request(id, wanted, Mailed::link, Mailed.client()));
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        assertEquals(new UserGone(), change.request(id, wanted, Mailed::link, Mailed.client()));
    }

    private String mailed(Person person, String wanted) {
        assertEquals(
                new Accepted(),
                change.request(new AccountId(person.id()), new EmailAddress(wanted), Mailed::link, Mailed.client()));
        Received letter = mail.letterTo(wanted);
        assertEquals("Confirm your new e-mail address", letter.subject());
        return letter.token();
    }

    private EmailChange.Outcome confirm(String token, @Nullable Person signedIn) {
        return change.confirm(token, signedIn == null ? null : new AccountId(signedIn.id()), Mailed.client());
    }

    private static String addressOf(Person person) {
        return Sql.column("select email from users where id = ?", person.id()).getFirst();
    }

    private static List<String> eventsOf(Person person) {
        return Sql.column("""
                select type || ' ' || outcome || ' ' || (details - 'session_id')::text
                from audit_events where user_id = ? order by at""", person.id());
    }
}
