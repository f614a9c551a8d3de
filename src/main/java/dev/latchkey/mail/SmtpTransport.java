package dev.latchkey.mail;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.mail.EmailTemplates.Rendered;
import dev.latchkey.mail.MailTransport.DeliveryException.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.SMTPException;
import io.vertx.ext.mail.StartTLSOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Delivers e-mails to the configured mail server, with the mail client of the Quarkus mailer.
 *
 * <p>The client is built here, from our settings, and not by {@code quarkus.mailer.*}: those have no timeouts, so that a mail
 * server which hangs would keep its connections until none is left in the pool; they cannot express that one setting means
 * STARTTLS, TLS or neither; and they read the password once. Each e-mail has a client and a connection of its own: there are
 * few, and a changed password or trust file is used from the next one on.
 */
final class SmtpTransport implements MailTransport {

    /** RFC 2047: an encoded word has 75 characters at most; in base64 it holds 45 bytes. */
    private static final int ENCODED_WORD_BYTES = 45;

    /** RFC 3463, behind the code of a response. */
    private static final Pattern ENHANCED_STATUS = Pattern.compile("^\\d{3}[ -]([245]\\.\\d{1,3}\\.\\d{1,3})(?=\\s|$)");

    /** RFC 4954, to any command. */
    private static final int AUTHENTICATION_REQUIRED = 530;

    private final MailConfig config;
    private final EmailTemplates templates;
    private final Vertx vertx;

    SmtpTransport(MailConfig config, EmailTemplates templates, Vertx vertx) {
        this.config = config;
        this.templates = templates;
        this.vertx = vertx;
    }

