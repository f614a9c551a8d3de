package dev.latchkey.token;

/**
 * The issuer of a token, as the settings name it.
 *
 * @param name what the settings call the issuer; {@code latchkey} for ourselves
 * @param sharesUsers whether its user ids are ours: only then a token of another issuer says anything about a user here
 */
public record TokenOrigin(String name, boolean ours, boolean sharesUsers) {

    /** The name of this service as an issuer. */
    public static final String OURS = "latchkey";

    public static TokenOrigin ourselves() {
        return new TokenOrigin(OURS, true, true);
    }
}
