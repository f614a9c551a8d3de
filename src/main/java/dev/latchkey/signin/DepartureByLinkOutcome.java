package dev.latchkey.signin;

/** Is the account deleted, whose user followed a link? */
public sealed interface DepartureByLinkOutcome {

    record Departed() implements DepartureByLinkOutcome {}

    /** The link counts for nothing, or not for whoever is signed in. */
    record UnknownLink() implements DepartureByLinkOutcome {}

    /** The account is no more. */
    record Gone() implements DepartureByLinkOutcome {}
}
