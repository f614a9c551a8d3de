package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.latchkey.selfservice.EmailChange.Undone;
import dev.latchkey.selfservice.EmailRequestOutcome.Accepted;
import dev.latchkey.selfservice.EmailRequestOutcome.NotNeeded;
import dev.latchkey.selfservice.Reauthentication.WrongPassword;
import dev.latchkey.selfservice.Refusals.LinkExpired;
import dev.latchkey.selfservice.Refusals.LinkInvalid;
import dev.latchkey.selfservice.Refusals.NotFresh;
import dev.latchkey.selfservice.Refusals.UserGone;
import dev.latchkey.session.SessionId;
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
        assertTrue(notice.link().contains("/links/"), notice.link());
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

        String byDisabling = sendLink(ada.signedInAgain(), newAddress());
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        Sql.update("update users set disabled_at = null where id = ?", ada.id());
        assertInstanceOf(LinkInvalid.class, confirm(byDisabling, null));

        String byReset = sendLink(ada.signedInAgain(), newAddress());
        EmailAddress address = new EmailAddress(ada.email());
        reset.request(address, EmailLinkContract.LINK, newClient());
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
        reset.request(new EmailAddress(ada.email()), EmailLinkContract.LINK, newClient());
        String old = mail.awaitEmailTo(ada.email()).token();
        confirm(sendLink(ada, newAddress()), ada);

        assertFalse(reset.isValid(old));
    }

    // Security: who holds a session may have stolen it, and an address is as good as the account.
    @Test
    void requiresRecentProof() {
        Person ada = Person.signedUp();
        String wanted = newAddress();
        Sql.update("update sessions set authenticated_at = now() - interval '11 minutes' where user_id = ?", ada.id());

        assertEquals(new NotFresh(), request(ada, wanted, newClient()));
        assertEquals(new WrongPassword(), request(ada, "not the password", wanted));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        assertEquals(new Accepted(), request(ada, ada.password(), wanted));
        assertInstanceOf(Changed.class, confirm(mail.awaitEmailTo(wanted).token(), null));
        Eventually.holds("refusals are recorded", () -> events(ada.id(), "email_change_link", "failure") == 2);
    }

    @Test
    void refusesWrongPasswordInFreshSession() {
        Person ada = Person.signedUp();

        assertEquals(new WrongPassword(), request(ada, "not the password", newAddress()));
    }

    // --- The reader of the former address undoes a change ---

    @Test
    void undoesChangeAndEndsAllSessions() {
        Person ada = Person.signedUp();
        String stolen = newAddress();
        confirm(sendLink(ada, stolen), ada);
        Person thief = ada.withEmail(stolen).signedInAgain();
        String undo = mail.awaitEmailTo(ada.email()).token();

        Undone undone = assertInstanceOf(Undone.class, change.undo(undo, newClient()));

        assertEquals(ada.email(), undone.profile().email().canonical());
        assertEquals(ada.email(), addressOf(ada));
        assertFalse(undone.profile().emailVerified(), "it was not verified before");
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
        thief.bearing().get("/api/auth/session").then().statusCode(401);
        Person.refresh(thief.refreshToken()).then().statusCode(401);
        assertEquals(
                "A change of e-mail address was undone",
                mail.awaitEmailTo(stolen, 2).subject());
        assertEquals(1, events(ada.id(), "email_change_undo", "success"));
        assertInstanceOf(LinkInvalid.class, change.undo(undo, newClient()), "once");
    }

    @Test
    void restoresWhetherTheAddressWasVerified() {
        Person ada = Person.signedUp();
        Sql.update("update users set email_verified = true where id = ?", ada.id());
        confirm(sendLink(ada, newAddress()), ada);

        Undone undone = assertInstanceOf(
                Undone.class, change.undo(mail.awaitEmailTo(ada.email()).token(), newClient()));
        assertTrue(undone.profile().emailVerified());
    }

    // Security: neither a second change nor whatever ends sessions takes the link from the reader of the first address,
    // and the readers of later addresses have no more say.
    @Test
    void undoesSeveralChangesByTheFirstLink() {
        Person ada = Person.signedUp();
        String second = newAddress();
        String third = newAddress();
        confirm(sendLink(ada, second), ada);
        String undoFirst = mail.awaitEmailTo(ada.email()).token();
        confirm(sendLink(ada, third), ada);
        String undoSecond = mail.awaitEmailTo(second, 2).token();
        reset.request(new EmailAddress(third), EmailLinkContract.LINK, newClient());
        String resetByThief = mail.awaitEmailTo(third, 2).token();
        reset.redeem(resetByThief, Password.of("known to the thief"), newClient());
        reset.request(new EmailAddress(third), EmailLinkContract.LINK, newClient());
        String resetAgain = mail.awaitEmailTo(third, 3).token();

        assertInstanceOf(Undone.class, change.undo(undoFirst, newClient()));

        assertEquals(ada.email(), addressOf(ada));
        assertInstanceOf(LinkInvalid.class, change.undo(undoSecond, newClient()));
        assertFalse(reset.isValid(resetAgain));
        assertEquals(ada.email(), addressOf(ada));
        Person.signedUp(second);
        Person.signedUp(third);
    }

    // Security: a thief who changed the address twice must not take the link from the reader of the first address by
    // pressing that of the second one.
    @Test
    void keepsEarlierLinkAndItsAddressWhenALaterOneIsFollowed() {
        Person ada = verified(Person.signedUp());
        String second = newAddress();
        String third = newAddress();
        confirm(sendLink(ada, second), ada);
        String undoFirst = mail.awaitEmailTo(ada.email()).token();
        confirm(sendLink(ada, third), ada);
        String undoSecond = mail.awaitEmailTo(second, 2).token();

        assertInstanceOf(Undone.class, change.undo(undoSecond, newClient()));

        assertEquals(second, addressOf(ada));
        signUp(ada.email()).then().statusCode(409);
        Person.signedUp(third);
        Undone undone = assertInstanceOf(Undone.class, change.undo(undoFirst, newClient()));
        assertEquals(ada.email(), addressOf(ada));
        assertTrue(undone.profile().emailVerified());
        assertEquals(0, Sql.count("select count(*) from reserved_emails where user_id = ?", ada.id()));
        Person.signedUp(second);
    }

    @Test
    void keepsEarlierLinkToAnAddressThatCameBackMeanwhile() {
        Person ada = verified(Person.signedUp());
        String second = newAddress();
        confirm(sendLink(ada, second), ada);
        String undoFirst = mail.awaitEmailTo(ada.email()).token();
        assertEquals(new Accepted(), request(ada, ada.email(), newClient()));
        confirm(mail.awaitEmailTo(ada.email(), 2).token(), ada);
        assertEquals(ada.email(), addressOf(ada));
        String undoSecond = mail.awaitEmailTo(second, 2).token();

        assertInstanceOf(Undone.class, change.undo(undoSecond, newClient()));

        assertEquals(second, addressOf(ada));
        signUp(ada.email()).then().statusCode(409);
        assertInstanceOf(Undone.class, change.undo(undoFirst, newClient()));
        assertEquals(ada.email(), addressOf(ada));
    }

    @Test
    void keepsAddressVerifiedThatWasVerifiedSinceTheLink() {
        Person ada = Person.signedUp();
        String second = newAddress();
        confirm(sendLink(ada, second), ada);
        String undoFirst = mail.awaitEmailTo(ada.email()).token();
        assertEquals(new Accepted(), request(ada, ada.email(), newClient()));
        confirm(mail.awaitEmailTo(ada.email(), 2).token(), ada);

        Undone undone = assertInstanceOf(Undone.class, change.undo(undoFirst, newClient()));

        assertEquals(ada.email(), undone.profile().email().canonical());
        assertTrue(undone.profile().emailVerified());
        String undoSecond = mail.awaitEmailTo(second, 2).token();
        assertInstanceOf(LinkInvalid.class, change.undo(undoSecond, newClient()), "the later one has no more say");
    }

    @Test
    void undoesNothingByAnotherLink() {
        Person ada = Person.signedUp();
        String other = sendLink(ada, newAddress());

        for (String token : List.of("", "x", "0".repeat(32), other)) {
            assertInstanceOf(LinkInvalid.class, change.undo(token, newClient()));
        }
        assertEquals(ada.email(), addressOf(ada));
    }

    @Test
    void undoesNothingAfterSevenDays() {
        Person ada = Person.signedUp();
        String stolen = newAddress();
        confirm(sendLink(ada, stolen), ada);
        String undo = mail.awaitEmailTo(ada.email()).token();
        assertEquals(1, Sql.count("""
                        select count(*) from mailed_links where user_id = ? and purpose = 'email_change_undo'
                        and expires_at between now() + interval '167 hours' and now() + interval '168 hours'""", ada.id()));
        Sql.update("update mailed_links set expires_at = now() - interval '1 second' where user_id = ?", ada.id());

        assertInstanceOf(LinkExpired.class, change.undo(undo, newClient()));
        assertEquals(stolen, addressOf(ada));
    }

    @Test
    void undoesNothingForDisabledUser() {
        Person ada = Person.signedUp();
        confirm(sendLink(ada, newAddress()), ada);
        String undo = mail.awaitEmailTo(ada.email()).token();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        assertInstanceOf(LinkInvalid.class, change.undo(undo, newClient()));
    }

    // --- The former address is reserved meanwhile ---

    @Test
    void reservesFormerAddressForItsUser() {
        Person ada = verified(Person.signedUp());
        String wanted = newAddress();
        confirm(sendLink(ada, wanted), ada);
        String undo = mail.awaitEmailTo(ada.email()).token();
        Person grace = Person.signedUp();

        signUp(ada.email()).then().statusCode(409);
        assertEquals(new Accepted(), request(grace, ada.email(), newClient()), "as for any taken address");
        Eventually.holds("it is in the audit log", () -> Sql.count("""
                        select count(*) from audit_events where details ->> 'reason' = 'address_taken'
                        and type = 'email_change_link' and at > now() - interval '1 minute'""") >= 1);
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", grace.id()));
        assertInstanceOf(Undone.class, change.undo(undo, newClient()));
        assertEquals(0, Sql.count("select count(*) from reserved_emails where user_id = ?", ada.id()));
    }

    // Security: anybody can sign up with any address, and would keep it from its owner by changing to another.
    @Test
    void reservesNoAddressThatWasNeverVerified() {
        Person ada = Person.signedUp();
        String wanted = newAddress();
        confirm(sendLink(ada, wanted), ada);
        String undo = mail.awaitEmailTo(ada.email()).token();

        assertEquals(0, Sql.count("select count(*) from reserved_emails where user_id = ?", ada.id()));
        Person.signedUp(ada.email());
        assertInstanceOf(EmailTaken.class, change.undo(undo, newClient()));
        assertEquals(wanted, addressOf(ada));
    }

    @Test
    void refusesReservedAddressToLinkFromBefore() {
        Person ada = Person.signedUp();
        Person grace = Person.signedUp();
        String wanted = newAddress();
        String toGrace = sendLink(grace, wanted);
        Person holder = verified(Person.signedUp(wanted));
        String moved = newAddress();
        confirm(sendLink(holder, moved), holder);

        assertInstanceOf(EmailTaken.class, confirm(toGrace, grace));
        assertEquals(grace.email(), addressOf(grace));
        assertInstanceOf(Changed.class, confirm(sendLink(ada, newAddress()), ada), "others are not concerned");
    }

    @Test
    void givesTheAddressBackToItsOwnUserAnyTime() {
        Person ada = Person.signedUp();
        String second = newAddress();
        confirm(sendLink(ada, second), ada);
        mail.awaitEmailTo(ada.email());

        assertEquals(new Accepted(), request(ada, ada.email(), newClient()));
        String back = mail.awaitEmailTo(ada.email(), 2).token();
        assertInstanceOf(Changed.class, confirm(back, ada));
        assertEquals(ada.email(), addressOf(ada));
    }

    @Test
    void freesReservedAddressWithTimeAndWithTheAccount() {
        Person ada = verified(Person.signedUp());
        confirm(sendLink(ada, newAddress()), ada);
        assertEquals(
                1,
                Sql.update(
                        "update reserved_emails set expires_at = now() - interval '1 second' where user_id = ?",
                        ada.id()));
        assertNotEquals(ada.id(), Person.signedUp(ada.email()).id());

        Person bob = verified(Person.signedUp());
        confirm(sendLink(bob, newAddress()), bob);
        Sql.update("delete from users where id = ?", bob.id());
        assertNotEquals(bob.id(), Person.signedUp(bob.email()).id());
    }

    // FR-004: a sign-up that waits for the change of address to commit finds the address reserved, and not free.
    @Test
    void refusesSignUpsThatRaceTheChange() {
        Person ada = verified(Person.signedUp());
        String token = sendLink(ada, newAddress());

        List<Integer> statuses = Together.times(
                6,
                i -> i == 0
                        ? (confirm(token, ada) instanceof Changed ? 0 : -1)
                        : signUp(ada.email()).statusCode());

        assertEquals(List.of(0, 409, 409, 409, 409, 409), statuses);
    }

    // FR-007: neither the response nor the user's own audit events reveal whether an address has an account.
    @Test
    void hidesThatAnAddressIsTaken() {
        Person grace = Person.signedUp();
        Person ada = Person.signedUp();
        Person bob = Person.signedUp();
        Client client = newClient();

        assertEquals(new Accepted(), request(ada, grace.email(), client));
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
            request(user, wanted, newClient());
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
        String wanted = newAddress();

        assertEquals(new NotNeeded(), request(ada, ada.email(), newClient()));
        for (int i = 0; i < 5; i++) {
            assertEquals(new Accepted(), request(ada, wanted, newClient()));
        }
        assertInstanceOf(Refusals.RateLimited.class, request(ada, wanted, newClient()));
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        assertEquals(new UserGone(), request(ada, wanted, newClient()));
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
        assertEquals(new Accepted(), request(user, wanted, newClient()));
        ReceivedEmail email = mail.awaitEmailTo(wanted);
        assertEquals("Confirm your new e-mail address", email.subject());
        return email.token();
    }

    private EmailChange.RequestOutcome request(Person user, String password, String wanted) {
        return change.request(
                id(user),
                new SessionId(user.sessionId()),
                Password.of(password),
                new EmailAddress(wanted),
                EmailLinkContract.LINK,
                newClient());
    }

    private EmailChange.RequestOutcome request(Person user, String wanted, Client client) {
        return change.request(
                id(user),
                new SessionId(user.sessionId()),
                null,
                new EmailAddress(wanted),
                EmailLinkContract.LINK,
                client);
    }

    private EmailChange.Outcome confirm(String token, @Nullable Person signedIn) {
        return change.confirm(token, signedIn == null ? null : id(signedIn), newClient());
    }

    private static Response signUp(String address) {
        return Person.post("/api/auth/signup", """
                {"email": "%s", "password": "%s"}""".formatted(address, Person.PASSWORD));
    }

    private static Person verified(Person person) {
        assertEquals(1, Sql.update("update users set email_verified = true where id = ?", person.id()));
        return person;
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
