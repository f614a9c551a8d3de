package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.LogLines;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Received;
import dev.latchkey.fixture.Person;
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
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Only the reader of an account's mailbox can choose a new password. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class PasswordResetDatabaseTest {

    private static final String WANTED = "another horse, another battery";

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
    void letsWhoReadsTheMailboxChooseAPassword() {
        Person ada = Person.signedUp();
        String token = mailed(ada);

        assertTrue(reset.isValid(token));
        assertEquals(
                ada.id(),
                assertInstanceOf(PasswordChanged.class, redeem(token)).user().value());
        assertFalse(reset.isValid(token));
        Person.signIn(ada.email(), WANTED).then().statusCode(200);
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);
        assertEquals(1, Mailed.events(ada.id(), "password_reset_link", "success"));
        assertEquals(1, Mailed.events(ada.id(), "password_reset", "success"));
        // As with the original, reading the mailbox once is not taken for verifying it.
        assertEquals(List.of("f"), Sql.column("select email_verified from users where id = ?", ada.id()));
    }

    @Test
    void endsAllSessionsAndTheirTokens() {
        Person ada = Person.signedUp();
        Person elsewhere = ada.signedInAgain();
        redeem(mailed(ada));

        for (Person device : List.of(ada, elsewhere)) {
            device.bearing().get("/api/auth/session").then().statusCode(401);
            Person.refresh(device.refreshToken()).then().statusCode(401);
        }
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
    }

    @Test
    void countsOnceOfSix() {
        Person ada = Person.signedUp();
        String token = mailed(ada);

        List<PasswordReset.Outcome> outcomes =
                Together.times(6, i -> reset.redeem(token, Password.of(WANTED + i), Mailed.client()));

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
    void keepsTheLinkWhenThePasswordWillNotDo() {
        Person ada = Person.signedUp();
        String token = mailed(ada);

        InvalidPassword invalid =
                assertInstanceOf(InvalidPassword.class, reset.redeem(token, Password.of("short"), Mailed.client()));
        assertInstanceOf(PasswordError.TooShort.class, invalid.errors().getFirst());
        assertInstanceOf(InvalidPassword.class, reset.redeem(token, Password.of("x".repeat(129)), Mailed.client()));
        assertInstanceOf(InvalidPassword.class, reset.redeem(token, Password.of(ada.email()), Mailed.client()));
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
        assertInstanceOf(PasswordChanged.class, redeem(token));
    }

    @Test
    void givesAPasswordToWhoHasNone() {
        Person ada = Person.signedUp();
        Sql.update("delete from credentials where user_id = ?", ada.id());
        assertInstanceOf(PasswordChanged.class, redeem(mailed(ada)));

        Person.signIn(ada.email(), WANTED).then().statusCode(200);
    }

    @Test
    void refusesWhatNobodyMailed() {
        Person ada = Person.signedUp();
        verification.request(new EmailAddress(ada.email()), Mailed::link, Mailed.client());
        String other = mail.letterTo(ada.email()).token();

        for (String token : List.of("", "x", "0".repeat(32), other, "' or '1'='1")) {
            assertFalse(reset.isValid(token));
            assertInstanceOf(LinkInvalid.class, redeem(token));
        }
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
    }

    @Test
    void refusesALinkThatIsOver() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        Mailed.expire(ada.id());

        refuses(token, ada);
    }

    @Test
    void refusesALinkToAnAddressThatTheAccountHasNoLonger() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        Sql.update("update users set email = ? where id = ?", Mailed.newAddress(), ada.id());

        assertFalse(reset.isValid(token));
        assertInstanceOf(LinkInvalid.class, redeem(token));
    }

    @Test
    void refusesALinkOfWhoMayNotSignIn() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        assertFalse(reset.isValid(token));
        assertInstanceOf(LinkInvalid.class, redeem(token));

        Sql.update("delete from users where id = ?", ada.id());
        assertFalse(reset.isValid(token));
        assertInstanceOf(LinkInvalid.class, redeem(token));
    }

    @Test
    void takesBackTheOtherLinks() {
        Person ada = Person.signedUp();
        String first = mailed(ada);
        request(ada.email());
        String second = mail.letterTo(ada.email(), 2).token();
        assertTrue(reset.isValid(first), "letters arrive in any order");
        assertTrue(reset.isValid(second));

        assertInstanceOf(PasswordChanged.class, redeem(first));

        assertFalse(reset.isValid(second));
        assertInstanceOf(LinkInvalid.class, redeem(second));
    }

    // FR-007
    @Test
    void saysTheSameToEverybodyAndWritesOnlyToWhomItConcerns() {
        Person ada = Person.signedUp();
        Person banned = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", banned.id());
        String nobody = Mailed.newAddress();
        Client client = Mailed.client();

        for (String address : List.of(nobody, banned.email(), ada.email())) {
            assertEquals(new Accepted(), reset.request(new EmailAddress(address), Mailed::link, client));
        }

        mail.letterTo(ada.email());
        Eventually.holds("both stand on record, as nobody's", () -> Sql.count("""
                        select count(*) from audit_events where user_id is null and type = 'password_reset_link'
                        and details ->> 'reason' = 'unknown_account' and ip = ?""", client.ip()) == 2);
        assertEquals(List.of(), mail.lettersTo(nobody));
        assertEquals(List.of(), mail.lettersTo(banned.email()));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", banned.id()));
    }

    // FR-007: what depends on the account happens after the answer. Here it cannot happen before, for somebody else
    // holds
    // the account's row.
    @Test
    void answersBeforeItLooksAtTheAccount() throws SQLException {
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
        mail.letterTo(ada.email());
    }

    // FR-023: nobody's mailbox is flooded, and nobody learns that it would have been.
    @Test
    void writesToAnAddressFiveTimesAnHour() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 8; i++) {
            request(ada.email());
        }
        Person grace = Person.signedUp();
        mailed(grace);

        mail.letterTo(ada.email(), 5);
        assertEquals(5, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        assertEquals(5, mail.lettersTo(ada.email()).size());
    }

    @Test
    void writesForAnAddressOfAClientTwentyTimesAnHour() {
        Client client = Mailed.client();
        for (int i = 0; i < 20; i++) {
            assertEquals(new Accepted(), reset.request(new EmailAddress(Mailed.newAddress()), Mailed::link, client));
        }
        Person ada = Person.signedUp();
        assertEquals(new Accepted(), reset.request(new EmailAddress(ada.email()), Mailed::link, client));

        Eventually.holds("the last one stands on record", () -> Sql.count("""
                        select count(*) from audit_events
                        where details ->> 'reason' = 'throttled' and ip = ?""", client.ip()) == 1);
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
        assertEquals(List.of(), mail.lettersTo(ada.email()));
    }

    @Test
    void keepsNoOwnerOutForTheGuessesOfOthers() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 6; i++) {
            Person.signIn(ada.email(), "guess number " + i);
        }
        Person.signIn(ada.email(), ada.password()).then().statusCode(429);

        redeem(mailed(ada));

        Person.signIn(ada.email(), WANTED).then().statusCode(200);
    }

    @Test
    void logsAndRecordsNeitherAddressNorToken() {
        Person ada = Person.signedUp();
        try (LogLines lines = new LogLines()) {
            String token = mailed(ada);
            redeem("0".repeat(32));
            redeem(token);
            redeem(token);

            for (String line : lines.all()) {
                assertFalse(line.contains(token) || line.contains(ada.email()), line);
            }
            assertEquals(
                    0,
                    Sql.count(
                            "select count(*) from audit_events e where e::text like ? or e::text like ?",
                            "%" + token + "%",
                            "%" + ada.email() + "%"));
        }
    }

    private void refuses(String token, Person person) {
        assertFalse(reset.isValid(token));
        assertInstanceOf(LinkInvalid.class, redeem(token));
        Person.signIn(person.email(), person.password()).then().statusCode(200);
    }

    private void request(String address) {
        assertEquals(new Accepted(), reset.request(new EmailAddress(address), Mailed::link, Mailed.client()));
    }

    private String mailed(Person person) {
        request(person.email());
        Received letter = mail.letterTo(person.email());
        assertEquals("Choose a new password", letter.subject());
        return letter.token();
    }

    private PasswordReset.Outcome redeem(String token) {
        return reset.redeem(token, Password.of(WANTED), Mailed.client());
    }
}
