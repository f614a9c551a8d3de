package dev.latchkey.account;

/** Has an account another address? */
public sealed interface EmailChangeResult {

    record Changed(Profile profile) implements EmailChangeResult {}

    /** Somebody else has it. */
    record EmailTaken() implements EmailChangeResult {}

    /** The account is no more, or disabled. */
    record Gone() implements EmailChangeResult {}
}
