package dev.latchkey.mail;

import org.jboss.logging.Logger;

/** Writes letters to the log, so that a developer needs no mail server. Never in production: the links are secrets. */
final class LoggedDelivery implements Delivery {

    private static final Logger LOG = Logger.getLogger(LoggedDelivery.class);

    @Override
    public void deliver(Addressed letter) {
        LOG.infof(
                "Mail for development, to %s: %s%n%n%s",
                letter.to().canonical(), letter.letter().subject(), LetterText.plain(letter.letter()));
    }
}
