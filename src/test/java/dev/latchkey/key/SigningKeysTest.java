package dev.latchkey.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.StoredKey.UsableKey;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SigningKeysTest {

    // FR-011, FR-016: what is published is the public half, bound to one algorithm, under its RFC 7638 thumbprint.
    @ParameterizedTest
    @EnumSource(names = "HS256", mode = EnumSource.Mode.EXCLUDE)
    void publishesPublicMembersOnly(Algorithm algorithm) throws Exception {
        SigningKeys keys = TestKeys.pairs(algorithm);
        Map<String, Object> jwk = keys.published().getFirst();
        Set<String> members = switch (algorithm) {
            case EDDSA -> Set.of("kty", "crv", "x", "kid", "alg", "use");
            case ES256 -> Set.of("kty", "crv", "x", "y", "kid", "alg", "use");
            case RS256, PS256 -> Set.of("kty", "n", "e", "kid", "alg", "use");
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
    void returnsKeyForItsOwnAlgorithmAndIdOnly(Algorithm algorithm) {
        SigningKeys keys = TestKeys.pairs(algorithm);
        String id = Objects.requireNonNull(keys.current().id()).value();
        for (Algorithm other : Algorithm.values()) {
            assertEquals(other == algorithm ? 1 : 0, keys.candidates(other, id).size());
            assertEquals(List.of(), keys.candidates(other, null));
            assertEquals(List.of(), keys.candidates(other, id.substring(1)));
        }
    }

    @Test
    void returnsSharedSecretsOnlyWithoutId() {
        SigningKeys keys = TestKeys.shared(TestKeys.MASTER, TestKeys.MASTER + "2");
        assertEquals(2, keys.candidates(Algorithm.HS256, null).size());
        assertEquals(List.of(), keys.candidates(Algorithm.HS256, ""));
        assertEquals(List.of(), keys.candidates(Algorithm.EDDSA, null));
        assertEquals(List.of(), keys.published());
        assertEquals(Optional.empty(), keys.readinessProblem());
    }

    @ParameterizedTest
    @EnumSource(names = {"RS256", "PS256"})
    void makesRsaKeysOfReasonableSize(Algorithm algorithm) {
        RSAKey key = (RSAKey) TestKeys.pairs(algorithm).current().key();
        assertEquals(3072, key.getModulus().bitLength());
    }

    @Test
    void encryptsThePrivateHalf() throws Exception {
        KeyPairStore store = TestKeys.store(TestKeys.MASTER);
        SigningKeyEntity row = store.create(Algorithm.EDDSA);
        assertThrows(
                Exception.class,
                () -> KeyFactory.getInstance("Ed25519")
                        .generatePrivate(new PKCS8EncodedKeySpec(row.encryptedPrivateKey)));
        UsableKey opened = store.open(row);
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign((PrivateKey) Objects.requireNonNull(opened.signs()).key());
        byte[] signed = signature.sign();
        signature.initVerify(
                (PublicKey) Objects.requireNonNull(opened.verifies()).key());
        assertTrue(signature.verify(signed));
    }

    // RFC 8725 section 3.5: a key that was put into the table and can be broken is no key.
    @ParameterizedTest
    @CsvSource({
        "RS256, RSA, 1024",
        "PS256, RSA, 2047",
        "ES256, EC, 384",
        "ES256, EC, 521",
        "EdDSA, Ed448, 0",
        "EdDSA, EC, 256",
        "RS256, EC, 256",
        "ES256, RSA, 2048",
    })
    void usesNoKeyThatDoesNotSuitItsAlgorithm(String algorithm, String type, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
        if (bits > 0) {
            generator.initialize(bits);
        }
        Algorithm named = Algorithm.named(algorithm).orElseThrow();
        assertFalse(named.accepts(generator.generateKeyPair().getPublic()));
        assertTrue(named.accepts(named.newPair().getPublic()));
    }

    @Test
    void ignoresWeakKey() throws Exception {
        KeyPairStore store = TestKeys.store(TestKeys.MASTER);
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        SigningKeyEntity weak = TestKeys.row(store, Algorithm.RS256, Instant.EPOCH);
        weak.publicJwk = JsonWebKey.Factory.newJwk(generator.generateKeyPair().getPublic())
                .toJson();
        UsableKey opened = store.open(weak);
        assertNull(opened.verifies());
        assertNull(opened.signs());
        assertTrue(Objects.requireNonNull(opened.problem()).contains("too weak"));
    }

    // A row of a later version, say during a change back, keeps the others from nothing.
    @Test
    void ignoresKeyOfUnknownAlgorithm() {
        KeyPairStore store = TestKeys.store(TestKeys.MASTER);
        SigningKeyEntity row = TestKeys.row(store, Algorithm.EDDSA, Instant.EPOCH);
        row.algorithm = "ML-DSA-44";
        assertNull(store.open(row).verifies());
        row.algorithm = "HS256";
        assertNull(store.open(row).verifies(), "a public key is no secret");
    }

    // LATCHKEY_SECRET was changed: readiness can say why nothing is signed. Security: only what it opens proves a key
    // to be
    // ours, or an attacker who can write to the table would add a public key and sign tokens with its private half.
    @Test
    void neitherSignsNorVerifiesWithAKeyThatItCannotOpen() {
        SigningKeys keys = TestKeys.encryptedUnderAnotherSecret(Algorithm.EDDSA);
        // Not an empty set, by which clients would replace the keys of the other replicas.
        assertThrows(SigningKeys.UnavailableException.class, keys::published);
        assertTrue(keys.readinessProblem().orElseThrow().contains("LATCHKEY_SECRET"));
        assertThrows(SigningKeys.UnavailableException.class, keys::current);
    }

    // Security: a row of ours whose public half was replaced.
    @ParameterizedTest
    @EnumSource(names = {"EDDSA", "ES256", "RS256", "PS256"})
    void refusesPublicHalfOfAnotherPair(Algorithm algorithm) {
        KeyPairStore store = TestKeys.store(TestKeys.MASTER);
        SigningKeyEntity row = TestKeys.row(store, algorithm, Instant.EPOCH);
        assertNotNull(store.open(row).verifies());
        row.publicJwk = TestKeys.row(store, algorithm, Instant.EPOCH).publicJwk;
        UsableKey opened = store.open(row);
        assertNull(opened.verifies());
        assertNull(opened.signs());
        assertTrue(Objects.requireNonNull(opened.problem()).contains("does not belong"));
    }

    // Security: the private half is bound to the row's id, so that none can be copied to a row of the attacker's.
    @Test
    void refusesPublicKeyWithThePrivateHalfOfAnotherRow() {
        KeyPairStore store = TestKeys.store(TestKeys.MASTER);
        SigningKeyEntity ours = TestKeys.row(store, Algorithm.EDDSA, Instant.EPOCH);
        SigningKeyEntity added =
                TestKeys.row(TestKeys.store("another " + TestKeys.MASTER), Algorithm.EDDSA, Instant.EPOCH);
        assertNull(store.open(added).verifies());
        added.encryptedPrivateKey = ours.encryptedPrivateKey;
        assertNull(store.open(added).verifies());
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
    void keepsKeysWhileTheDatabaseIsUnavailable() {
        KeyPairStore store = TestKeys.store(TestKeys.MASTER);
        Keyring ring = new Keyring(
                List.of(TestKeys.opened(store, TestKeys.row(store, Algorithm.EDDSA, Instant.EPOCH))),
                Duration.ofMinutes(20),
                Clock.systemUTC().instant(),
                Clock.systemUTC().instant());
        AtomicInteger reads = new AtomicInteger();
        SigningKeys keys = new SigningKeys(
                () -> {
                    if (reads.incrementAndGet() != 2) {
                        throw new IllegalStateException("the database is away");
                    }
                    return ring;
                },
                List.of(),
                Clock.systemUTC());
        keys.reread();
        assertThrows(SigningKeys.UnavailableException.class, () -> keys.candidates(Algorithm.EDDSA, "any"));
        assertTrue(keys.readinessProblem().isPresent());

        keys.reread();
        String id = Objects.requireNonNull(keys.current().id()).value();
        keys.changed();
        assertEquals(3, reads.get());
        assertEquals(1, keys.candidates(Algorithm.EDDSA, id).size());
        assertEquals(Optional.empty(), keys.readinessProblem());
    }

    // A retirement must not be undone by a reading that began before it and took longer.
    @Test
    void laterReadWinsOverSlowerEarlierRead() throws Exception {
        KeyPairStore store = TestKeys.store(TestKeys.MASTER);
        SigningKeyEntity row = TestKeys.row(store, Algorithm.EDDSA, Instant.EPOCH);
        SigningKeyEntity successor = TestKeys.row(store, Algorithm.EDDSA, Instant.EPOCH.plusSeconds(1));
        Instant now = Clock.systemUTC().instant();
        Keyring before = new Keyring(List.of(TestKeys.opened(store, row)), Duration.ZERO, now, now);
        Keyring after = new Keyring(List.of(TestKeys.opened(store, successor)), Duration.ZERO, now, now);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger reads = new AtomicInteger();
        SigningKeys keys = new SigningKeys(
                () -> {
                    if (reads.incrementAndGet() > 1) {
                        return after;
                    }
                    begun.countDown();
                    try {
                        assertTrue(goOn.await(1, TimeUnit.MINUTES));
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return before;
                },
                List.of(),
                Clock.systemUTC());

        Thread slow = Thread.ofPlatform().start(keys::reread);
        assertTrue(begun.await(1, TimeUnit.MINUTES));
        keys.changed();
        goOn.countDown();
        slow.join();

        assertEquals(new KeyId(successor.id), keys.current().id());
        assertEquals(List.of(), keys.candidates(Algorithm.EDDSA, row.id));
    }
}
