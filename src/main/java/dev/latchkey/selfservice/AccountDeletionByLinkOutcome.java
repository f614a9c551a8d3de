package dev.latchkey.selfservice;

/** Is the account deleted, whose user followed a link? */
public sealed interface AccountDeletionByLinkOutcome {

    record Deleted() implements AccountDeletionByLinkOutcome {}

    /** The link counts for nothing, or not for whoever is signed in. */
    record UnknownLink() implements AccountDeletionByLinkOutcome {}

    /** The account is no more. */
    record Gone() implements AccountDeletionByLinkOutcome {}
}
