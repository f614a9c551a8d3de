package dev.latchkey.key;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.TestSubjects;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.json.JsonUtil;
import org.junit.jupiter.api.Test;

/** FR-011: HS256 when a shared secret is configured. */
@QuarkusTest
@TestProfile(SharedSecretResourceTest.SharedSecret.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class SharedSecretResourceTest {

    // 48 bytes, two of them in one character.
    private static final String SECRET = "a shared secret of 48 bytes, one letter is an \u00e9";

    public static final class SharedSecret implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("LATCHKEY_JWT_SECRET", SECRET);
        }
    }

    @Inject
    AccessTokens accessTokens;

    @Test
    void publishesNoKey() {
        for (String path : List.of("/api/auth/jwks", "/.well-known/jwks.json")) {
            assertEquals(Map.of("keys", List.of()), get(path).as(Map.class));
        }
    }

    @Test
    void metadataNamesNoKeys() {
        get("/.well-known/oauth-authorization-server")
                .then()
                .statusCode(200)
                .body("$", not(hasKey("jwks_uri")))
                .body("access_token_signing_alg_values_supported", equalTo(List.of("HS256")));
    }

    // Any backend that has the secret verifies with an HMAC and nothing else.
    @Test
    void signsWithTheUtf8BytesOfTheSecret() throws Exception {
        String token = mint(accessTokens);
        String[] parts = token.split("\\.");
        assertEquals(
                Map.of("alg", "HS256", "typ", "at+jwt"),
                JsonUtil.parseJson(new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8)));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertArrayEquals(
                mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII)),
                Base64.getUrlDecoder().decode(parts[2]));
    }

    // What every backend with the secret can decode without naming an audience.
    @Test
    void tokensHaveNoAudience() {
        Person ada = Person.signedUp();
        String payload =
                new String(Base64.getUrlDecoder().decode(ada.accessToken().split("\\.")[1]), StandardCharsets.UTF_8);
        assertFalse(payload.contains("\"aud\""), payload);
        ada.bearing().get("/api/auth/session").then().statusCode(200).body("user_id", equalTo(ada.id()));
    }

    @Test
    void acceptsItsOwnTokensAndRefusesAlteredOnes() {
        String token = mint(accessTokens);
        given().header("Authorization", "Bearer " + token)
                .get("/api/auth/session")
                .then()
                .statusCode(200);
        String[] parts = token.split("\\.");
        String reversed = new StringBuilder(parts[2]).reverse().toString();
        given().header("Authorization", "Bearer " + parts[0] + "." + parts[1] + "." + reversed)
                .get("/api/auth/session")
                .then()
                .statusCode(401);
    }

    private static String mint(AccessTokens accessTokens) {
        return accessTokens
                .mint(TestSubjects.withRoles(TestSubjects.until(Instant.now().plus(Duration.ofDays(1))), "user"))
                .value();
    }
}
