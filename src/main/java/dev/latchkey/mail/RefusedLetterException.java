package dev.latchkey.mail;

import java.io.IOException;

/** The mail server will not take the letter, now or later. Its message holds no address. */
final class RefusedLetterException extends IOException {

    private static final long serialVersionUID = 1L;

    RefusedLetterException(String message) {
        super(message);
    }
}
