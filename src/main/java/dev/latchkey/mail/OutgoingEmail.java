package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;

/** A letter and whom it goes to. */
public record OutgoingEmail(EmailAddress to, EmailMessage letter) {

    // Security: neither an address nor a link belongs into a log.
    @Override
    public String toString() {
        return "Addressed[hidden]";
    }
}