    @Override
    public void deliver(OutgoingEmail email) throws DeliveryException {
        if (!isAscii(email.to().canonical())) {
            // The client has no SMTPUTF8 (RFC 6531); without it such an address must not be sent.
            throw new DeliveryException("an address beyond ASCII cannot be sent to", Kind.PERMANENT);
        }
        EmailAddress from =
                from(config).orElseThrow(() -> new IllegalArgumentException("LATCHKEY_MAIL_FROM is no e-mail address"));
        MailMessage message = message(email, from);
        MailClient client = MailClient.create(vertx, options(from));
        try {
            client.sendMail(message)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(config.attemptTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new DeliveryException("the mail server took too long", Kind.TEMPORARY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException("interrupted by the end of the process", Kind.TEMPORARY);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            client.close();
        }
    }

    private io.vertx.ext.mail.MailConfig options(EmailAddress from) {
        int timeout = milliseconds(config.timeout());
        io.vertx.ext.mail.MailConfig options = new io.vertx.ext.mail.MailConfig()
                .setHostname(config.host().orElseThrow())
                .setPort(config.port())
                // For EHLO and the Message-ID: the name of this machine stays private.
                .setOwnHostname(domain(from))
                .setUserAgent("latchkey")
                .setKeepAlive(false)
                .setMaxPoolSize(1)
                .setConnectTimeout(timeout)
                .setIdleTimeout(timeout)
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setSsl(config.security() == MailConfig.Security.TLS)
                // Security: a server that does not offer STARTTLS, or an attacker who took the offer out, gets nothing
                // more.
                .setStarttls(
                        config.security() == MailConfig.Security.STARTTLS
                                ? StartTLSOptions.REQUIRED
                                : StartTLSOptions.DISABLED)
                // Security: the verification of the host name is not set here. The client switches it on where it is
                // unset (and off where it is set, in 4.5.27); without it a certificate for any name would do.
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
                .setLogin(LoginOption.DISABLED);
        config.trustFile()
                .ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
        config.username()
                .ifPresent(username -> options.setLogin(LoginOption.REQUIRED)
                        .setAuthMethods("PLAIN LOGIN")
                        .setUsername(username)
                        .setPassword(password(config).orElse("")));
        return options;
    }

    /** Security: a header holds a subject of one line, an address, which has no blank and no line break, or an encoded name. */
    private MailMessage message(OutgoingEmail email, EmailAddress from) {
        Rendered rendered = templates.render(email.message());
        MailMessage message = new MailMessage()
                .setFrom(from.canonical())
                .setTo(email.to().canonical())
                .setSubject(rendered.subject())
                .setText(rendered.text())
                // No automatic replies to it (RFC 3834).
                .addHeader("Auto-Submitted", "auto-generated");
        if (rendered.html() != null) {
            message.setHtml(rendered.html());
        }
        config.fromName().ifPresent(name -> message.addHeader("From", phrase(name) + " <" + from.canonical() + ">"));
        return message;
    }

    /**
     * Returns the reason why an e-mail was not accepted.
     *
     * <p>Security: without what the server said, which likes to repeat the address, and without messages of other exceptions.
     */
    private static DeliveryException failure(@Nullable Throwable cause) {
        return switch (cause) {
            case SMTPException refused -> {
                // The client's own words stand before the colon.
                String words = String.valueOf(refused.getMessage()).split(":", 2)[0];
                Matcher status = ENHANCED_STATUS.matcher(String.valueOf(refused.getReplyMessage()));
                yield new DeliveryException(
                        words + " (" + refused.getReplyCode() + (status.find() ? " " + status.group(1) : "") + ")",
                        refused.isPermanent() ? kind(words, refused.getReplyCode()) : Kind.TEMPORARY);
            }
            case UnknownHostException ignored ->
                new DeliveryException("the mail server's name is not known", Kind.TEMPORARY);
            case ConnectException ignored ->
                new DeliveryException("the mail server cannot be connected to", Kind.TEMPORARY);
            case SSLException ignored -> new DeliveryException("no TLS with the mail server", Kind.TEMPORARY);
            case IOException ignored ->
                new DeliveryException("the connection to the mail server was closed", Kind.TEMPORARY);
            case null, default -> new DeliveryException("the mail server does not do what is needed", Kind.TEMPORARY);
        };
    }

    /**
     * Returns what a code of 500 or more means. A recipient or a message that is refused would be refused again. Where the
     * password or the sender is refused, so is every e-mail until an operator acts, and none of them is lost by it; trying a
     * password again and again locks accounts. A greeting, EHLO or STARTTLS that is refused may do the next time.
     */
    private static Kind kind(String words, int code) {
        if (code == AUTHENTICATION_REQUIRED || words.startsWith("AUTH") || words.startsWith("sender address")) {
            return Kind.OF_SERVER;
        }
        return words.startsWith("recipient address") || words.startsWith("DATA") || words.startsWith("sending data")
                ? Kind.PERMANENT
                : Kind.TEMPORARY;
    }

    /** Returns a name as encoded words (RFC 2047), which have no characters that mean something in a header. */
    static String phrase(String name) {
        StringBuilder words = new StringBuilder();
        StringBuilder word = new StringBuilder();
        int bytes = 0;
        for (int point : name.codePoints().toArray()) {
            String character = Character.toString(point);
            int size = character.getBytes(StandardCharsets.UTF_8).length;
            if (bytes + size > ENCODED_WORD_BYTES) {
                words.append(encodedWord(word)).append("\r\n ");
                word.setLength(0);
                bytes = 0;
            }
            word.append(character);
            bytes += size;
        }
        return words.append(encodedWord(word)).toString();
    }

    private static String encodedWord(StringBuilder word) {
        return "=?utf-8?B?" + Base64.getEncoder().encodeToString(word.toString().getBytes(StandardCharsets.UTF_8))
                + "?=";
    }

    /** Returns the address that e-mails come from, if it is set and valid. */
    static Optional<EmailAddress> from(MailConfig config) {
        return config.from()
                .flatMap(text -> EmailAddress.parse(text) instanceof EmailAddress.Parsed.Valid valid
                        ? Optional.of(valid.address())
                        : Optional.empty());
    }

    /**
     * Returns the password for the mail server, from the setting or the file.
     *
     * @throws UncheckedIOException if the file cannot be read
     */
    static Optional<String> password(MailConfig config) {
        return config.password()
                .or(() -> config.passwordFile().map(file -> {
                    try {
                        // Editors and "echo" end a file with a line break that is not part of the password.
                        return Files.readString(file).strip();
                    } catch (IOException unreadable) {
                        throw new UncheckedIOException(unreadable);
                    }
                }));
    }

    /** Returns the name for EHLO: the name of this machine stays private. */
    static String ownName(MailConfig config) {
        return from(config).map(SmtpTransport::domain).orElse("localhost");
    }

    private static String domain(EmailAddress address) {
        return address.canonical().substring(address.canonical().indexOf('@') + 1);
    }

    static boolean isAscii(String text) {
        return text.chars().allMatch(character -> character < 0x80);
    }

    private static int milliseconds(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }
}
