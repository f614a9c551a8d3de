package dev.latchkey.account;

/** Has an account another address? */
public sealed interface AddressChange {

    record Changed(Profile profile) implements AddressChange {}

    /** Somebody else has it. */
    record AddressTaken() implements AddressChange {}

    /** The account is no more, or disabled. */
    record Gone() implements AddressChange {}
}
