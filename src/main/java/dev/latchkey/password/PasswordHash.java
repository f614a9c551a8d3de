package dev.latchkey.password;

/**
 * A password's hash as it is stored; it cannot be printed by accident.
 *
 * @param encoded the hash with its parameters and salt, in the PHC string format
 */
public record PasswordHash(String encoded) {

    @Override
    public String toString() {
        return "[password hash]";
    }
}
