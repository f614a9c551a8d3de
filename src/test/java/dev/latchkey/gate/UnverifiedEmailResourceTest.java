package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code latchkey.gate.send-unverified-email}: backends get addresses that nobody has verified, and are told so. */
@QuarkusTest
@TestProfile(UnverifiedEmailResourceTest.WithUnverifiedEmail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class UnverifiedEmailResourceTest {

    public static class WithUnverifiedEmail implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.gate.send-unverified-email", "true",
                    "latchkey.http.trusted-proxies", "127.0.0.1,::1",
                    "latchkey.gate.rules[0].path", "/api/{user_id}/**",
                    "latchkey.gate.rules[0].allow", "owner",
                    "latchkey.gate.rules[1].path", "/open",
                    "latchkey.gate.rules[1].allow", "public");
        }
    }

    @Test
    void namesTheAddressAndThatItIsNotVerified() throws IOException {
        Person ada = Person.signedUp();

        RawResponse unverified = ask("/api/" + ada.id() + "/tasks", ada.accessToken());
        assertEquals(200, unverified.status());
        assertEquals(ada.email(), unverified.header("X-Auth-Email"));
        assertEquals("false", unverified.header("X-Auth-Email-Verified"));

        Sql.update("update users set email_verified = true where id = ?", ada.id());
        RawResponse verified =
                ask("/api/" + ada.id() + "/tasks", ada.signedInAgain().accessToken());
        assertEquals(ada.email(), verified.header("X-Auth-Email"));
        assertEquals("true", verified.header("X-Auth-Email-Verified"));
    }

    @Test
    void namesNoAddressWhereThereIsNoUser() throws IOException {
        RawResponse anonymous = ask("/open", "x.y.z");
        assertEquals(200, anonymous.status());
        assertEquals(List.of(""), anonymous.headers().get("x-auth-email"));
        assertEquals(List.of(""), anonymous.headers().get("x-auth-email-verified"));
    }

    private static RawResponse ask(String target, String token) throws IOException {
        return RawResponse.to(
                "GET",
                "/api/auth/verify",
                List.of("X-Original-Method: GET", "X-Original-URI: " + target, "Authorization: Bearer " + token),
                new byte[0]);
    }
}
