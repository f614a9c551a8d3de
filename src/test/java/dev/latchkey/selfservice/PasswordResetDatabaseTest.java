package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import dev.latchkey.password.PasswordError;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.EmailRequestOutcome.Accepted;
import dev.latchkey.selfservice.PasswordReset.PasswordChanged;
import dev.latchkey.selfservice.Refusals.InvalidPassword;
import dev.latchkey.selfservice.Refusals.LinkInvalid;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A link sets a new password, by proving that its user reads the mailbox of the account. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class PasswordResetDatabaseTest extends EmailLinkContract<PasswordReset.Outcome> {

    private static final String WANTED = "another horse, another battery";

    PasswordResetDatabaseTest() {
        super(PasswordChanged.class, LinkInvalid.class, List.of(LinkInvalid.class), "password_reset");
    }

    @Test
    void setsNewPassword() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);

        assertTrue(reset.isValid(token));
        assertEquals(
                ada.id(),
                assertInstanceOf(PasswordChanged.class, redeem(token)).user().value());
        assertFalse(reset.isValid(token));
        Person.signIn(ada.email(), WANTED).then().statusCode(200);
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);
        assertEquals(1, events(ada.id(), "password_reset_link", "success"));
        assertEquals(1, events(ada.id(), "password_reset", "success"));
        assertEquals(0, Sql.count("select count(*) from throttle_buckets where id like ?", "reset:%" + ada.email()));
        // As in Better Auth, a reset does not verify the address.
        assertEquals(List.of("f"), Sql.column("select email_verified from users where id = ?", ada.id()));
    }

    @Test
    void endsAllSessionsAndTheirTokens() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();
        redeem(sendLink(ada));

        for (Person device : List.of(ada, elsewhere)) {
            device.bearing().get("/api/auth/session").then().statusCode(401);
            Person.refresh(device.refreshToken()).then().statusCode(401);
        }
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
    }

    @Test
    void keepsThePasswordOfTheOneUseOfSixAtOnce() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);

        List<PasswordReset.Outcome> outcomes =
                Together.times(6, i -> reset.redeem(token, Password.of(WANTED + i), newClient()));

        assertEquals(
                1, outcomes.stream().filter(PasswordChanged.class::isInstance).count());
        assertEquals(5, outcomes.stream().filter(LinkInvalid.class::isInstance).count());
        int winner = outcomes.indexOf(outcomes.stream()
                .filter(PasswordChanged.class::isInstance)
                .findFirst()
                .orElseThrow());
        Person.signIn(ada.email(), WANTED + winner).then().statusCode(200);
    }

    @Test
    void linkStaysValidAfterInvalidPassword() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);

        InvalidPassword invalid =
                assertInstanceOf(InvalidPassword.class, reset.redeem(token, Password.of("short"), newClient()));
        assertInstanceOf(PasswordError.TooShort.class, invalid.errors().getFirst());
        assertInstanceOf(InvalidPassword.class, reset.redeem(token, Password.of("x".repeat(129)), newClient()));
        assertInstanceOf(InvalidPassword.class, reset.redeem(token, Password.of(ada.email()), newClient()));
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
        assertInstanceOf(PasswordChanged.class, redeem(token));
    }

    @Test
    void setsPasswordOfAccountWithoutOne() {
        Person ada = Person.signedUp();
        Sql.update("delete from credentials where user_id = ?", ada.id());
        assertInstanceOf(PasswordChanged.class, redeem(sendLink(ada)));

        Person.signIn(ada.email(), WANTED).then().statusCode(200);
    }

    @Test
    void invalidatesTheOtherLinks() {
        Person ada = Person.signedUp();
        String first = sendLink(ada);
        request(ada.email());
        String second = mail.awaitEmailTo(ada.email(), 2).token();
        assertTrue(reset.isValid(first), "e-mails arrive in any order");
        assertTrue(reset.isValid(second));

        assertInstanceOf(PasswordChanged.class, redeem(first));

        assertFalse(reset.isValid(second));
        assertInstanceOf(LinkInvalid.class, redeem(second));
    }

    // FR-007
    @Test
    void hidesWhetherTheAccountExistsAndSendsOnlyToActiveAccounts() {
        Person ada = Person.signedUp();
        Person disabled = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", disabled.id());
        String unknown = newAddress();
        Client client = newClient();

        for (String address : List.of(unknown, disabled.email(), ada.email())) {
            assertEquals(new Accepted(), reset.request(new EmailAddress(address), EmailLinkContract.LINK, client));
        }

        mail.awaitEmailTo(ada.email());
        Eventually.holds("both are in the audit log, under no user", () -> Sql.count("""
                        select count(*) from audit_events where user_id is null and type = 'password_reset_link'
                        and details ->> 'reason' = 'unknown_account' and ip = ?""", client.ip()) == 2);
        assertEquals(List.of(), mail.emailsTo(unknown));
        assertEquals(List.of(), mail.emailsTo(disabled.email()));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", disabled.id()));
    }

    // FR-007: what depends on the account happens after the response. Here it cannot happen before, because another
    // transaction holds the account's row.
    @Test
    void respondsBeforeReadingTheAccount() throws SQLException {
        Person ada = Person.signedUp();
        try (Connection connection = EmbeddedDatabaseResource.database().connect();
                PreparedStatement lock = connection.prepareStatement("select * from users where id = ? for update")) {
            connection.setAutoCommit(false);
            lock.setString(1, ada.id());
            lock.execute();

            request(ada.email());

            assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
            connection.rollback();
        }
        mail.awaitEmailTo(ada.email());
    }

    // FR-023: no mailbox is flooded, and the response does not reveal that it would have been.
    @Test
    void sendsFiveEmailsAnHourToOneAddress() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 8; i++) {
            request(ada.email());
        }
        Person grace = Person.signedUp();
        sendLink(grace);

        mail.awaitEmailTo(ada.email(), 5);
        assertEquals(5, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        assertEquals(5, mail.emailsTo(ada.email()).size());
    }

    @Test
    void sendsTwentyEmailsAnHourForOneClient() {
        Client client = newClient();
        for (int i = 0; i < 20; i++) {
            assertEquals(new Accepted(), reset.request(new EmailAddress(newAddress()), EmailLinkContract.LINK, client));
        }
        Person ada = Person.signedUp();
        assertEquals(new Accepted(), reset.request(new EmailAddress(ada.email()), EmailLinkContract.LINK, client));

        Eventually.holds("the last one is in the audit log", () -> Sql.count("""
                        select count(*) from audit_events
                        where details ->> 'reason' = 'throttled' and ip = ?""", client.ip()) == 1);
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        assertEquals(List.of(), mail.emailsTo(ada.email()));
    }

    @Test
    void resetClearsTheRateLimitOfTheAccount() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 6; i++) {
            Person.signIn(ada.email(), "guess number " + i);
        }
        Person.signIn(ada.email(), ada.password()).then().statusCode(429);

        redeem(sendLink(ada));

        Person.signIn(ada.email(), WANTED).then().statusCode(200);
    }

    private void request(String address) {
        assertEquals(new Accepted(), reset.request(new EmailAddress(address), EmailLinkContract.LINK, newClient()));
    }

    @Override
    String sendLink(Person user) {
        request(user.email());
        ReceivedEmail email = mail.awaitEmailTo(user.email());
        assertEquals("Choose a new password", email.subject());
        return email.token();
    }

    @Override
    String sendOtherLink(Person user) {
        verification.request(new EmailAddress(user.email()), EmailLinkContract.LINK, newClient());
        return mail.awaitEmailTo(user.email()).token();
    }

    @Override
    PasswordReset.Outcome follow(Person user, String token) {
        return redeem(token);
    }

    @Override
    void assertUsed(Person user) {
        Person.signIn(user.email(), WANTED).then().statusCode(200);
    }

    @Override
    void assertNotUsed(Person user, String token) {
        assertFalse(reset.isValid(token));
        Person.signIn(user.email(), user.password()).then().statusCode(200);
    }

    private PasswordReset.Outcome redeem(String token) {
        return reset.redeem(token, Password.of(WANTED), newClient());
    }
}
