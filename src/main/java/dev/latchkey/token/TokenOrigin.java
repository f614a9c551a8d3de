package dev.latchkey.token;

/**
 * Who issued a token.
 *
 * @param name what the settings call the issuer; {@code latchkey} for ourselves
 * @param sharesUsers whether its user ids are ours: only then a token of another issuer says anything about a user here
 */
public record TokenOrigin(String name, boolean ours, boolean sharesUsers) {

    /** What we call ourselves. */
    public static final String OURS = "latchkey";

    public static TokenOrigin ourselves() {
        return new TokenOrigin(OURS, true, true);
    }
}
