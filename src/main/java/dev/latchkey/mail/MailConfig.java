package dev.latchkey.mail;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The mail server through which letters leave. */
@ConfigMapping(prefix = "latchkey.mail")
public interface MailConfig {

    /** Its name ({@code LATCHKEY_MAIL_HOST}); empty: nothing is mailed, and what needs mail is off. */
    Optional<String> host();

    /** Its port for submission ({@code LATCHKEY_MAIL_PORT}); with {@code tls} that is usually 465. */
    int port();

    /** How the connection is protected ({@code LATCHKEY_MAIL_SECURITY}). */
    Security security();

    /** Whom to sign in as ({@code LATCHKEY_MAIL_USERNAME}); empty: the server takes letters from whoever reaches it. */
    Optional<String> username();

    /** The password for that ({@code LATCHKEY_MAIL_PASSWORD}). */
    Optional<String> password();

    /** A file that holds the password ({@code LATCHKEY_MAIL_PASSWORD_FILE}). */
    Optional<Path> passwordFile();

    /** The address that letters come from ({@code LATCHKEY_MAIL_FROM}). */
    Optional<String> from();

    /** The name that stands beside it. */
    Optional<String> fromName();

    /** Certificates in PEM form that the server's must lead to; empty: those that Java knows. */
    Optional<Path> trustFile();

    /** How long to wait for the connection and for each answer of the server. */
    Duration timeout();

    /** How long one try to hand a letter over may take in all. */
    Duration patience();

    /** How often handing a letter over is tried. */
    int attempts();

    /** How long until the second try; each further pause is twice as long. */
    Duration pause();

    /** How many letters may wait; what comes on top is counted and not sent. */
    int queue();

    /** How many letters are handed over at once. */
    int workers();

    /** How a connection to the mail server is protected; with TLS its certificate is checked. */
    enum Security {
        /** It begins in clear text and must turn to TLS before anything is said. */
        STARTTLS,
        /** It is TLS from the first byte. */
        TLS,
        /** It is not; for a server on this machine. */
        NONE
    }
}
