package dev.latchkey.mail;

import java.io.IOException;

/** The way that letters leave by. */
interface Delivery {

    /**
     * Hands a letter over, which may take its time.
     *
     * @throws RefusedLetterException when trying again would change nothing
     * @throws IOException when it might
     */
    void deliver(Addressed letter) throws IOException;
}
