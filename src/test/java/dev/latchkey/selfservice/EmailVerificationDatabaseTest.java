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
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.selfservice.EmailRequestOutcome.Accepted;
import dev.latchkey.selfservice.EmailRequestOutcome.NotNeeded;
import dev.latchkey.selfservice.EmailVerification.AlreadyVerified;
import dev.latchkey.selfservice.EmailVerification.Verified;
import dev.latchkey.selfservice.Refusals.LinkExpired;
import dev.latchkey.selfservice.Refusals.LinkInvalid;
import dev.latchkey.selfservice.Refusals.UserGone;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An address counts as its user's once its mailbox has been read. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class EmailVerificationDatabaseTest {

    @Inject
    EmailVerification verification;

    @Inject
    PasswordReset reset;

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
    void verifiesAndSaysSoAgainWhenTheLinkIsOpenedAgain() {
        Person ada = Person.signedUp();
        String token = mailed(ada);

        Verified verified = assertInstanceOf(Verified.class, confirm(token));
        assertEquals(ada.id(), verified.profile().id().value());
        assertTrue(verified.profile().emailVerified());
        assertTrue(isVerified(ada));
        AlreadyVerified again = assertInstanceOf(AlreadyVerified.class, confirm(token));
        assertEquals(ada.id(), again.profile().id().value());
        assertEquals(1, Mailed.events(ada.id(), "email_verification", "success"));
    }

    @Test
    void endsNoSession() {
        Person ada = Person.signedUp();
        confirm(mailed(ada));

        ada.bearing().get("/api/auth/session").then().statusCode(200);
    }

    @Test
    void verifiesOnceOfSix() {
        Person ada = Person.signedUp();
        String token = mailed(ada);

        List<EmailVerification.Outcome> outcomes = Together.times(6, i -> confirm(token));

        assertEquals(1, outcomes.stream().filter(Verified.class::isInstance).count());
        assertEquals(
                5, outcomes.stream().filter(AlreadyVerified.class::isInstance).count());
        assertEquals(1, Mailed.events(ada.id(), "email_verification", "success"));
    }

    @Test
    void takesAnyOfTheLinks() {
        Person ada = Person.signedUp();
        String first = mailed(ada);
        verification.request(new AccountId(ada.id()), Mailed::link, Mailed.client());
        String second = mail.letterTo(ada.email(), 2).token();

        assertInstanceOf(Verified.class, confirm(second));
        assertInstanceOf(AlreadyVerified.class, confirm(first));
    }

    @Test
    void refusesWhatNobodyMailed() {
        Person ada = Person.signedUp();
        reset.request(new EmailAddress(ada.email()), Mailed::link, Mailed.client());
        String other = mail.letterTo(ada.email()).token();

        for (String token : List.of("", "x", "0".repeat(32), other)) {
            assertInstanceOf(LinkInvalid.class, confirm(token));
        }
        assertFalse(isVerified(ada));
    }

    @Test
    void refusesALinkThatIsOver() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        Mailed.expire(ada.id());

        assertInstanceOf(LinkExpired.class, confirm(token));
        assertFalse(isVerified(ada));
    }

    // A link proves the mailbox that it was sent to.
    @Test
    void refusesALinkToAnAddressThatTheAccountHasNoLonger() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        Sql.update("update users set email = ? where id = ?", Mailed.newAddress(), ada.id());

        assertInstanceOf(LinkInvalid.class, confirm(token));
        assertFalse(isVerified(ada));
    }

    @Test
    void doesNotTakeAUsedLinkForTheProofOfAnotherAddress() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        confirm(token);
        Sql.update("update users set email = ? where id = ?", Mailed.newAddress(), ada.id());
        assertInstanceOf(LinkInvalid.class, confirm(token));

        Sql.update("update users set email = ?, email_verified = false where id = ?", ada.email(), ada.id());
        assertInstanceOf(LinkInvalid.class, confirm(token), "a link works once");
        assertFalse(isVerified(ada));
    }

    @Test
    void refusesALinkOfWhoMayNotSignIn() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        assertInstanceOf(LinkInvalid.class, confirm(token));
        assertFalse(isVerified(ada));
    }

    @Test
    void saysTheSameToEverybodyAndWritesOnlyToWhomItConcerns() {
        Person ada = Person.signedUp();
        Person verified = Person.signedUp();
        Sql.update("update users set email_verified = true where id = ?", verified.id());
        String nobody = Mailed.newAddress();

        for (String address : List.of(nobody, verified.email(), ada.email())) {
            assertEquals(
                    new Accepted(), verification.request(new EmailAddress(address), Mailed::link, Mailed.client()));
        }

        mail.letterTo(ada.email());
        Eventually.holds(
                "why, is on record", () -> Mailed.events(verified.id(), "email_verification_link", "failure") == 1);
        assertEquals(List.of(), mail.lettersTo(nobody));
        assertEquals(List.of(), mail.lettersTo(verified.email()));
    }

    @Test
    void tellsWhoIsSignedInWhyNothingIsSent() {
        Person ada = Person.signedUp();
        AccountId id = new AccountId(ada.id());
        for (int i = 0; i < 5; i++) {
            assertEquals(new Accepted(), verification.request(id, Mailed::link, Mailed.client()));
        }
        assertInstanceOf(Refusals.RateLimited.class, verification.request(id, Mailed::link, Mailed.client()));
        Sql.update("update users set email_verified = true where id = ?", ada.id());
        assertEquals(new NotNeeded(), verification.request(id, Mailed::link, Mailed.client()));
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        assertEquals(new UserGone(), verification.request(id, Mailed::link, Mailed.client()));
        Sql.update("delete from users where id = ?", ada.id());
        assertEquals(new UserGone(), verification.request(id, Mailed::link, Mailed.client()));
    }

    // An attacker who requests resets for an account does not keep other e-mails from its user.
    @Test
    void countsLettersByWhatTheyAreFor() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 6; i++) {
            reset.request(new EmailAddress(ada.email()), Mailed::link, Mailed.client());
        }

        assertEquals(new Accepted(), verification.request(new AccountId(ada.id()), Mailed::link, Mailed.client()));
    }

    private String mailed(Person person) {
        verification.request(new EmailAddress(person.email()), Mailed::link, Mailed.client());
        assertEquals(
                "Confirm your e-mail address", mail.letterTo(person.email()).subject());
        return mail.letterTo(person.email()).token();
    }

    private EmailVerification.Outcome confirm(String token) {
        return verification.confirm(token, Mailed.client());
    }

    private static boolean isVerified(Person person) {
        return Sql.column("select email_verified from users where id = ?", person.id())
                .equals(List.of("t"));
    }
}
