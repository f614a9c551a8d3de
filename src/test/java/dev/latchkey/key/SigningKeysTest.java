package dev.latchkey.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {

    // FR-011, FR-016: what is published is the public half, bound to one algorithm, under its RFC 7638 thumbprint.
    @ParameterizedTest
    @EnumSource(names = "HS256", mode = EnumSource.Mode.EXCLUDE)
    void publishesThePublicHalfAndNothingElse(Algorithm algorithm) throws Exception {
        SigningKeys keys = TestKeys.pairs(algorithm);
        Map<String, Object> jwk = keys.published().getFirst();
        Set<String> members = switch (algorithm) {
            case EDDSA -> Set.of("kty", "crv", "x", "kid", "alg", "use");
            case ES256 -> Set.of("kty", "crv", "x", "y", "kid", "alg", "use");
            case RS256 -> Set.of("kty", "n", "e", "kid", "alg", "use");
            case HS256 -> throw new AssertionError();
        };
        assertEquals(members, jwk.keySet());
        assertEquals(algorithm.jose(), jwk.get("alg"));
        assertEquals("sig", jwk.get("use"));
        JsonWebKey read = JsonWebKey.Factory.newJwk(JsonUtil.toJson(jwk));
        assertEquals(read.calculateBase64urlEncodedThumbprint("SHA-256"), jwk.get("kid"));
        assertEquals(jwk.get("kid"), Objects.requireNonNull(keys.current().id()).value());
    }

    @ParameterizedTest
    @EnumSource(names = "HS256", mode = EnumSource.Mode.EXCLUDE)
    void offersAKeyForItsOwnAlgorithmAndIdOnly(Algorithm algorithm) {
        SigningKeys keys = TestKeys.pairs(algorithm);
        String id = Objects.requireNonNull(keys.current().id()).value();
        for (Algorithm other : Algorithm.values()) {
            assertEquals(other == algorithm ? 1 : 0, keys.candidates(other, id).size());
            assertEquals(List.of(), keys.candidates(other, null));
            assertEquals(List.of(), keys.candidates(other, id.substring(1)));
        }
    }

    @Test
    void offersSharedSecretsOnlyWithoutAnId() {
        SigningKeys keys = TestKeys.shared(TestKeys.MASTER, TestKeys.MASTER + "2");
        assertEquals(2, keys.candidates(Algorithm.HS256, null).size());
        assertEquals(List.of(), keys.candidates(Algorithm.HS256, ""));
        assertEquals(List.of(), keys.candidates(Algorithm.EDDSA, null));
        assertEquals(List.of(), keys.published());
        assertEquals(Optional.empty(), keys.trouble());
    }

    @Test
    void makesRsaKeysOfReasonableSize() {
        RSAKey key = (RSAKey) TestKeys.pairs(Algorithm.RS256).current().key();
        assertTrue(key.getModulus().compareTo(BigInteger.ONE.shiftLeft(2047)) > 0);
    }

    @Test
    void sealsThePrivateHalf() throws Exception {
        KeySeal seal = new KeySeal(TestKeys.secrets().derive("signing-keys"));
        SigningKeyEntity row = new SealedKeys(seal, Algorithm.EDDSA).create();
        assertThrows(
                Exception.class,
                () -> KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(row.privateSealed)));
        SigningKey signing = Objects.requireNonNull(
                new SealedKeys(seal, Algorithm.EDDSA).keyring(List.of(row)).signing());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign((PrivateKey) signing.key());
        byte[] signed = signature.sign();
        signature.initVerify((PublicKey) new SealedKeys(seal, Algorithm.EDDSA)
                .keyring(List.of(row))
                .verifying()
                .getFirst()
                .key());
        assertTrue(signature.verify(signed));
    }

    // LATCHKEY_SECRET was changed: the old tokens still verify, and readiness can say why nothing is signed.
    @Test
    void verifiesAndDoesNotSignWithAKeyThatItCannotOpen() {
        SigningKeys keys = TestKeys.sealedUnderAnotherSecret(Algorithm.EDDSA);
        assertEquals(1, keys.published().size());
        assertTrue(keys.trouble().orElseThrow().contains("LATCHKEY_SECRET"));
        assertThrows(KeysUnavailableException.class, keys::current);
    }

    @Test
    void signsWithTheNewestKeyOfTheConfiguredAlgorithm() throws Exception {
        KeySeal seal = new KeySeal(TestKeys.secrets().derive("signing-keys"));
        SealedKeys eddsa = new SealedKeys(seal, Algorithm.EDDSA);
        SigningKeyEntity es256 = new SealedKeys(seal, Algorithm.ES256).create();
        SigningKeyEntity newest = eddsa.create();
        SigningKeyEntity oldest = eddsa.create();
        Keyring ring = eddsa.keyring(List.of(es256, newest, oldest));
        assertEquals(
                new KeyId(newest.id), Objects.requireNonNull(ring.signing()).id());
        assertEquals(3, ring.verifying().size());
        assertEquals(3, ring.published().size());
        assertTrue(eddsa.canSign(newest));
        assertFalse(eddsa.canSign(es256));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eddsa", "HS256", "none", "PS256", "RS512"})
    void refusesAnAlgorithmThatThereIsNot(String name) {
        TestKeys.Settings settings = new TestKeys.Settings(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                name);
        assertTrue(assertThrows(ConfigurationException.class, () -> new StoredKeys(null, null, null, settings))
                .getMessage()
                .contains("latchkey.key.algorithm"));
    }

    @Test
    void printsNoKey() {
        SigningKey key = TestKeys.shared(TestKeys.MASTER).current();
        assertEquals("SigningKey[HS256 null]", key.toString());
        assertFalse(TestKeys.shared(TestKeys.MASTER)
                .candidates(Algorithm.HS256, null)
                .toString()
                .contains(TestKeys.MASTER));
    }

    // Verification goes on from memory: once read, the keys stay in force while the database is away.
    @Test
    void keepsTheKeysThatItHasWhileTheDatabaseIsAway() throws Exception {
        KeySeal seal = new KeySeal(TestKeys.secrets().derive("signing-keys"));
        SealedKeys eddsa = new SealedKeys(seal, Algorithm.EDDSA);
        Keyring ring = eddsa.keyring(List.of(eddsa.create()));
        AtomicInteger reads = new AtomicInteger();
        MovingClock clock = new MovingClock();
        SigningKeys keys = new SigningKeys(
                () -> {
                    if (reads.incrementAndGet() != 2) {
                        throw new IllegalStateException("the database is away");
                    }
                    return ring;
                },
                List.of(),
                clock);
        keys.reread();
        assertThrows(KeysUnavailableException.class, () -> keys.candidates(Algorithm.EDDSA, "any"));
        assertTrue(keys.trouble().isPresent());

        keys.reread();
        String id = Objects.requireNonNull(keys.current().id()).value();
        keys.reread();
        assertEquals(2, reads.get(), "what was just read is not read again");

        clock.now = clock.now.plus(Duration.ofMinutes(1));
        keys.reread();
        assertEquals(3, reads.get());
        assertEquals(1, keys.candidates(Algorithm.EDDSA, id).size());
        assertEquals(Optional.empty(), keys.trouble());
        assertArrayEquals(
                ring.verifying().getFirst().key().getEncoded(),
                keys.candidates(Algorithm.EDDSA, id).getFirst().key().getEncoded());
    }

    private static final class MovingClock extends Clock {

        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
