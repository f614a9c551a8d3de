package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;
import io.quarkus.runtime.LaunchMode;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The way by which e-mails are delivered. */
@FunctionalInterface
interface MailTransport {

    /**
     * Delivers an e-mail. Blocks for as long as that takes.
     *
     * @throws DeliveryException if the mail server did not accept it
     */
    void deliver(OutgoingEmail email) throws DeliveryException;

    /** An e-mail that was not accepted. The text holds no address, password or link, and nothing that a server says. */
    final class DeliveryException extends Exception {

        private static final long serialVersionUID = 1L;

        /** Whether another attempt may succeed. */
        enum Kind {
            TEMPORARY,
            /** Another attempt would fail as well. */
            PERMANENT,
            /** The server refuses this service, whatever the e-mail. Operators have to act. */
            OF_SERVER
        }

        private final Kind kind;

        DeliveryException(String message, Kind kind) {
            super(message);
            this.kind = kind;
        }

        /** Returns whether another attempt would fail as well. */
        boolean isPermanent() {
            return kind == Kind.PERMANENT;
        }

        /** Returns whether the server refuses this service, its password or its address, and so every e-mail. */
        boolean isOfServer() {
            return kind == Kind.OF_SERVER;
        }
    }

    /** Returns the configured mail server; without one the log in development mode, and nothing otherwise. */
    static Optional<MailTransport> of(MailConfig config, EmailTemplates templates, Vertx vertx, LaunchMode mode) {
        if (config.host().isPresent()) {
            return Optional.of(new SmtpTransport(config, templates, vertx));
        }
        // Security: never in production, the links are secrets.
        return mode == LaunchMode.DEVELOPMENT
                ? Optional.of(email -> log(templates.render(email.message()), email.to()))
                : Optional.empty();
    }

    private static void log(EmailTemplates.Rendered rendered, EmailAddress to) {
        Logger.getLogger(MailTransport.class)
                .infof(
                        "E-mail in development mode, to %s: %s%n%n%s",
                        to.canonical(), rendered.subject(), rendered.text());
    }
}
