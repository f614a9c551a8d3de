package dev.latchkey.selfservice;

import java.time.Duration;

/** The result of a request for an e-mail with a link. */
public sealed interface EmailRequestOutcome extends EmailChange.RequestOutcome
        permits EmailRequestOutcome.Anonymous, EmailRequestOutcome.NotNeeded, Refusals.RateLimited, Refusals.UserGone {

    /** The result for a caller who is not signed in; it reveals nothing of any account. */
    sealed interface Anonymous extends EmailRequestOutcome {}

    /** The request was accepted; whether there is an e-mail to send is not revealed. */
    record Accepted() implements Anonymous {}

    /** No mail server is configured, so that there are no e-mail links. */
    record MailNotConfigured() implements Anonymous {}

    /** Too many e-mails wait for the mail server, to any address; this one was not queued. */
    record QueueFull(Duration retryAfter) implements Anonymous {}

    /** There is nothing to do: the address is verified already, or is the account's own. */
    record NotNeeded() implements EmailRequestOutcome {}
}
