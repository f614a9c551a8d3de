package dev.latchkey.api;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the tests of routes that send and take e-mail links share: a mail server, and requests of one client. */
abstract class EmailLinkRequests {

    /** The client address of this test, so that no two tests share a rate limit. */
    final String ip = WithMail.newClientAddress();

    MailSink mail;

    @BeforeEach
    void startMailServer() {
        mail = MailSink.ofService();
    }

    @AfterEach
    void stopMailServer() {
        mail.close();
    }

    final RequestSpecification json(Map<String, Object> body) {
        return from().contentType(ContentType.JSON).body(body);
    }

    final RequestSpecification from() {
        return given().header("X-Forwarded-For", ip);
    }

    /** Asserts how many e-mails an address has got once none waits to be written or sent. */
    final void assertEmails(int count, String address) {
        Eventually.holds(
                "no e-mail to " + address + " waits",
                () -> Sql.count("select count(*) from outgoing_emails where recipient = ?", address) == 0);
        assertEquals(count, mail.emailsTo(address).size());
    }

    static void assertTokenRefused(String code, Response response) {
        assertEquals(400, response.statusCode(), response::asString);
        assertEquals("VALIDATION_FAILED", response.path("code"));
        assertEquals(List.of("token"), response.path("errors.field"));
        assertEquals(List.of(code), response.path("errors.code"));
    }

    static String newAddress() {
        return "nobody-" + UUID.randomUUID() + "@example.com";
    }
}
