package dev.latchkey.mail;

import org.jboss.logging.Logger;

/** Writes letters to the log, so that a developer needs no mail server. Never in production: the links are secrets. */
final class LoggingMailTransport implements MailTransport {

    private static final Logger LOG = Logger.getLogger(LoggingMailTransport.class);

    @Override
    public void deliver(OutgoingEmail letter) {
        LOG.infof(
                "Mail for development, to %s: %s%n%n%s",
                letter.to().canonical(), letter.letter().subject(), EmailTemplates.plain(letter.letter()));
    }
}
