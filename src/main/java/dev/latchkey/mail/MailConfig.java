package dev.latchkey.mail;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The mail server by which e-mails are sent. */
@ConfigMapping(prefix = "latchkey.mail")
public interface MailConfig {

    /** Host name of the mail server ({@code LATCHKEY_MAIL_HOST}); empty: no e-mail is sent, and what needs e-mail is off. */
    @WithDefault("${LATCHKEY_MAIL_HOST:}")
    Optional<String> host();

    /** Port for submission ({@code LATCHKEY_MAIL_PORT}); with {@code tls} usually 465. */
    @WithDefault("${LATCHKEY_MAIL_PORT:587}")
    int port();

    /** How the connection is protected ({@code LATCHKEY_MAIL_SECURITY}). */
    @WithDefault("${LATCHKEY_MAIL_SECURITY:starttls}")
    Security security();

    /** User name for the mail server ({@code LATCHKEY_MAIL_USERNAME}); empty: no authentication. */
    @WithDefault("${LATCHKEY_MAIL_USERNAME:}")
    Optional<String> username();

    /** Password for the mail server ({@code LATCHKEY_MAIL_PASSWORD}). */
    @WithDefault("${LATCHKEY_MAIL_PASSWORD:}")
    Optional<String> password();

    /** File that holds the password ({@code LATCHKEY_MAIL_PASSWORD_FILE}); read anew for each e-mail. */
    @WithDefault("${LATCHKEY_MAIL_PASSWORD_FILE:}")
    Optional<Path> passwordFile();

    /** Address that e-mails come from ({@code LATCHKEY_MAIL_FROM}). */
    @WithDefault("${LATCHKEY_MAIL_FROM:}")
    Optional<String> from();

    /** Name shown beside that address ({@code LATCHKEY_MAIL_FROM_NAME}). */
    @WithDefault("${LATCHKEY_MAIL_FROM_NAME:}")
    Optional<String> fromName();

    /** Certificates in PEM form that the mail server's is verified against; empty: those that Java trusts. */
    @WithDefault("${LATCHKEY_MAIL_TRUST_FILE:}")
    Optional<Path> trustFile();

    /** Directory of templates that are used in place of ours ({@code LATCHKEY_MAIL_TEMPLATES}); empty: none. */
    @WithDefault("${LATCHKEY_MAIL_TEMPLATES:}")
    Optional<Path> templates();

    /** How long to wait for the connection, and for each response of the mail server. */
    @WithDefault("10s")
    Duration timeout();

    /** How long one attempt to send an e-mail may take in all; some servers delay their greeting, to put off senders of spam. */
    @WithDefault("1m")
    Duration attemptTimeout();

    /** Pause before the second attempt to send an e-mail; each further pause is twice as long, up to the maximum. */
    @WithDefault("5s")
    Duration pause();

    /** The longest pause between two attempts to send an e-mail. */
    @WithDefault("10m")
    Duration maxPause();

    /** The age at which an e-mail that could not be sent is given up. */
    @WithDefault("2d")
    Duration giveUpAfter();

    /** How often each replica looks for e-mails that others have queued or could not send; its own it sends at once. */
    @WithDefault("5s")
    Duration poll();

    /**
     * How many e-mails may wait in the database for further ones to be accepted on request; beyond that they are counted and
     * not sent. Notices, and what else belongs to a change, are accepted up to twice as many.
     */
    @WithDefault("10000")
    int queue();

    /** How many e-mails each replica sends at the same time. */
    @WithDefault("4")
    int workers();

    /** Messages that users get without having asked for them, so that they learn of what others do to their account. */
    Notices notices();

    /** Which notices are sent. */
    interface Notices {

        /** Whether users are notified when a device signs in that was not known. */
        @WithDefault("true")
        boolean newDevice();

        /** Whether users are notified when their password was changed or reset. */
        @WithDefault("true")
        boolean passwordChanged();

        /** Whether the former address is notified of a change of address, with the link that undoes it. */
        @WithDefault("true")
        boolean emailChanged();
    }

    /** How a connection to the mail server is protected; with TLS its certificate is verified. */
    enum Security {
        /** Starts in clear text and must be upgraded to TLS before anything is sent. */
        STARTTLS,
        /** TLS from the first byte. */
        TLS,
        /** None; for a mail server on this machine. */
        NONE
    }
}
