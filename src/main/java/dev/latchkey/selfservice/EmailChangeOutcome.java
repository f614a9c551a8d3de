package dev.latchkey.selfservice;

import dev.latchkey.account.Profile;

/** Has an account its new address? */
public sealed interface EmailChangeOutcome {

    record Changed(Profile profile) implements EmailChangeOutcome {}

    /** Somebody else is signed in where the link was opened; it still counts. */
    record OtherUser() implements EmailChangeOutcome {}

    /** Somebody else has got the address meanwhile. */
    record EmailTaken() implements EmailChangeOutcome {}

    /** The link counted once, and its time is over. */
    record Expired() implements EmailChangeOutcome {}

    /** Nobody made the link, it is used, or its account is gone or has another address than when it was made. */
    record UnknownLink() implements EmailChangeOutcome {}
}
