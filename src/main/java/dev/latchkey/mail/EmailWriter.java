package dev.latchkey.mail;

import java.util.Optional;
import java.util.Set;

/** Writes e-mails of some kinds when they are about to be sent; for those whose content is a secret that no table may hold. */
public interface EmailWriter {

    /** Returns the kinds of e-mails that it writes. */
    Set<String> kinds();

    /**
     * Writes an e-mail, in transactions of its own; empty if there is nothing to send, or no account to send it to.
     *
     * <p>Each attempt to send an e-mail writes it anew. What it changes has to be the same after two calls as after one: the
     * mail server may have accepted it before without this service having noticed.
     */
    Optional<OutgoingEmail> write(QueuedEmail email);
}
