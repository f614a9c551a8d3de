package dev.latchkey.selfservice;

import dev.latchkey.account.Profile;

/** Is an address proven to be its user's? */
public sealed interface EmailVerificationOutcome {

    /** It is, from now on. */
    record Verified(Profile profile) implements EmailVerificationOutcome {}

    /** It was before: by the same link, or by another one. */
    record AlreadyVerified(Profile profile) implements EmailVerificationOutcome {}

    /** The link counted once, and its time is over. */
    record Expired() implements EmailVerificationOutcome {}

    /** Nobody made the link, or its account is gone or has another address. */
    record UnknownLink() implements EmailVerificationOutcome {}
}
