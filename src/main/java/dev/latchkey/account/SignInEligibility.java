package dev.latchkey.account;

/** May this user come in, now that the password was right? */
public sealed interface SignInEligibility {

    record Eligible(Profile profile) implements SignInEligibility {}

    record Disabled(AccountId user) implements SignInEligibility {}

    /** The account or its password is no longer what was verified. */
    record Changed() implements SignInEligibility {}
}
