package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Received;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.selfservice.AccountDeletion.Deleted;
import dev.latchkey.selfservice.EmailRequestOutcome.Accepted;
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

/** A mailed link deletes an account, if its own user follows it. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class AccountDeletionByLinkDatabaseTest {

    @Inject
    AccountDeletion deletion;

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
    void deletesTheAccount() {
        Person ada = Person.signedUp();
        assertEquals(new Deleted(), depart(ada, mailed(ada)));

        assertEquals(0, Sql.count("select count(*) from users where id = ?", ada.id()));
        ada.bearing().get("/api/auth/session").then().statusCode(401);
        assertEquals(1, Mailed.events(ada.id(), "account_deletion", "success"));
    }

    @Test
    void deletesItOnceOfSix() {
        Person ada = Person.signedUp();
        String token = mailed(ada);

        List<AccountDeletion.LinkOutcome> outcomes = Together.times(6, i -> depart(ada, token));

        assertEquals(1, outcomes.stream().filter(Deleted.class::isInstance).count());
        assertTrue(outcomes.stream()
                .allMatch(outcome ->
                        outcome instanceof Deleted || outcome instanceof UserGone || outcome instanceof LinkInvalid));
        assertEquals(1, Mailed.events(ada.id(), "account_deletion", "success"));
    }

    @Test
    void doesNothingInSomebodyElsesSession() {
        Person ada = Person.signedUp();
        Person grace = Person.signedUp();
        String token = mailed(ada);

        assertEquals(new LinkInvalid(), depart(grace, token));
        assertEquals(2, Sql.count("select count(*) from users where id in (?, ?)", ada.id(), grace.id()));
        assertEquals(new Deleted(), depart(ada, token), "and the link still counts for its own");
    }

    @Test
    void refusesWhatNobodyMailed() {
        Person ada = Person.signedUp();
        reset.request(new EmailAddress(ada.email()), Mailed::link, Mailed.client());
        String other = mail.letterTo(ada.email()).token();

        for (String token : List.of("", "x", "0".repeat(32), other)) {
            refuses(ada, token);
        }
    }

    @Test
    void refusesALinkThatIsOver() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        assertEquals(1, Sql.count("""
                        select count(*) from mailed_links where user_id = ?
                        and expires_at between now() + interval '23 hours' and now() + interval '24 hours'""", ada.id()));
        Mailed.expire(ada.id());

        refuses(ada, token);
    }

    @Test
    void refusesALinkToAnAddressThatTheAccountHasNoLonger() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        Sql.update("update users set email = ? where id = ?", Mailed.newAddress(), ada.id());

        refuses(ada, token);
    }

    @Test
    void knowsWhoMayNotSignIn() {
        Person ada = Person.signedUp();
        String token = mailed(ada);
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        assertEquals(new LinkInvalid(), depart(ada, token), "a ban takes back the links that are out");
        assertEquals(1, Sql.count("select count(*) from users where id = ?", ada.id()));
        assertEquals(new UserGone(), request(ada));
    }

    @Test
    void tellsThatItWasAskedForTooOften() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 5; i++) {
            assertEquals(new Accepted(), request(ada));
        }
        assertInstanceOf(Refusals.RateLimited.class, request(ada));
    }

    private void refuses(Person person, String token) {
        assertEquals(new LinkInvalid(), depart(person, token));
        assertEquals(1, Sql.count("select count(*) from users where id = ?", person.id()));
    }

    private EmailRequestOutcome request(Person person) {
        return deletion.requestLink(new AccountId(person.id()), Mailed::link, Mailed.client());
    }

    private String mailed(Person person) {
        assertEquals(new Accepted(), request(person));
        Received letter = mail.letterTo(person.email());
        assertEquals("Delete your account", letter.subject());
        return letter.token();
    }

    private AccountDeletion.LinkOutcome depart(Person person, String token) {
        return deletion.deleteByLink(new AccountId(person.id()), token, Mailed.client());
    }
}
