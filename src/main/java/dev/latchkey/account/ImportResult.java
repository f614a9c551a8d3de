package dev.latchkey.account;

/** What became of a newcomer. */
public sealed interface ImportResult {

    /** They are a user now. */
    record Imported(AccountId id) implements ImportResult {}

    /** They were one before: the same id with the same address, or, for somebody without an id, the address. */
    record AlreadyExists(AccountId id) implements ImportResult {}

    /** There is a user of that id, and they have another address here. */
    record IdTaken(AccountId id) implements ImportResult {}

    /** Their address is another user's. */
    record EmailTaken(AccountId holder) implements ImportResult {}

    /** Their account was deleted here, and stays so. */
    record DeletedEarlier(AccountId id) implements ImportResult {}
}
