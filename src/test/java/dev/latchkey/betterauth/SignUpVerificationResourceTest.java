package dev.latchkey.betterauth;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.MailSink.Behaviour;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where an address has to be verified, a sign-up by either interface queues its e-mail with the account, and does not reveal whether the address is taken. */
@QuarkusTest
@TestProfile(SignUpVerificationResourceTest.WithVerifiedEmail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class SignUpVerificationResourceTest {

    public static class WithVerifiedEmail extends WithMail {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
            settings.put("latchkey.signin.require-verified-email", "true");
            return settings;
        }
    }

    // FR-007: no row, or another one, would show in the time of the response.
    @ParameterizedTest
    @EnumSource
    void queuesTheSameRowForATakenAndAFreeAddress(Interface sign) {
        String taken = newAddress();
        String free = newAddress();
        sign.up(taken, WithMail.newClientAddress()).then().statusCode(sign.created);
        String client = WithMail.newClientAddress();
        Sql.update("create table queued_copy as table outgoing_emails with no data");
        Sql.update("""
                create function copy_queued() returns trigger language plpgsql as $$
                begin
                    insert into public.queued_copy select new.*;
                    return null;
                end
                $$""");
        Sql.update("create trigger copied after insert on outgoing_emails for each row execute function copy_queued()");
        try {
            sign.up(taken, client).then().statusCode(sign.created);
            sign.up(free, client).then().statusCode(sign.created);

            assertEquals(
                    List.of(free, taken).stream().sorted().toList(),
                    Sql.column("select recipient from queued_copy order by recipient"));
            assertEquals(1, Sql.count("""
                    select count(distinct row(kind, user_id, locale, details, requested, attempts,
                        next_attempt_at - created_at, claimed_until)::text) from queued_copy"""));
        } finally {
            Sql.update("drop trigger copied on outgoing_emails");
            Sql.update("drop function copy_queued");
            Sql.update("drop table queued_copy");
        }
    }

    @ParameterizedTest
    @EnumSource
    void sendsALinkToTheNewUser(Interface sign) {
        try (MailSink mail = MailSink.ofService()) {
            mail.behave(Behaviour.ACCEPTS);
            String address = newAddress();

            sign.up(address, WithMail.newClientAddress()).then().statusCode(sign.created);

            given().post("/links/" + mail.awaitEmailTo(address).token()).then().statusCode(200);
            Person.signIn(address, Person.PASSWORD).then().statusCode(200);
        }
    }

    // A process that was killed between the two would leave an account whose user waits for the link.
    @ParameterizedTest
    @EnumSource
    void createsNoAccountWithoutItsEmail(Interface sign) {
        String address = newAddress();
        Sql.update("alter table outgoing_emails add constraint none check (kind = '') not valid");
        try {
            int status = sign.up(address, WithMail.newClientAddress()).statusCode();
            assertTrue(status >= 500, () -> "status " + status);
        } finally {
            Sql.update("alter table outgoing_emails drop constraint none");
        }

        assertEquals(0, Sql.count("select count(*) from users where email = ?", address));
        sign.up(address, WithMail.newClientAddress()).then().statusCode(sign.created);
        assertEquals(1, Sql.count("select count(*) from users where email = ?", address));
    }

    // Too many e-mails to an address are no reason to refuse the account; the response is the same.
    @ParameterizedTest
    @EnumSource
    void standsWhenTooManyEmailsWereRequested(Interface sign) {
        String address = newAddress();
        String client = WithMail.newClientAddress();
        Sql.update("""
                insert into throttle_buckets (id, taken_at, expires_at)
                values (?, array(select now() from generate_series(1, 5)), now() + interval '1 hour')""", "mail:email_verification:" + address);

        sign.up(address, client).then().statusCode(sign.created);

        assertEquals(1, Sql.count("select count(*) from users where email = ?", address));
        assertEquals(0, Sql.count("select count(*) from outgoing_emails where recipient = ?", address));
        Eventually.holds("that is in the audit log", () -> Sql.count("""
                        select count(*) from audit_events where type = 'email_verification_link'
                        and details ->> 'reason' = 'throttled' and ip = ?""", client) == 1);
    }

    enum Interface {
        JSON_API("/api/auth/signup", 201),
        BETTER_AUTH("/api/auth/sign-up/email", 200);

        private final String path;
        private final int created;

        Interface(String path, int created) {
            this.path = path;
            this.created = created;
        }

        Response up(String address, String client) {
            return given().contentType(ContentType.JSON)
                    .header("X-Forwarded-For", client)
                    .body(Map.of("name", "Ada", "email", address, "password", Person.PASSWORD))
                    .post(path);
        }
    }

    private static String newAddress() {
        return UUID.randomUUID() + "@example.com";
    }
}
