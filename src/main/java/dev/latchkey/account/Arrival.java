package dev.latchkey.account;

/** What became of a newcomer. */
public sealed interface Arrival {

    /** They are a user now. */
    record Arrived(AccountId id) implements Arrival {}

    /** They were one before: the same id with the same address, or, for somebody without an id, the address. */
    record ThereAlready(AccountId id) implements Arrival {}

    /** There is a user of that id, and they have another address here. */
    record IdTaken(AccountId id) implements Arrival {}

    /** Their address is another user's. */
    record AddressTaken(AccountId holder) implements Arrival {}

    /** Their account was deleted here, and stays so. */
    record DeletedHere(AccountId id) implements Arrival {}
}
