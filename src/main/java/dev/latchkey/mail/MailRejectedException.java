package dev.latchkey.mail;

import java.io.IOException;

/** The mail server will not take the letter, now or later. Its message holds no address. */
final class MailRejectedException extends IOException {

    private static final long serialVersionUID = 1L;

    MailRejectedException(String message) {
        super(message);
    }
}
