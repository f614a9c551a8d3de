package dev.latchkey.userimport;

/**
 * A warning about one user. Security: it holds no e-mail address and nothing of a password.
 *
 * @param detail what to look at or to change; may be empty
 */
public record ImportWarning(UserSource.Location location, Reason reason, String detail) {

    /** Why a user was skipped, or imported without something. */
    public enum Reason {
        BAD_LINE("the line cannot be read"),
        BAD_FIELD("a field has a value that cannot be used"),
        NO_USABLE_ID("the id cannot stand in a path"),
        ADDRESS_REFUSED("the e-mail address is refused"),
        ADDRESS_TAKEN("another user has the e-mail address"),
        ID_TAKEN("the id already exists, with another e-mail address"),
        DELETED_HERE("the account was deleted here"),
        PASSWORD_REFUSED("the password hash is of no known form, or its costs are out of bounds"),
        TEXT_REFUSED("the name or the image is too long, or has characters that are no text"),

        NAME_LEFT_OUT("the name is too long, or has characters that are no text", "without name"),
        IMAGE_LEFT_OUT("the image is too long, or has characters that are no text", "without image"),
        PASSWORD_LEFT_OUT("the password hash is of no known form, or its costs are out of bounds", "without password"),
        PASSWORD_TOO_EXPENSIVE(
                "the password hash costs more than latchkey.password.max-hash-memory or max-hash-time allow",
                "to reset the password by e-mail"),
        DISABLED("the user is banned there", "and disabled"),
        SECOND_FACTOR_LEFT_OUT(
                "the user has a second factor there, which is not asked for here", "without second factor");

        private final String sentence;
        private final String imported;

        Reason(String sentence) {
            this(sentence, "");
        }

        Reason(String sentence, String imported) {
            this.sentence = sentence;
            this.imported = imported;
        }

        /** Returns whether the user was skipped, rather than imported without a value. */
        public boolean isSkipped() {
            return imported.isEmpty();
        }

        public String sentence() {
            return sentence;
        }

        /** Says how the user was imported; empty for skipped users. */
        public String imported() {
            return imported;
        }
    }
}
