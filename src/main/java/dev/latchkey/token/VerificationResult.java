package dev.latchkey.token;

/** The result of verifying a token. */
public sealed interface VerificationResult {

    record Accepted(VerifiedToken token) implements VerificationResult {}

    record Refused(Reason reason) implements VerificationResult {}

    /** The reasons why a token is invalid, in the order of verification. Their words go to the audit record and the log, never to the client. */
    enum Reason {
        MALFORMED("not a compact JWS as we write them"),
        FOREIGN_HEADER("a header that our tokens do not have"),
        UNKNOWN_ALGORITHM("an algorithm that is not in force"),
        UNKNOWN_KEY("a key that is not ours"),
        BAD_SIGNATURE("the signature does not fit"),
        MALFORMED_CLAIMS("its claims are no JSON object whose members are named once each"),
        NO_USER("it names no usable user"),
        BAD_CLAIMS("a claim is missing or of the wrong type"),
        FOREIGN_ISSUER("another issuer"),
        FOREIGN_AUDIENCE("another audience"),
        NOT_YET_VALID("it is not valid yet"),
        EXPIRED("it has expired"),
        REVOKED("it was revoked, or its user is disabled");

        private final String words;

        Reason(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }
}
