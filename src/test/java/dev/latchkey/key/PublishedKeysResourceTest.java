package dev.latchkey.key;

import static io.restassured.RestAssured.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.audit.AuditLog;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.TestSubjects;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.junit.jupiter.api.Test;

/** FR-011: a key pair that is created once, stored encrypted and published. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class PublishedKeysResourceTest {

    @Inject
    AccessTokens accessTokens;

    @Inject
    SigningKeyRepository rows;

    @Inject
    Secrets secrets;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    @Inject
    SigningKeys serving;

    // A replica that is configured for another algorithm publishes a key for it and signs with the old one meanwhile.
    @Test
    void makesOneNextKeyOfAnotherAlgorithmHoweverManyReplicasAreConfiguredForIt() {
        try {
            List<Keyring> rings = Together.times(4, i -> stored("ES256").load());

            for (Keyring ring : rings) {
                StoredKey signing = ring.signing(ring.readAt()).orElseThrow();
                assertEquals("EdDSA", signing.algorithm());
                StoredKey waiting = ring.pending(ring.readAt()).orElseThrow();
                assertEquals("ES256", waiting.algorithm());
                assertTrue(ring.inForce(waiting, ring.readAt()));
                assertEquals(
                        1,
                        Sql.count(
                                "select count(*) from audit_events where type = 'key_rotation'"
                                        + " and details ->> 'key_id' = ? and details ->> 'by' = 'service'",
                                waiting.id().value()));
            }
            assertEquals(1, Sql.count("select count(*) from signing_keys where algorithm = 'ES256'"));
        } finally {
            Sql.update("delete from signing_keys where algorithm = 'ES256'");
            // So that the service does not publish it any more when the next test begins.
            serving.changed();
        }
    }

    // FR-025: the database alone signs nothing.
    @Test
    void storesNoPrivateKeyThatCanBeRead() {
        for (String row : Sql.column("select encode(private_sealed, 'hex') from signing_keys")) {
            byte[] encrypted = HexFormat.of().parseHex(row);
            assertThrows(
                    Exception.class,
                    () -> KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encrypted)));
            // What every PKCS #8 encoding of an Ed25519 key begins with.
            assertFalse(row.contains("302e020100300506032b657004220420"));
        }
        assertEquals(0, Sql.count("select count(*) from signing_keys where public_jwk like '%\"d\"%'"));
    }

    @Test
    void opensNoKeyWithAnotherMasterSecret() {
        KeyPairs other = new KeyPairs(
                rows,
                TestKeys.secrets("another master secret of enough bytes"),
                audit,
                TestKeys.Settings.algorithm("ES256"),
                clock);
        long before = Sql.count("select count(*) from signing_keys");
        Keyring ring = other.load();
        StoredKey signing = ring.signing(ring.readAt()).orElseThrow();
        assertNull(signing.opened().signs());
        // Security: only what the secret opens proves that a row is ours.
        assertNull(signing.opened().verifies());
        SigningKeys keys = new SigningKeys(() -> ring, List.of(), clock);
        assertThrows(SigningKeys.UnavailableException.class, keys::published, "no empty set that clients would keep");
        assertEquals(before, Sql.count("select count(*) from signing_keys"), "no second key is made behind its back");
    }

    @Test
    void publishesOnlyPublicMembersAndTheSameAtBothPlaces() {
        Response api = get("/api/auth/jwks");
        Response wellKnown = get("/.well-known/jwks.json");
        api.then().statusCode(200).contentType("application/json");
        wellKnown.then().statusCode(200).contentType("application/json");
        assertEquals(api.asString(), wellKnown.asString());
        assertEquals(api.header("Cache-Control"), wellKnown.header("Cache-Control"));
        List<Map<String, String>> keys = api.path("keys");
        assertFalse(keys.isEmpty());
        for (Map<String, String> key : keys) {
            for (String secret : List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k")) {
                assertFalse(key.containsKey(secret), secret);
            }
            assertEquals("sig", key.get("use"));
            assertNotNull(key.get("kid"));
            assertNotNull(
                    Algorithm.named(Objects.requireNonNull(key.get("alg"))).orElse(null));
        }
    }

    // SC-003, and "standard JWT": any backend's library accepts our tokens with nothing but the published keys.
    @Test
    void isEnoughForAStockVerifier() throws Exception {
        String token = mint();
        JwtClaims claims = stockVerifier().processToClaims(token);
        assertEquals("user-1", claims.getSubject());
        String altered = token.substring(0, token.lastIndexOf('.') + 5)
                + (token.charAt(token.lastIndexOf('.') + 5) == 'A' ? 'B' : 'A')
                + token.substring(token.lastIndexOf('.') + 6);
        assertThrows(InvalidJwtException.class, () -> stockVerifier().processToClaims(altered));
    }

    private String mint() {
        return accessTokens
                .mint(TestSubjects.until(Instant.now().plus(Duration.ofDays(1))))
                .value();
    }

    private static JwtConsumer stockVerifier() throws Exception {
        JsonWebKeySet published = new JsonWebKeySet(get("/api/auth/jwks").asString());
        return new JwtConsumerBuilder()
                .setVerificationKeyResolver(new JwksVerificationKeyResolver(published.getJsonWebKeys()))
                .setJwsAlgorithmConstraints(new AlgorithmConstraints(ConstraintType.PERMIT, "EdDSA"))
                .setExpectedIssuer("http://localhost:8080")
                .setExpectedAudience("http://localhost:8080")
                .setExpectedType(true, "at+jwt")
                .setRequireExpirationTime()
                .setRequireSubject()
                .build();
    }

    private KeyPairs stored(String algorithm) {
        return new KeyPairs(rows, secrets, audit, TestKeys.Settings.algorithm(algorithm), clock);
    }
}
