package dev.latchkey.password;

import java.util.Optional;

/**
 * A password's hash as it is stored; it cannot be printed by accident.
 *
 * @param encoded the hash with its parameters and salt, in the PHC string format, or as another system has left it
 */
public record PasswordHash(String encoded) {

    /**
     * Returns a hash that another system made, to be verified as it is until its user signs in; empty when its format is
     * unknown, or its costs or sizes are out of bounds.
     */
    public static Optional<PasswordHash> foreign(String encoded) {
        return StoredHash.parse(encoded).map(_ -> new PasswordHash(encoded));
    }

    @Override
    public String toString() {
        return "[password hash]";
    }
}
