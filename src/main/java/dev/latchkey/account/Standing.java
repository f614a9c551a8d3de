package dev.latchkey.account;

/** May this user come in, now that the password was right? */
public sealed interface Standing {

    record Good(Profile profile) implements Standing {}

    record Disabled(AccountId user) implements Standing {}

    /** The account or its password is no longer what was verified. */
    record Changed() implements Standing {}
}
