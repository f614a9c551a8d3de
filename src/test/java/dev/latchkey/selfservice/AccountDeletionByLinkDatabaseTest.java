package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.ReceivedEmail;
import dev.latchkey.fixture.Sql;
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
import org.junit.jupiter.api.Test;

/** A link deletes an account, if its own user follows it. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class AccountDeletionByLinkDatabaseTest extends EmailLinkContract<AccountDeletion.LinkOutcome> {

    @Inject
    AccountDeletion deletion;

    AccountDeletionByLinkDatabaseTest() {
        super(Deleted.class, LinkInvalid.class, List.of(LinkInvalid.class, UserGone.class), "account_deletion");
    }

    @Test
    void deletesTheAccount() {
        Person ada = Person.signedUp();
        assertEquals(new Deleted(), follow(ada, sendLink(ada)));

        assertEquals(0, Sql.count("select count(*) from users where id = ?", ada.id()));
        ada.bearing().get("/api/auth/session").then().statusCode(401);
        assertEquals(1, events(ada.id(), "account_deletion", "success"));
    }

    @Test
    void refusesLinkInAnotherUsersSession() {
        Person ada = Person.signedUp();
        Person grace = Person.signedUp();
        String token = sendLink(ada);

        assertEquals(new LinkInvalid(), follow(grace, token));
        assertEquals(2, Sql.count("select count(*) from users where id in (?, ?)", ada.id(), grace.id()));
        assertEquals(new Deleted(), follow(ada, token), "and the link is still valid for its own user");
    }

    @Test
    void linkExpiresAfter24Hours() {
        Person ada = Person.signedUp();
        sendLink(ada);

        assertEquals(1, Sql.count("""
                        select count(*) from mailed_links where user_id = ?
                        and expires_at between now() + interval '23 hours' and now() + interval '24 hours'""", ada.id()));
    }

    @Test
    void sendsNoLinkToDisabledUser() {
        Person ada = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        assertEquals(new UserGone(), request(ada));
    }

    @Test
    void reportsTooManyRequestsForLinks() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 5; i++) {
            assertEquals(new Accepted(), request(ada));
        }
        assertInstanceOf(Refusals.RateLimited.class, request(ada));
    }

    @Override
    String sendLink(Person user) {
        assertEquals(new Accepted(), request(user));
        ReceivedEmail email = mail.awaitEmailTo(user.email());
        assertEquals("Delete your account", email.subject());
        return email.token();
    }

    @Override
    AccountDeletion.LinkOutcome follow(Person user, String token) {
        return deletion.deleteByLink(token, id(user), newClient());
    }

    @Override
    void assertUsed(Person user) {
        assertEquals(0, Sql.count("select count(*) from users where id = ?", user.id()));
    }

    @Override
    void assertNotUsed(Person user, String token) {
        assertEquals(1, Sql.count("select count(*) from users where id = ?", user.id()));
    }

    private EmailRequestOutcome request(Person user) {
        return deletion.requestLink(id(user), EmailLinkContract.LINK, newClient());
    }
}
