package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.selfservice.EmailRequestOutcome.MailNotConfigured;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

/** Without a mail server there are no links, and the caller is told. */
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
    void makesNoLinks() {
        Person ada = Person.signedUp();
        AccountId id = new AccountId(ada.id());
        EmailAddress email = new EmailAddress(ada.email());
        EmailAddress wanted = new EmailAddress(Mailed.newAddress());

        assertEquals(new MailNotConfigured(), reset.request(email, Mailed::link, Mailed.client()));
        assertEquals(new MailNotConfigured(), verification.request(email, Mailed::link, Mailed.client()));
        assertEquals(new MailNotConfigured(), verification.request(id, Mailed::link, Mailed.client()));
        assertEquals(new MailNotConfigured(), change.request(id, wanted, Mailed::link, Mailed.client()));
        assertEquals(new MailNotConfigured(), deletion.requestLink(id, Mailed::link, Mailed.client()));
        assertEquals(0, Sql.count("select count(*) from mailed_links where user_id = ?", ada.id()));
    }
}
