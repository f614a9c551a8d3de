package dev.latchkey.key;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** The configured secrets: the master secret, from which keys for one purpose each are derived, and the shared ones. */
@ApplicationScoped
public class Secrets {

    /** RFC 7518 section 3.2: a key for HS256 has the size of its output at least. */
    public static final int MINIMUM_BYTES = 32;

    private final Optional<SecretKeySpec> master;
    private final List<SecretKey> shared;

    Secrets(KeyConfig config) {
        this.master = read("LATCHKEY_SECRET", config.secret(), config.secretFile())
                .map(bytes -> new SecretKeySpec(bytes, "HmacSHA256"));
        List<SecretKey> found = new ArrayList<>();
        read("LATCHKEY_JWT_SECRET", config.jwtSecret(), config.jwtSecretFile())
                .ifPresent(bytes -> found.add(new SecretKeySpec(bytes, "HmacSHA256")));
        if (!found.isEmpty()) {
            read("LATCHKEY_JWT_SECRET_PREVIOUS", config.jwtSecretPrevious(), config.jwtSecretPreviousFile())
                    .ifPresent(bytes -> found.add(new SecretKeySpec(bytes, "HmacSHA256")));
        }
        this.shared = List.copyOf(found);
    }

    /** A key of 32 bytes for one purpose: what leaks of it says nothing of the master secret or another purpose. */
    public byte[] derive(String purpose) {
        SecretKeySpec secret = master.orElseThrow(() ->
                new IllegalStateException("LATCHKEY_SECRET is not set: it signs cookies and encrypts stored keys"));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            return mac.doFinal(("latchkey/v1/" + purpose).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has HmacSHA256", impossible);
        }
    }

    /** The shared secrets for HS256, the one that signs first; empty when tokens are signed with a key pair. */
    List<SecretKey> shared() {
        return shared;
    }

    /**
     * The bytes of a secret, if it is configured.
     *
     * @throws IllegalArgumentException naming the setting, if it is too short or its file cannot be read
     */
    public static Optional<byte[]> read(String name, Optional<String> value, Optional<Path> file) {
        if (value.isPresent() && file.isPresent()) {
            throw new IllegalArgumentException(name + " and " + name + "_FILE are both set: keep one of them");
        }
        Optional<byte[]> secret = value.map(text -> text.getBytes(StandardCharsets.UTF_8))
                .or(() -> file.map(path -> contents(name, path)));
        secret.ifPresent(bytes -> {
            if (bytes.length < MINIMUM_BYTES) {
                throw new IllegalArgumentException(
                        "%s has %d bytes and needs %d at least, for example: openssl rand -base64 33"
                                .formatted(name, bytes.length, MINIMUM_BYTES));
            }
        });
        return secret;
    }

    private static byte[] contents(String name, Path path) {
        try {
            // Editors and "echo" end a file with a line break that nobody means.
            return Files.readString(path).stripTrailing().getBytes(StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "%s_FILE names %s, which cannot be read: %s".formatted(name, path, unreadable.getMessage()),
                    unreadable);
        }
    }
}
