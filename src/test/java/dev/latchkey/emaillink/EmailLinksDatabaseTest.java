package dev.latchkey.emaillink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.emaillink.EmailLink.State.Expired;
import dev.latchkey.emaillink.EmailLink.State.Unknown;
import dev.latchkey.emaillink.EmailLink.State.Used;
import dev.latchkey.emaillink.EmailLink.State.Valid;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.platform.crypto.HmacSha256;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mailed link counts once, for one purpose, for a while. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class EmailLinksDatabaseTest {

    @Inject
    EmailLinks links;

    @ParameterizedTest
    @EnumSource
    void isValidForItsPurposeOnly(EmailLink.Purpose purpose) {
        Person ada = Person.signedUp();
        String token = make(purpose, ada, "new@example.com");

        for (EmailLink.Purpose other : EmailLink.Purpose.values()) {
            if (other != purpose) {
                assertEquals(new Unknown(), links.check(other, token));
                assertEquals(new Unknown(), redeem(other, token));
            }
        }
        EmailLink link = new EmailLink(
                new AccountId(ada.id()),
                new EmailAddress(ada.email()),
                new EmailAddress("new@example.com"),
                true,
                "/on");
        assertEquals(Optional.of(new EmailLink.Found(purpose, new Valid(link))), links.find(token));
        assertEquals(new Valid(link), links.check(purpose, token));
        assertEquals(new Valid(link), links.check(purpose, token), "looking changes nothing");
        assertEquals(new Valid(link), redeem(purpose, token));
        assertEquals(new Used(link), links.check(purpose, token));
        assertEquals(new Used(link), redeem(purpose, token));
    }

    @Test
    void targetIsOptional() {
        String token = make(EmailLink.Purpose.PASSWORD_RESET, Person.signedUp(), null);

        assertNull(assertInstanceOf(Valid.class, links.check(EmailLink.Purpose.PASSWORD_RESET, token))
                .link()
                .target());
    }

    @Test
    void isRedeemedOnceOfSixAtOnce() {
        String token = make(EmailLink.Purpose.PASSWORD_RESET, Person.signedUp(), null);

        List<EmailLink.State> states = Together.times(6, i -> redeem(EmailLink.Purpose.PASSWORD_RESET, token));

        assertEquals(1, states.stream().filter(Valid.class::isInstance).count());
        assertEquals(5, states.stream().filter(Used.class::isInstance).count());
    }

    @Test
    void staysValidWhenTheTransactionRollsBack() {
        String token = make(EmailLink.Purpose.PASSWORD_RESET, Person.signedUp(), null);

        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    links.redeem(EmailLink.Purpose.PASSWORD_RESET, token);
                    throw new IllegalStateException("rolled back");
                }));

        assertInstanceOf(Valid.class, redeem(EmailLink.Purpose.PASSWORD_RESET, token));
    }

    @Test
    void isReportedExpiredForADayAndThenDeleted() {
        String late = make(EmailLink.Purpose.EMAIL_VERIFICATION, Person.signedUp(), null);
        String used = make(EmailLink.Purpose.EMAIL_VERIFICATION, Person.signedUp(), null);
        redeem(EmailLink.Purpose.EMAIL_VERIFICATION, used);
        expired("interval '1 second'", late, used);

        for (String token : List.of(late, used)) {
            assertInstanceOf(Expired.class, links.check(EmailLink.Purpose.EMAIL_VERIFICATION, token));
            assertInstanceOf(Expired.class, redeem(EmailLink.Purpose.EMAIL_VERIFICATION, token));
        }
        expired("interval '23 hours'", late);
        prune();
        assertInstanceOf(Expired.class, links.check(EmailLink.Purpose.EMAIL_VERIFICATION, late));
        expired("interval '25 hours'", late);
        prune();
        assertEquals(new Unknown(), links.check(EmailLink.Purpose.EMAIL_VERIFICATION, late));
    }

    @Test
    void deletesNoValidLinks() {
        String token = make(EmailLink.Purpose.ACCOUNT_DELETION, Person.signedUp(), null);
        prune();

        assertInstanceOf(Valid.class, links.check(EmailLink.Purpose.ACCOUNT_DELETION, token));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "00000000000000000000000000000000",
                "0000000000000000000000000000000",
                "000000000000000000000000000000000",
                "0000000000000000000000000000000\n",
                "0000000000000000000000000000000\0",
                "000000000000000000000000000000é",
                "' or '1'='1",
                "٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠٠"
            })
    void knowsNothingThatItDidNotMake(String invented) {
        assertEquals(new Unknown(), links.check(EmailLink.Purpose.PASSWORD_RESET, invented));
        assertEquals(new Unknown(), redeem(EmailLink.Purpose.PASSWORD_RESET, invented));
    }

    @Test
    void isCaseSensitive() {
        String token = make(EmailLink.Purpose.PASSWORD_RESET, Person.signedUp(), null);
        char first = token.charAt(0);
        String altered = (Character.isLowerCase(first) ? Character.toUpperCase(first) : first == 'x' ? 'y' : 'x')
                + token.substring(1);

        assertEquals(new Unknown(), redeem(EmailLink.Purpose.PASSWORD_RESET, altered));
    }

    @Test
    void findsTheLinkOfAnEmailByThePreviousMasterSecret() {
        Person ada = Person.signedUp();
        UUID email = UUID.randomUUID();
        HmacSha256 former = new HmacSha256(new HmacSha256(WithMail.PREVIOUS_SECRET.getBytes(StandardCharsets.UTF_8))
                .of("latchkey/v1/email-links"));
        EmailLinkToken token = EmailLinkToken.derive(former, email);
        make(EmailLink.Purpose.PASSWORD_RESET, ada, null);
        assertInstanceOf(EmailLinks.OfEmail.Missing.class, links.ofEmail(email, EmailLink.Purpose.PASSWORD_RESET));
        Sql.update("update mailed_links set id = ? where user_id = ?", token.hash(), ada.id());

        EmailLinks.OfEmail.Unused found = assertInstanceOf(
                EmailLinks.OfEmail.Unused.class, links.ofEmail(email, EmailLink.Purpose.PASSWORD_RESET));
        assertEquals(token.text(), found.token().text());
        assertInstanceOf(Valid.class, redeem(EmailLink.Purpose.PASSWORD_RESET, token.text()));
        assertInstanceOf(
                EmailLinks.OfEmail.Used.class, links.ofEmail(email, EmailLink.Purpose.PASSWORD_RESET), "it was used");
    }

    // An attacker who reads the database can follow none.
    @Test
    void isStoredAsItsHash() {
        Person ada = Person.signedUp();
        String token = make(EmailLink.Purpose.PASSWORD_RESET, ada, null);

        List<String> rows = Sql.column("select mailed_links::text from mailed_links where user_id = ?", ada.id());
        assertEquals(1, rows.size());
        assertFalse(rows.getFirst().contains(token));
        String hash = Sql.column("select id from mailed_links where user_id = ?", ada.id())
                .getFirst();
        assertTrue(hash.matches("[0-9a-f]{64}"));
        assertEquals(new Unknown(), redeem(EmailLink.Purpose.PASSWORD_RESET, hash));
        assertEquals(new Unknown(), redeem(EmailLink.Purpose.PASSWORD_RESET, hash.substring(0, 32)));
    }

    @Test
    void isUnique() {
        Person ada = Person.signedUp();
        Set<String> tokens = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            tokens.add(make(EmailLink.Purpose.PASSWORD_RESET, ada, null));
        }

        assertEquals(20, tokens.size());
        assertTrue(tokens.stream().allMatch(token -> token.matches("[A-Za-z0-9]{32}")));
    }

    @Test
    void keepsTheFiveNewest() {
        Person ada = Person.signedUp();
        String verification = make(EmailLink.Purpose.EMAIL_VERIFICATION, ada, null);
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < EmailLinks.MAX_VALID + 2; i++) {
            tokens.add(make(EmailLink.Purpose.PASSWORD_RESET, ada, null));
        }

        for (int i = 0; i < tokens.size(); i++) {
            assertEquals(
                    i >= 2, links.check(EmailLink.Purpose.PASSWORD_RESET, tokens.get(i)) instanceof Valid, "link " + i);
        }
        assertInstanceOf(Valid.class, links.check(EmailLink.Purpose.EMAIL_VERIFICATION, verification));
    }

    // Security: a thief who changes the address again and again must not push out the link by which its user undoes
    // that.
    @Test
    void keepsEveryLinkThatUndoesAChange() {
        Person ada = Person.signedUp();
        String first = make(EmailLink.Purpose.EMAIL_CHANGE_UNDO, ada, ada.email());
        for (int i = 0; i < EmailLinks.MAX_VALID + 2; i++) {
            make(EmailLink.Purpose.EMAIL_CHANGE_UNDO, ada, "stolen@example.com");
        }

        assertInstanceOf(Valid.class, links.check(EmailLink.Purpose.EMAIL_CHANGE_UNDO, first));
    }

    @Test
    void findsNoLinkThatIsUnknown() {
        for (String token : List.of("", "x", "0".repeat(32), "' or '1'='1")) {
            assertEquals(Optional.empty(), links.find(token));
        }
    }

    @Test
    void isWithdrawnForOnePurpose() {
        Person ada = Person.signedUp();
        String reset = make(EmailLink.Purpose.PASSWORD_RESET, ada, null);
        String verification = make(EmailLink.Purpose.EMAIL_VERIFICATION, ada, null);
        String ofSomebodyElse = make(EmailLink.Purpose.PASSWORD_RESET, Person.signedUp(), null);

        QuarkusTransaction.requiringNew()
                .run(() -> links.withdraw(EmailLink.Purpose.PASSWORD_RESET, new AccountId(ada.id())));

        assertEquals(new Unknown(), redeem(EmailLink.Purpose.PASSWORD_RESET, reset));
        assertInstanceOf(Valid.class, redeem(EmailLink.Purpose.EMAIL_VERIFICATION, verification));
        assertInstanceOf(Valid.class, redeem(EmailLink.Purpose.PASSWORD_RESET, ofSomebodyElse));
    }

    @Test
    void isDeletedWithItsAccount() {
        Person ada = Person.signedUp();
        String token = make(EmailLink.Purpose.PASSWORD_RESET, ada, null);
        Sql.update("delete from users where id = ?", ada.id());

        assertEquals(new Unknown(), links.check(EmailLink.Purpose.PASSWORD_RESET, token));
    }

    @Test
    void isNotPrinted() {
        EmailLinkToken token =
                EmailLinkToken.parse("k3vJ9qXw2LmT8sRb5NfY7cPd4HgZ6aQe").orElseThrow();

        assertEquals("EmailLinkToken[hidden]", token.toString());
    }

    private String make(EmailLink.Purpose purpose, Person person, @Nullable String target) {
        return QuarkusTransaction.requiringNew()
                .call(() -> links.create(
                                UUID.randomUUID(),
                                purpose,
                                new EmailLink(
                                        new AccountId(person.id()),
                                        new EmailAddress(person.email()),
                                        target == null ? null : new EmailAddress(target),
                                        true,
                                        "/on"))
                        .text());
    }

    private EmailLink.State redeem(EmailLink.Purpose purpose, String token) {
        return QuarkusTransaction.requiringNew().call(() -> links.redeem(purpose, token));
    }

    private void prune() {
        QuarkusTransaction.requiringNew().run(() -> links.deleteExpired(100_000));
    }

    private static void expired(String since, String... tokens) {
        for (String token : tokens) {
            Sql.update(
                    "update mailed_links set expires_at = now() - " + since + " where id = ?",
                    EmailLinkToken.parse(token).orElseThrow().hash());
        }
    }
}
