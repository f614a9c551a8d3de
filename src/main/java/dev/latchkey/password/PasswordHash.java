package dev.latchkey.password;

import java.util.Optional;

/**
 * The stored hash of a password; it cannot be printed by accident.
 *
 * @param encoded the hash with its parameters and salt, as a PHC string or in the format of another system
 */
public record PasswordHash(String encoded) {

    /**
     * Returns a hash of another system, to be replaced when its user next signs in; empty if its format is unknown, or its
     * costs or sizes are out of bounds.
     */
    public static Optional<PasswordHash> ofOtherSystem(String encoded) {
        return StoredHash.parse(encoded).map(_ -> new PasswordHash(encoded));
    }

    @Override
    public String toString() {
        return "[password hash]";
    }
}
