package dev.latchkey.key;

import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.key.StoredKey.UsableKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.lang.JoseException;

/** Keys in force without a database. */
public final class TestKeys {

    public static final String MASTER = "a master secret of 32 bytes or so, for tests";

    private static final Instant BEGINNING = Instant.parse("2000-01-01T00:00:00Z");
    private static final Duration FOR_EVER = Duration.ofDays(1000 * 365);

    private TestKeys() {}

    /** A new key pair for each algorithm; the first one signs, all verify. */
    public static SigningKeys pairs(Algorithm signing, Algorithm... others) {
        KeyPairStore store = store(MASTER);
        List<StoredKey> ring = new ArrayList<>();
        for (Algorithm other : others) {
            ring.add(opened(store, row(store, other, BEGINNING.minusSeconds(1))));
        }
        ring.add(opened(store, row(store, signing, BEGINNING)));
        return holding(ring);
    }

    /** A key pair that verifies and cannot be opened to sign. */
    public static SigningKeys encryptedUnderAnotherSecret(Algorithm algorithm) {
        SigningKeyEntity row = row(store("another " + MASTER), algorithm, BEGINNING);
        return holding(List.of(opened(store(MASTER), row)));
    }

    /** Shared secrets; the first one signs. */
    public static SigningKeys shared(String... secrets) {
        return new SigningKeys(
                () -> {
                    throw new AssertionError("nothing is read");
                },
                Arrays.stream(secrets).map(TestKeys::hmac).toList(),
                Clock.systemUTC());
    }

    /** As at a start without a database. */
    public static SigningKeys unread() {
        return new SigningKeys(
                () -> {
                    throw new IllegalStateException("the database is away");
                },
                List.of(),
                Clock.systemUTC());
    }

    /** The key pairs of one place verify in another, as on two replicas. */
    public static SigningKeys verifyingAlso(SigningKeys one, SigningKeys other) {
        List<StoredKey> ring = new ArrayList<>();
        for (SigningKeys keys : List.of(other, one)) {
            for (Map<String, Object> jwk : keys.published()) {
                KeyId id = new KeyId((String) jwk.get("kid"));
                Algorithm algorithm = Algorithm.named((String) jwk.get("alg")).orElseThrow();
                VerificationKey verifies =
                        keys.candidates(algorithm, id.value()).getFirst();
                boolean signs = keys == one && id.equals(one.current().id());
                UsableKey opened = new UsableKey(verifies, jwk, signs ? one.current() : null, null);
                ring.add(ringKey(id, algorithm, signs ? BEGINNING : BEGINNING.minusSeconds(1), opened));
            }
        }
        return holding(ring);
    }

    static KeyPairStore store(String master) {
        return new KeyPairStore(new KeyEncryption(secrets(master).deriveAll("signing-keys")));
    }

    static SigningKeyEntity row(KeyPairStore store, Algorithm algorithm, Instant signsFrom) {
        try {
            SigningKeyEntity row = store.create(algorithm);
            row.createdAt = signsFrom;
            row.signsFrom = signsFrom;
            return row;
        } catch (GeneralSecurityException | JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    static StoredKey opened(KeyPairStore store, SigningKeyEntity row) {
        return new StoredKey(
                new KeyId(row.id), row.algorithm, row.createdAt, row.signsFrom, row.retiredAt, store.open(row));
    }

    private static StoredKey ringKey(KeyId id, Algorithm algorithm, Instant signsFrom, UsableKey opened) {
        return new StoredKey(id, algorithm.jose(), signsFrom, signsFrom, null, opened);
    }

    private static SigningKeys holding(List<StoredKey> keys) {
        Instant now = Clock.systemUTC().instant();
        Keyring ring = new Keyring(keys, FOR_EVER, now, now);
        SigningKeys held = new SigningKeys(() -> ring, List.of(), Clock.systemUTC());
        held.reread();
        return held;
    }

    public static Secrets secrets() {
        return secrets(MASTER);
    }

    public static Secrets secrets(String master) {
        return new Secrets(Settings.secret(master));
    }

    /** As on a replica during the rotation of the master secret. */
    public static Secrets secrets(String master, String previous) {
        return new Secrets(Settings.secret(master).previousSecret(previous));
    }

    private static SecretKey hmac(String secret) {
        return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    record Settings(
            Optional<String> secret,
            Optional<Path> secretFile,
            Optional<String> secretPrevious,
            Optional<String> jwtSecret,
            Optional<Path> jwtSecretFile,
            Optional<String> jwtSecretPrevious,
            Optional<Path> jwtSecretPreviousFile,
            String algorithm,
            Optional<Duration> rotation,
            Duration publishAhead,
            Duration overlap)
            implements KeyConfig {

        @Override
        public Optional<Path> secretPreviousFile() {
            return Optional.empty();
        }

        @Override
        public Optional<String> betterAuthSecret() {
            return Optional.empty();
        }

        @Override
        public Optional<Path> betterAuthSecretFile() {
            return Optional.empty();
        }

        static Settings secret(String master) {
            return new Settings(
                    Optional.of(master),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "EdDSA",
                    Optional.empty(),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(20));
        }

        Settings previousSecret(String previous) {
            return new Settings(
                    secret,
                    secretFile,
                    Optional.of(previous),
                    jwtSecret,
                    jwtSecretFile,
                    jwtSecretPrevious,
                    jwtSecretPreviousFile,
                    algorithm,
                    rotation,
                    publishAhead,
                    overlap);
        }

        Settings shared(String present, String previous) {
            return new Settings(
                    secret,
                    secretFile,
                    secretPrevious,
                    Optional.of(present).filter(text -> !text.isEmpty()),
                    jwtSecretFile,
                    Optional.of(previous).filter(text -> !text.isEmpty()),
                    jwtSecretPreviousFile,
                    algorithm,
                    rotation,
                    publishAhead,
                    overlap);
        }

        static Settings algorithm(String algorithm) {
            return life(algorithm, Optional.empty(), Duration.ofMinutes(10), Duration.ofMinutes(20));
        }

        static Settings life(String algorithm, Optional<Duration> rotation, Duration publishAhead, Duration overlap) {
            return new Settings(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    algorithm,
                    rotation,
                    publishAhead,
                    overlap);
        }
    }
}
