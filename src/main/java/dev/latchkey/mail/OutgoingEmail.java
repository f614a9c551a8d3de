package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;

/** A message and its recipient. */
public record OutgoingEmail(EmailAddress to, EmailMessage message) {

    // Security: neither an address nor a link belongs into a log.
    @Override
    public String toString() {
        return "OutgoingEmail[hidden]";
    }
}
