package dev.latchkey.selfservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.fixture.LogLines;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.Refusals.LinkInvalid;
import jakarta.inject.Inject;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What holds for every kind of e-mail link: it works once, for a limited time, and only for an active account with the
 * address that it was sent for.
 *
 * @param <O> the outcomes of following the link
 */
abstract class EmailLinkContract<O> {

    static final EmailLinkUrl LINK = new EmailLinkUrl("/do?token=" + EmailLinkUrl.TOKEN, null);

    @Inject
    PasswordReset reset;

    @Inject
    EmailVerification verification;

    MailSink mail;

    private final Class<? extends O> success;
    private final Class<? extends O> expired;
    private final List<Class<? extends O>> alreadyUsed;
    private final String auditType;

    /**
     * @param success the outcome of a valid link
     * @param expired the outcome of an expired link
     * @param alreadyUsed the possible outcomes of a link that was used before
     * @param auditType the type of the audit event that the use of the link writes
     */
    EmailLinkContract(
            Class<? extends O> success,
            Class<? extends O> expired,
            List<Class<? extends O>> alreadyUsed,
            String auditType) {
        this.success = success;
        this.expired = expired;
        this.alreadyUsed = alreadyUsed;
        this.auditType = auditType;
    }

    /** Requests a link of this kind and returns its token. */
    abstract String sendLink(Person user);

    /** Requests a link of another kind and returns its token. */
    String sendOtherLink(Person user) {
        reset.request(new EmailAddress(user.email()), EmailLinkContract.LINK, newClient());
        return mail.awaitEmailTo(user.email()).token();
    }

    abstract O follow(Person user, String token);

    /** Asserts that the link was used, once. */
    abstract void assertUsed(Person user);

    /** Asserts that the account is as it was before, and that the token is not valid. */
    abstract void assertNotUsed(Person user, String token);

    @BeforeEach
    void startMailServer() {
        mail = MailSink.ofService();
    }

    @AfterEach
    void stopMailServer() {
        mail.close();
    }

    @Test
    void refusesUnknownLink() {
        Person ada = Person.signedUp();

        for (String token : List.of("", "x", "0".repeat(32), "' or '1'='1", sendOtherLink(ada))) {
            assertEquals(new LinkInvalid(), follow(ada, token));
            assertNotUsed(ada, token);
        }
    }

    @Test
    void refusesExpiredLink() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);
        Sql.update("update mailed_links set expires_at = now() - interval '1 second' where user_id = ?", ada.id());

        assertInstanceOf(expired, follow(ada, token));
        assertNotUsed(ada, token);
    }

    // A link proves that its user reads the mailbox it was sent to, and no other.
    @Test
    void refusesLinkAfterTheAddressOfTheAccountChanged() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);
        String changed = newAddress();
        Sql.update("update users set email = ? where id = ?", changed, ada.id());

        assertEquals(new LinkInvalid(), follow(ada, token));
        assertNotUsed(ada.withEmail(changed), token);
    }

    @Test
    void refusesLinkOfDisabledUser() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        assertEquals(new LinkInvalid(), follow(ada, token), "disabling an account revokes its links");

        Sql.update("update users set disabled_at = null where id = ?", ada.id());
        assertEquals(new LinkInvalid(), follow(ada, token), "and enabling it again does not restore them");
        assertNotUsed(ada, token);
    }

    @Test
    void refusesLinkOfDeletedUser() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);
        Sql.update("delete from users where id = ?", ada.id());

        assertEquals(new LinkInvalid(), follow(ada, token));
    }

    @Test
    void allowsOneUseOfSixAtOnce() {
        Person ada = Person.signedUp();
        String token = sendLink(ada);

        List<O> outcomes = Together.times(6, i -> follow(ada, token));

        assertEquals(1, outcomes.stream().filter(success::isInstance).count(), outcomes::toString);
        assertTrue(
                outcomes.stream()
                        .filter(outcome -> !success.isInstance(outcome))
                        .allMatch(outcome -> alreadyUsed.stream().anyMatch(type -> type.isInstance(outcome))),
                outcomes::toString);
        assertEquals(1, events(ada.id(), auditType, "success"));
        assertUsed(ada);
    }

    @Test
    void keepsAddressAndTokenOutOfLogAndAuditLog() {
        Person ada = Person.signedUp();
        try (LogLines lines = new LogLines()) {
            String token = sendLink(ada);
            follow(ada, "0".repeat(32));
            assertInstanceOf(success, follow(ada, token));
            follow(ada, token);

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

    /** Returns a client with an address of its own, so that no two tests share a rate limit. */
    static Client newClient() {
        UUID random = UUID.randomUUID();
        return new Client(
                "2001:db8:%x:%x::1"
                        .formatted(random.getMostSignificantBits() & 0xFFFF, random.getLeastSignificantBits() & 0xFFFF),
                "test");
    }

    static String newAddress() {
        return "new-" + UUID.randomUUID() + "@example.com";
    }

    static AccountId id(Person user) {
        return new AccountId(user.id());
    }

    /** Counts a user's audit events of a type and outcome. */
    static long events(String user, String type, String outcome) {
        return Sql.count(
                "select count(*) from audit_events where user_id = ? and type = ? and outcome = ?",
                user,
                type,
                outcome);
    }
}
