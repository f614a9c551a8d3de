package dev.latchkey.key;

import dev.latchkey.platform.crypto.HmacSha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** The configured secrets: the master secret, from which keys for one purpose each are derived, and the shared ones. */
@ApplicationScoped
public class Secrets {

    /** RFC 7518 section 3.2: a key for HS256 has the size of its output at least. */
    public static final int MINIMUM_BYTES = 32;

    /**
     * What Java reads for a byte beyond ASCII where no locale says how.
     *
     * <p>Security: the secret would silently be another one than the backends have, and a weaker one.
     */
    private static final char UNREADABLE = '\uFFFD';

    private static final String PREFIX = "latchkey/v1/";

    private final Optional<HmacSha256> master;
    private final Optional<HmacSha256> previousMaster;
    private final List<SecretKey> shared;
    private final Optional<byte[]> cookies;

    Secrets(KeyConfig config) {
        this.master =
                read("LATCHKEY_SECRET", config.secret(), config.secretFile()).map(HmacSha256::new);
        this.previousMaster = read("LATCHKEY_SECRET_PREVIOUS", config.secretPrevious(), config.secretPreviousFile())
                .map(HmacSha256::new);
        List<SecretKey> found = new ArrayList<>();
        read("LATCHKEY_JWT_SECRET", config.jwtSecret(), config.jwtSecretFile())
                .ifPresent(bytes -> found.add(new SecretKeySpec(bytes, "HmacSHA256")));
        if (!found.isEmpty()) {
            read("LATCHKEY_JWT_SECRET_PREVIOUS", config.jwtSecretPrevious(), config.jwtSecretPreviousFile())
                    .ifPresent(bytes -> found.add(new SecretKeySpec(bytes, "HmacSHA256")));
        }
        this.shared = List.copyOf(found);
        this.cookies = read("LATCHKEY_BETTER_AUTH_SECRET", config.betterAuthSecret(), config.betterAuthSecretFile());
    }

    /** Returns whether tokens are signed with a shared secret (HS256) and not with a key pair. */
    public static boolean usesSharedSecret(KeyConfig config) {
        return config.jwtSecret().isPresent() || config.jwtSecretFile().isPresent();
    }

    /** A key of 32 bytes for one purpose: what leaks of it says nothing of the master secret or another purpose. */
    public byte[] derive(String purpose) {
        HmacSha256 secret = master.orElseThrow(() ->
                new IllegalStateException("LATCHKEY_SECRET is not set: it signs cookies and encrypts stored keys"));
        return secret.of(PREFIX + purpose);
    }

    /**
     * The keys for one purpose by which something may have been made: the one of {@link #derive}, then that of the previous
     * master secret, if there is one.
     */
    public List<byte[]> deriveAll(String purpose) {
        List<byte[]> keys = new ArrayList<>(List.of(derive(purpose)));
        previousMaster.ifPresent(secret -> keys.add(secret.of(PREFIX + purpose)));
        return List.copyOf(keys);
    }

    /**
     * The keys of the cookies of the Better Auth paths, the one that signs first: the secret that was given for them, or of our
     * own.
     */
    public List<byte[]> cookieKeys() {
        return cookies.map(given -> List.of(given.clone())).orElseGet(() -> deriveAll("better-auth-cookies"));
    }

    /** The shared secrets for HS256, the one that signs first; empty when tokens are signed with a key pair. */
    List<SecretKey> shared() {
        return shared;
    }

    /**
     * The bytes of a secret, if it is configured.
     *
     * @throws IllegalArgumentException naming the setting, if there is an {@link #error}
     */
    public static Optional<byte[]> read(String name, Optional<String> value, Optional<Path> file) {
        Optional<String> error = error(value, file);
        if (error.isPresent()) {
            throw new IllegalArgumentException(name + " " + error.get());
        }
        return value.or(() -> file.map(Secrets::contents)).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the error of a configured secret, in words that never repeat it; empty if there is none. */
    public static Optional<String> error(Optional<String> value, Optional<Path> file) {
        if (value.isPresent() && file.isPresent()) {
            return Optional.of("is given twice, as a value and as a file; keep one of them");
        }
        String secret;
        try {
            secret = value.or(() -> file.map(Secrets::contents)).orElse(null);
        } catch (UncheckedIOException unreadable) {
            return Optional.of("is to be read from %s, which is no readable text file (%s)"
                    .formatted(
                            file.orElseThrow(),
                            Objects.requireNonNull(unreadable.getCause())
                                    .getClass()
                                    .getSimpleName()));
        }
        if (secret != null && secret.indexOf(UNREADABLE) >= 0) {
            return Optional.of("has characters that this process cannot read: set LANG=C.UTF-8, or use ASCII alone");
        }
        return secret == null || secret.getBytes(StandardCharsets.UTF_8).length >= MINIMUM_BYTES
                ? Optional.empty()
                : Optional.of("has fewer than " + MINIMUM_BYTES + " bytes; openssl rand -base64 48 makes a good one");
    }

    private static String contents(Path path) {
        try {
            // Editors and "echo" end a file with a line break that is not part of the secret.
            return Files.readString(path).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
