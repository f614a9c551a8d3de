package dev.latchkey.mail;

import java.io.IOException;

/** The mail server cannot be talked to now. Its message holds no address, password or link. */
final class MailServerException extends IOException {

    private static final long serialVersionUID = 1L;

    MailServerException(String message) {
        super(message);
    }
}
