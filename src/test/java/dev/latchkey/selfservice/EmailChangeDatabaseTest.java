package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.ReceivedEmail;
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
import org.junit.jupiter.api.Test;

/** A link gives an account a new address, by proving that its user reads the new mailbox; the old one is notified. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class EmailChangeDatabaseTest extends EmailLinkContract<EmailChange.Outcome> {

    @Inject
    EmailChange change;

    EmailChangeDatabaseTest() {
        super(Changed.class, LinkExpired.class, List.of(LinkInvalid.class), "email_change");
    }

    @Test
    void changesAddressAndNotifiesTheOldOne() {
        Person ada = Person.signedUp();
        String wanted = newAddress();
        String token = sendLink(ada, wanted);
        assertEquals(List.of(), mail.emailsTo(ada.email()), "nothing has changed yet");

        Changed changed = assertInstanceOf(Changed.class, confirm(token, ada));

        assertEquals(wanted, changed.profile().email().canonical());
        assertTrue(changed.profile().emailVerified(), "its mailbox has been read");
        Person.signIn(wanted, ada.password()).then().statusCode(200);
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);
        ReceivedEmail notice = mail.awaitEmailTo(ada.email());
        assertEquals("The e-mail address of your account was changed", notice.subject());
        assertFalse(notice.message().contains(wanted));
        assertEquals(1, events(ada.id(), "email_change", "success"));
    }

    @Test
    void revokesAccessTokensWithTheOldAddressAndEndsNoSession() {
        Person ada = Person.signedUp();
        String wanted = newAddress();
        confirm(sendLink(ada, wanted), ada);

        assertEquals(1, Sql.count("select count(*) from user_revocations where user_id = ?", ada.id()));
        Response refreshed = Person.refresh(ada.refreshToken());
        refreshed.then().statusCode(200);
        Person refreshedAda = ada.with(refreshed);
        assertEquals(
                wanted,
                refreshedAda
                        .bearing()
                        .get("/api/auth/session")
                        .then()
                        .statusCode(200)
                        .extract()
                        .path("email"));
    }

    // Security: the change may have been requested by the attacker whose sessions are being ended.
    @Test
    void endingAllSessionsRevokesTheLink() {
        Person ada = Person.signedUp();
        String byEndOfAllSessions = sendLink(ada, newAddress());
        ada.bearing().delete(ada.own("/sessions")).then().statusCode(204);
        assertInstanceOf(LinkInvalid.class, confirm(byEndOfAllSessions, null));

        String byDisabling = sendLink(ada, newAddress());
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        Sql.update("update users set disabled_at = null where id = ?", ada.id());
        assertInstanceOf(LinkInvalid.class, confirm(byDisabling, null));

        String byReset = sendLink(ada, newAddress());
        EmailAddress address = new EmailAddress(ada.email());
        reset.request(address, EmailLinkContract::link, newClient());
        String resetting = mail.awaitEmailTo(ada.email()).token();
        reset.redeem(resetting, Password.of("quite another one"), newClient());
        assertInstanceOf(LinkInvalid.class, confirm(byReset, null));

        assertEquals(200, Person.signIn(ada.email(), "quite another one").statusCode(), "and the address is as it was");
    }

    @Test
    void worksOnceAndWithoutASession() {
        Person ada = Person.signedUp();
        String token = sendLink(ada, newAddress());

        assertInstanceOf(Changed.class, confirm(token, null), "the mailbox is often read on another device");
        assertInstanceOf(LinkInvalid.class, confirm(token, ada), "once");
    }

    @Test
    void refusesLinkInAnotherUsersSession() {
        Person ada = Person.signedUp();
        Person grace = Person.signedUp();
        String wanted = newAddress();
        String token = sendLink(ada, wanted);

        assertInstanceOf(OtherUser.class, confirm(token, grace));
        assertEquals(ada.email(), addressOf(ada));
        assertEquals(grace.email(), addressOf(grace));
        assertInstanceOf(Changed.class, confirm(token, ada), "and the link is still valid for its own user");
    }

    // Of several links the first that is followed is valid; the others are for an account with another address.
    @Test
    void refusesLinkFromBeforeAnotherChange() {
        Person ada = Person.signedUp();
        String first = newAddress();
        String second = newAddress();
        String toFirst = sendLink(ada, first);
        String toSecond = sendLink(ada, second);

        assertInstanceOf(Changed.class, confirm(toSecond, ada));
        assertInstanceOf(LinkInvalid.class, confirm(toFirst, ada));
        assertEquals(second, addressOf(ada));
    }

    // The reader of the old mailbox has no more power over the account.
    @Test
    void invalidatesLinksSentToTheOldAddress() {
        Person ada = Person.signedUp();
        reset.request(new EmailAddress(ada.email()), EmailLinkContract::link, newClient());
        String old = mail.awaitEmailTo(ada.email()).token();
        confirm(sendLink(ada, newAddress()), ada);

        assertFalse(reset.isValid(old));
    }

    // FR-007: neither the response nor the user's own audit events reveal whether an address has an account.
    @Test
    void hidesThatAnAddressIsTaken() {
        Person grace = Person.signedUp();
        Person ada = Person.signedUp();
        Person bob = Person.signedUp();
        Client client = newClient();
        AccountId id = id(ada);

        assertEquals(
                new Accepted(), change.request(id, new EmailAddress(grace.email()), EmailLinkContract::link, client));
        sendLink(bob, newAddress());

        Eventually.holds("it is in the audit log, under no user", () -> Sql.count("""
                        select count(*) from audit_events where user_id is null
                        and details ->> 'reason' = 'address_taken' and ip = ?""", client.ip()) == 1);
        assertEquals(eventsOf(bob), eventsOf(ada));
        assertEquals(List.of(), mail.emailsTo(grace.email()));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
    }

    @Test
    void refusesAddressThatWasTakenMeanwhile() {
        Person ada = Person.signedUp();
        String wanted = newAddress();
        String token = sendLink(ada, wanted);
        Person.signedUp(wanted);

        assertInstanceOf(EmailTaken.class, confirm(token, ada));
        assertEquals(ada.email(), addressOf(ada));
        ada.bearing().get("/api/auth/session").then().statusCode(200);
        assertEquals(List.of(), mail.emailsTo(ada.email()));
    }

    // FR-004: one account for one address.
    @Test
    void givesContestedAddressToOneUser() {
        String wanted = newAddress();
        List<Person> users = List.of(Person.signedUp(), Person.signedUp(), Person.signedUp(), Person.signedUp());
        for (Person user : users) {
            change.request(id(user), new EmailAddress(wanted), EmailLinkContract::link, newClient());
        }
        mail.awaitEmailTo(wanted, users.size());
        List<String> tokens =
                mail.emailsTo(wanted).stream().map(ReceivedEmail::token).toList();

        List<EmailChange.Outcome> outcomes = Together.times(tokens.size(), i -> confirm(tokens.get(i), null));

        assertEquals(1, outcomes.stream().filter(Changed.class::isInstance).count());
        assertEquals(3, outcomes.stream().filter(EmailTaken.class::isInstance).count());
        assertEquals(1, Sql.count("select count(*) from users where email = ?", wanted));
    }

    @Test
    void tellsSignedInUserWhyNothingIsSent() {
        Person ada = Person.signedUp();
        AccountId id = id(ada);
        EmailAddress wanted = new EmailAddress(newAddress());

        assertEquals(
                new NotNeeded(),
                change.request(id, new EmailAddress(ada.email()), EmailLinkContract::link, newClient()));
        for (int i = 0; i < 5; i++) {
            assertEquals(new Accepted(), change.request(id, wanted, EmailLinkContract::link, newClient()));
        }
        assertInstanceOf(Refusals.RateLimited.class, change.request(id, wanted, EmailLinkContract::link, newClient()));
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        assertEquals(new UserGone(), change.request(id, wanted, EmailLinkContract::link, newClient()));
    }

    @Override
    String sendLink(Person user) {
        return sendLink(user, newAddress());
    }

    @Override
    EmailChange.Outcome follow(Person user, String token) {
        return confirm(token, user);
    }

    @Override
    void assertUsed(Person user) {
        assertNotEquals(user.email(), addressOf(user));
        mail.awaitEmailTo(user.email());
    }

    @Override
    void assertNotUsed(Person user, String token) {
        assertEquals(user.email(), addressOf(user));
    }

    private String sendLink(Person user, String wanted) {
        assertEquals(
                new Accepted(),
                change.request(id(user), new EmailAddress(wanted), EmailLinkContract::link, newClient()));
        ReceivedEmail email = mail.awaitEmailTo(wanted);
        assertEquals("Confirm your new e-mail address", email.subject());
        return email.token();
    }

    private EmailChange.Outcome confirm(String token, @Nullable Person signedIn) {
        return change.confirm(token, signedIn == null ? null : id(signedIn), newClient());
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
