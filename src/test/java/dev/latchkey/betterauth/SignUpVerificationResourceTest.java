package dev.latchkey.betterauth;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
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
import org.junit.jupiter.api.Test;

/** Where an address has to be verified, a sign-up does not reveal whether it is taken, and stands whatever becomes of the e-mail. */
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
    @Test
    void queuesTheSameRowForATakenAndAFreeAddress() {
        String taken = newAddress();
        String free = newAddress();
        signUp(taken, WithMail.newClientAddress()).then().statusCode(200);
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
            signUp(taken, client).then().statusCode(200);
            signUp(free, client).then().statusCode(200);

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

    @Test
    void sendsALinkToTheNewUser() {
        try (MailSink mail = MailSink.ofService()) {
            mail.behave(Behaviour.ACCEPTS);
            String address = newAddress();

            signUp(address, WithMail.newClientAddress()).then().statusCode(200);

            mail.awaitEmailTo(address);
        }
    }

    @Test
    void standsWhenTheEmailCannotBeQueued() {
        String address = newAddress();
        Sql.update("alter table outgoing_emails add constraint none check (kind = '') not valid");
        try {
            signUp(address, WithMail.newClientAddress()).then().statusCode(200);
        } finally {
            Sql.update("alter table outgoing_emails drop constraint none");
        }

        assertEquals(1, Sql.count("select count(*) from users where email = ?", address));
    }

    private static Response signUp(String address, String client) {
        return given().contentType(ContentType.JSON)
                .header("X-Forwarded-For", client)
                .body(Map.of("name", "Ada", "email", address, "password", Person.PASSWORD))
                .post("/api/auth/sign-up/email");
    }

    private static String newAddress() {
        return UUID.randomUUID() + "@example.com";
    }
}
