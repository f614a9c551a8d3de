package dev.latchkey.password;

import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A stored hash in one of the supported formats: ours, or one of another system. */
sealed interface StoredHash permits Argon2, Bcrypt, Pbkdf2, Scrypt {

    /** The most memory that one hash may take, ours or imported. */
    int MAXIMUM_MEMORY_KIB = 256 * 1024;

    boolean matches(Password password);

    /** Returns the memory that computing it takes. */
    int memoryKib();

    /** Returns whether a hash made today would have other parameters. */
    boolean isOutdated(Argon2Parameters current);

    /** Reads a hash; empty when it is of no known format, or its costs or sizes are out of bounds. */
    static Optional<StoredHash> parse(String encoded) {
        return Stream.<Function<String, Optional<? extends StoredHash>>>of(
                        Argon2::parse, Bcrypt::parse, Pbkdf2::parse, Scrypt::parse)
                .flatMap(format -> format.apply(encoded).stream())
                .map(StoredHash.class::cast)
                .findFirst();
    }

    /** Decodes base64 without padding as an encoder would have written it: other lengths and stray last bits are refused. */
    static Optional<byte[]> unpadded(String text) {
        if (text.length() % 4 == 1) {
            return Optional.empty();
        }
        byte[] bytes = Base64.getDecoder().decode(text);
        return unpadded(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
    }

    static String unpadded(byte[] bytes) {
        return Base64.getEncoder().withoutPadding().encodeToString(bytes);
    }
}
