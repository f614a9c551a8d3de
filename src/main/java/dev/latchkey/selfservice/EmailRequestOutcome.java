package dev.latchkey.selfservice;

import java.time.Duration;

/** What came of asking for a letter with a link. */
public sealed interface EmailRequestOutcome {

    /** What somebody is told who is not signed in: nothing about any account. */
    sealed interface Silent extends EmailRequestOutcome {}

    /** If somebody is to be written to, they will be; whether, is not told. */
    record Accepted() implements Silent {}

    /** No mail server is configured, so there are no such links. */
    record NoMail() implements Silent {}

    /** There is nothing to do: the address is verified already, or is the account's own. */
    record NotNeeded() implements EmailRequestOutcome {}

    record Throttled(Duration retryAfter) implements EmailRequestOutcome {}

    /** The account is no more. */
    record Gone() implements EmailRequestOutcome {}
}
