package dev.latchkey.mail;

import io.quarkus.runtime.LaunchMode;
import java.time.Clock;
import java.util.Optional;

/** Chooses how letters leave: by the mail server, in development without one by the log, else not at all. */
final class MailTransports {

    private MailTransports() {}

    static Optional<MailTransport> of(MailConfig config, Clock clock, LaunchMode mode) {
        if (config.host().isPresent()) {
            return Optional.of(new SmtpMailTransport(config, clock));
        }
        return mode == LaunchMode.DEVELOPMENT ? Optional.of(new LoggingMailTransport()) : Optional.empty();
    }
}
