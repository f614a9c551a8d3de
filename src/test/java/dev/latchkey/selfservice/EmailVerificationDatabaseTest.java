package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.ReceivedEmail;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.selfservice.EmailRequestOutcome.Accepted;
import dev.latchkey.selfservice.EmailRequestOutcome.NotNeeded;
import dev.latchkey.selfservice.EmailVerification.AlreadyVerified;
import dev.latchkey.selfservice.EmailVerification.Verified;
import dev.latchkey.selfservice.Refusals.LinkExpired;
import dev.latchkey.selfservice.Refusals.LinkInvalid;
import dev.latchkey.selfservice.Refusals.UserGone;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.session.SignedInSession;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A link verifies the address of an account, by proving that its user reads the mailbox. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class EmailVerificationDatabaseTest extends EmailLinkContract<EmailVerification.Outcome> {

    EmailVerificationDatabaseTest() {
        super(Verified.class, LinkExpired.class, List.of(AlreadyVerified.class), "email_verification");
    }

    @Test
    void verifiesAddressAndReportsThatAgainWhenTheLinkIsOpenedAgain() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);

        Verified verified = assertInstanceOf(Verified.class, confirm(token));
        assertEquals(ada.id(), verified.profile().id().value());
        assertTrue(verified.profile().emailVerified());
        assertTrue(isVerified(ada));
        AlreadyVerified again = assertInstanceOf(AlreadyVerified.class, confirm(token));
        assertEquals(ada.id(), again.profile().id().value());
        assertEquals(1, events(ada.id(), "email_verification", "success"));
    }

    @Test
    void endsNoSession() {
        Person ada = Person.signedUp();
        confirm(sendLink(ada));

        ada.bearing().get("/api/auth/session").then().statusCode(200);
    }

    @Test
    void acceptsAnyOfSeveralLinks() {
        Person ada = Person.signedUp();
        String first = sendLink(ada);
        verification.request(id(ada), EmailLinkContract.LINK, newClient());
        String second = mail.awaitEmailTo(ada.email(), 2).token();

        assertInstanceOf(Verified.class, confirm(second));
        assertInstanceOf(AlreadyVerified.class, confirm(first));
    }

    // FR-010: no password was seen.
    @Test
    void sessionOpenedByLinkSaysThatItWasOpenedByLink() {
        Person ada = Person.signedUp();
        assertInstanceOf(Verified.class, confirm(sendLink(ada)));
        SignedInSession opened = verification
                .signIn(id(ada), SessionSecret.Kind.SESSION_TOKEN, newClient())
                .orElseThrow()
                .session();
        assertEquals(Set.of("mail"), opened.session().authentication().methods());
        assertTrue(opened.tokenSubject().emailVerified());
    }

    @Test
    void usedLinkDoesNotVerifyAnotherAddress() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);
        confirm(token);
        Sql.update("update users set email = ? where id = ?", newAddress(), ada.id());
        assertInstanceOf(LinkInvalid.class, confirm(token));

        Sql.update("update users set email = ?, email_verified = false where id = ?", ada.email(), ada.id());
        assertInstanceOf(LinkInvalid.class, confirm(token), "a link works once");
        assertFalse(isVerified(ada));
    }

    @Test
    void hidesWhetherTheAccountExistsAndSendsOnlyToUnverifiedAddresses() {
        Person ada = Person.signedUp();
        Person verified = Person.signedUp();
        Sql.update("update users set email_verified = true where id = ?", verified.id());
        String unknown = newAddress();

        for (String address : List.of(unknown, verified.email(), ada.email())) {
            assertEquals(
                    new Accepted(),
                    verification.request(new EmailAddress(address), EmailLinkContract.LINK, newClient()));
        }

        mail.awaitEmailTo(ada.email());
        Eventually.holds(
                "the reason is in the audit log",
                () -> events(verified.id(), "email_verification_link", "failure") == 1);
        assertEquals(List.of(), mail.emailsTo(unknown));
        assertEquals(List.of(), mail.emailsTo(verified.email()));
    }

    @Test
    void tellsSignedInUserWhyNothingIsSent() {
        Person ada = Person.signedUp();
        AccountId id = id(ada);
        for (int i = 0; i < 5; i++) {
            assertEquals(new Accepted(), verification.request(id, EmailLinkContract.LINK, newClient()));
        }
        assertInstanceOf(Refusals.RateLimited.class, verification.request(id, EmailLinkContract.LINK, newClient()));
        Sql.update("update users set email_verified = true where id = ?", ada.id());
        assertEquals(new NotNeeded(), verification.request(id, EmailLinkContract.LINK, newClient()));
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        assertEquals(new UserGone(), verification.request(id, EmailLinkContract.LINK, newClient()));
        Sql.update("delete from users where id = ?", ada.id());
        assertEquals(new UserGone(), verification.request(id, EmailLinkContract.LINK, newClient()));
    }

    // An attacker who requests resets for an account does not keep other e-mails from its user.
    @Test
    void limitsEachKindOfEmailSeparately() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 6; i++) {
            reset.request(new EmailAddress(ada.email()), EmailLinkContract.LINK, newClient());
        }

        assertEquals(new Accepted(), verification.request(id(ada), EmailLinkContract.LINK, newClient()));
    }

    @Override
    String sendLink(Person user) {
        verification.request(new EmailAddress(user.email()), EmailLinkContract.LINK, newClient());
        ReceivedEmail email = mail.awaitEmailTo(user.email());
        assertEquals("Confirm your e-mail address", email.subject());
        return email.token();
    }

    @Override
    EmailVerification.Outcome follow(Person user, String token) {
        return confirm(token);
    }

    @Override
    void assertUsed(Person user) {
        assertTrue(isVerified(user));
    }

    @Override
    void assertNotUsed(Person user, String token) {
        assertFalse(isVerified(user));
    }

    private EmailVerification.Outcome confirm(String token) {
        return verification.confirm(token, newClient());
    }

    private static boolean isVerified(Person person) {
        return Sql.column("select email_verified from users where id = ?", person.id())
                .equals(List.of("t"));
    }
}
