package dev.latchkey.mail;

import java.io.IOException;

/** The way that letters leave by. */
interface MailTransport {

    /**
     * Hands a letter over, which may take its time.
     *
     * @throws MailRejectedException when trying again would change nothing
     * @throws IOException when it might
     */
    void deliver(OutgoingEmail letter) throws IOException;
}
