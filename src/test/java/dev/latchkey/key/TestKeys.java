package dev.latchkey.key;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
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

    private TestKeys() {}

    /** A new key pair for each algorithm; the first one signs, all verify. */
    public static SigningKeys pairs(Algorithm signing, Algorithm... others) {
        KeySeal seal = new KeySeal(secrets().derive("signing-keys"));
        try {
            List<SigningKeyEntity> rows = new ArrayList<>();
            rows.add(new SealedKeys(seal, signing).create());
            for (Algorithm other : others) {
                rows.add(new SealedKeys(seal, other).create());
            }
            Keyring ring = new SealedKeys(seal, signing).keyring(rows);
            SigningKeys keys = new SigningKeys(() -> ring, List.of(), Clock.systemUTC());
            keys.current();
            return keys;
        } catch (GeneralSecurityException | JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key pair that verifies and cannot be opened to sign. */
    public static SigningKeys sealedUnderAnotherSecret(Algorithm algorithm) {
        try {
            SigningKeyEntity row = new SealedKeys(new KeySeal(new byte[32]), algorithm).create();
            Keyring ring =
                    new SealedKeys(new KeySeal(secrets().derive("signing-keys")), algorithm).keyring(List.of(row));
            SigningKeys keys = new SigningKeys(() -> ring, List.of(), Clock.systemUTC());
            keys.reread();
            return keys;
        } catch (GeneralSecurityException | JoseException e) {
            throw new IllegalStateException(e);
        }
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
        List<VerificationKey> verifying = new ArrayList<>();
        List<Map<String, Object>> published = new ArrayList<>();
        for (SigningKeys keys : List.of(one, other)) {
            for (Algorithm algorithm : Algorithm.values()) {
                keys.published().stream()
                        .map(jwk -> (String) jwk.get("kid"))
                        .flatMap(id -> keys.candidates(algorithm, id).stream())
                        .forEach(verifying::add);
            }
            published.addAll(keys.published());
        }
        Keyring ring = new Keyring(one.current(), List.copyOf(verifying), List.copyOf(published));
        SigningKeys both = new SigningKeys(() -> ring, List.of(), Clock.systemUTC());
        both.current();
        return both;
    }

    public static Secrets secrets() {
        return secrets(MASTER);
    }

    public static Secrets secrets(String master) {
        return new Secrets(Settings.secret(master));
    }

    private static SecretKey hmac(String secret) {
        return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    record Settings(
            Optional<String> secret,
            Optional<Path> secretFile,
            Optional<String> jwtSecret,
            Optional<Path> jwtSecretFile,
            Optional<String> jwtSecretPrevious,
            Optional<Path> jwtSecretPreviousFile,
            String algorithm)
            implements KeyConfig {

        static Settings secret(String master) {
            return new Settings(
                    Optional.of(master),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "EdDSA");
        }

        Settings shared(String present, String previous) {
            return new Settings(
                    secret,
                    secretFile,
                    Optional.of(present).filter(text -> !text.isEmpty()),
                    jwtSecretFile,
                    Optional.of(previous).filter(text -> !text.isEmpty()),
                    jwtSecretPreviousFile,
                    algorithm);
        }
    }
}
