package dev.latchkey.selfservice;

import static dev.latchkey.selfservice.EmailLinkContract.newAddress;
import static dev.latchkey.selfservice.EmailLinkContract.newClient;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.selfservice.EmailRequestOutcome.MailNotConfigured;
import dev.latchkey.session.SessionId;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

/** Without a mail server no e-mail links are made, and the caller is told so. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class WithoutMailDatabaseTest {

    @Inject
    PasswordReset reset;

    @Inject
    EmailVerification verification;

    @Inject
    EmailChange change;

    @Inject
    AccountDeletion deletion;

    @Test
    void createsNoLinksAndSaysWhy() {
        Person ada = Person.signedUp();
        AccountId id = EmailLinkContract.id(ada);
        EmailAddress email = new EmailAddress(ada.email());
        EmailAddress wanted = new EmailAddress(newAddress());

        assertEquals(new MailNotConfigured(), reset.request(email, EmailLinkContract.LINK, newClient()));
        assertEquals(new MailNotConfigured(), verification.request(email, EmailLinkContract.LINK, newClient()));
        assertEquals(new MailNotConfigured(), verification.request(id, EmailLinkContract.LINK, newClient()));
        assertEquals(
                new MailNotConfigured(),
                change.request(id, new SessionId(ada.sessionId()), null, wanted, EmailLinkContract.LINK, newClient()));
        assertEquals(new MailNotConfigured(), deletion.requestLink(id, EmailLinkContract.LINK, newClient()));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
    }
}
