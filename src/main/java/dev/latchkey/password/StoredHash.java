package dev.latchkey.password;

import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A stored hash in one of the supported formats: ours, or one of another system. */
sealed interface StoredHash permits Argon2, Bcrypt, Pbkdf2, Scrypt {

    /** The maximum memory of one hash, ours or imported. */
    int MAXIMUM_MEMORY_KIB = 256 * 1024;

    /** Returns whether this is a hash of the password. */
    boolean matches(Password password);

    /** Returns the memory that computing the hash takes. */
    int memoryKib();

    /** Returns the time that computing the hash takes on one core of a slow server, as it follows from the parameters. */
    Duration estimatedTime();

    /** Returns whether the hash is of another format than new ones, or weaker. */
    boolean isOutdated(Argon2Parameters current);

    /**
     * Returns whether a password that matches this hash may be another than the one that was hashed.
     *
     * <p>Security: a new hash of it would lock out the user, who types the one that was hashed.
     */
    boolean mayMatchAnother(Password password);

    /** Parses a hash; empty if it is of no known format, or its costs or sizes are out of bounds. */
    static Optional<StoredHash> parse(String encoded) {
        return Stream.<Function<String, Optional<? extends StoredHash>>>of(
                        Argon2::parse, Bcrypt::parse, Pbkdf2::parse, Scrypt::parse)
                .flatMap(format -> format.apply(encoded).stream())
                .map(StoredHash.class::cast)
                .findFirst();
    }

    /** Decodes base64 without padding; empty for what no encoder writes: another length, or stray last bits. */
    static Optional<byte[]> decodeBase64(String text) {
        if (text.length() % 4 == 1) {
            return Optional.empty();
        }
        byte[] bytes = Base64.getDecoder().decode(text);
        return encodeBase64(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    }

    /** Encodes bytes in base64 without padding. */
    static String encodeBase64(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }
}
