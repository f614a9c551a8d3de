package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** By default the gate trusts no proxy, and denies every request. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class UntrustedProxyResourceTest {

    @Test
    void deniesGateRequestsFromUntrustedAddresses() throws Exception {
        Person person = Person.signedUp();
        List<String> asked = List.of(
                "X-Original-Method: GET",
                "X-Original-URI: /",
                "X-Forwarded-For: 10.0.0.1",
                "X-Real-IP: 10.0.0.1",
                "Forwarded: for=10.0.0.1",
                "Authorization: Bearer " + person.accessToken());
        RawResponse answer = RawResponse.to("GET", "/api/auth/verify", asked, new byte[0]);
        assertEquals(403, answer.status());
        assertEquals("FORBIDDEN", answer.json().path("code").textValue());
        assertTrue(answer.json().path("message").textValue().contains("LATCHKEY_TRUSTED_PROXIES"), answer.body());
        assertEquals(
                403,
                RawResponse.to("GET", "/api/auth/verify/envoy/", asked.subList(5, 6), new byte[0])
                        .status());
    }
}
