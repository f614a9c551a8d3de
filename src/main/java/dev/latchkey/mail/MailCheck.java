package dev.latchkey.mail;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.IpAddresses;
import dev.latchkey.platform.http.PlainText;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks the mail settings: the mail server can be used, and no secret is sent to it in clear text. */
@Singleton
class MailCheck implements ConfigurationCheck {

    private static final int MAX_PORT = 65_535;

    /** Liveness reports a thread that shows no sign of life for two minutes; a round of ours waits for this time twice. */
    private static final Duration MAX_POLL = Duration.ofSeconds(30);

    /** Some gigabytes of rows. */
    private static final int MAX_QUEUE = 1_000_000;

    /** The character that Java reads for a byte beyond ASCII if no locale is set. */
    private static final char UNREADABLE = '\uFFFD';

    private final MailConfig mail;

    MailCheck(MailConfig mail) {
        this.mail = mail;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (mail.host().isPresent()) {
            problems.addAll(check(mail, mail.host().get()));
        } else if (mail.username().isPresent()
                || mail.password().isPresent()
                || mail.passwordFile().isPresent()) {
            problems.add(ConfigurationProblem.error(
                    "LATCHKEY_MAIL_HOST", "is missing; without it the other mail settings have no effect"));
        }
        mail.templates()
                .ifPresent(directory -> TemplateDirectory.read(directory)
                        .problems()
                        .forEach(problem ->
                                problems.add(ConfigurationProblem.error("LATCHKEY_MAIL_TEMPLATES", problem))));
        if (!mail.notices().emailChanged()) {
            problems.add(ConfigurationProblem.warning(
                    "latchkey.mail.notices.email-changed",
                    "is false: the reader of the former address does not learn of a change, and cannot undo it"));
        }
        return problems;
    }

    static List<ConfigurationProblem> check(MailConfig mail, String host) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (mail.port() < 1 || mail.port() > MAX_PORT) {
            problems.add(ConfigurationProblem.error("LATCHKEY_MAIL_PORT", "must be between 1 and " + MAX_PORT));
        }
        if (mail.from().isEmpty()) {
            problems.add(ConfigurationProblem.error(
                    "LATCHKEY_MAIL_FROM", "is missing; set it to the address that e-mails are to come from"));
        } else if (SmtpTransport.from(mail).isEmpty()) {
            problems.add(ConfigurationProblem.error(
                    "LATCHKEY_MAIL_FROM", "is no e-mail address; a name beside it goes into LATCHKEY_MAIL_FROM_NAME"));
        }
        mail.fromName()
                .filter(name -> !PlainText.isPlain(name))
                .ifPresent(name -> problems.add(
                        ConfigurationProblem.error("LATCHKEY_MAIL_FROM_NAME", "has characters that are not text")));
        problems.addAll(checkPassword(mail));
        problems.addAll(checkSecurity(mail, host));
        mail.trustFile()
                .flatMap(MailCheck::certificateError)
                .ifPresent(message -> problems.add(ConfigurationProblem.error("LATCHKEY_MAIL_TRUST_FILE", message)));
        positive(problems, "latchkey.mail.timeout", mail.timeout());
        positive(problems, "latchkey.mail.attempt-timeout", mail.attemptTimeout());
        positive(problems, "latchkey.mail.pause", mail.pause());
        positive(problems, "latchkey.mail.max-pause", mail.maxPause());
        positive(problems, "latchkey.mail.give-up-after", mail.giveUpAfter());
        positive(problems, "latchkey.mail.poll", mail.poll());
        if (mail.poll().compareTo(MAX_POLL) > 0) {
            problems.add(ConfigurationProblem.error("latchkey.mail.poll", "must be 30 seconds at most"));
        }
        if (mail.queue() < 1 || mail.queue() > MAX_QUEUE) {
            problems.add(ConfigurationProblem.error("latchkey.mail.queue", "must be between 1 and " + MAX_QUEUE));
        }
        positive(problems, "latchkey.mail.workers", mail.workers());
        return problems;
    }

    private static List<ConfigurationProblem> checkPassword(MailConfig mail) {
        boolean given = mail.password().isPresent() || mail.passwordFile().isPresent();
        if (mail.password().isPresent() && mail.passwordFile().isPresent()) {
            return List.of(ConfigurationProblem.error(
                    "LATCHKEY_MAIL_PASSWORD", "is given twice, as a value and as a file; keep one of them"));
        }
        if (given != mail.username().isPresent()) {
            return List.of(
                    given
                            ? ConfigurationProblem.error(
                                    "LATCHKEY_MAIL_USERNAME", "is missing, and there is a password")
                            : ConfigurationProblem.error(
                                    "LATCHKEY_MAIL_PASSWORD", "is missing, and there is a user name"));
        }
        Optional<String> unreadable = mail.passwordFile().flatMap(MailCheck::readError);
        if (unreadable.isPresent()) {
            return List.of(ConfigurationProblem.error("LATCHKEY_MAIL_PASSWORD_FILE", unreadable.get()));
        }
        return SmtpTransport.password(mail).filter(password -> password.indexOf(UNREADABLE) >= 0).stream()
                .map(password -> ConfigurationProblem.error(
                        "LATCHKEY_MAIL_PASSWORD",
                        "has characters that this process cannot read: set LANG=C.UTF-8, or use ASCII alone"))
                .toList();
    }

    /** Security: an attacker who can read an e-mail in transit can follow its link, and one who reads the password can send such e-mails. */
    private static List<ConfigurationProblem> checkSecurity(MailConfig mail, String host) {
        return mail.security() == MailConfig.Security.NONE && !IpAddresses.isLoopback(host)
                ? List.of(
                        ConfigurationProblem.errorInProduction(
                                "LATCHKEY_MAIL_SECURITY",
                                "is none, and the mail server is on another machine: links would be sent in clear text; use starttls or tls"))
                : List.of();
    }

    private static Optional<String> readError(Path file) {
        try {
            return Files.readString(file).isBlank() ? Optional.of("names an empty file: " + file) : Optional.empty();
        } catch (IOException e) {
            return Optional.of("names no readable text file: %s (%s)"
                    .formatted(file, e.getClass().getSimpleName()));
        }
    }

    private static Optional<String> certificateError(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509")
                            .generateCertificates(in)
                            .isEmpty()
                    ? Optional.of("names a file without certificates: " + file)
                    : Optional.empty();
        } catch (IOException | CertificateException e) {
            return Optional.of("names no file with certificates in PEM form: %s (%s)"
                    .formatted(file, e.getClass().getSimpleName()));
        }
    }

    private static void positive(List<ConfigurationProblem> problems, String property, Duration duration) {
        if (!duration.isPositive()) {
            problems.add(ConfigurationProblem.error(property, "must be positive"));
        }
    }

    private static void positive(List<ConfigurationProblem> problems, String property, int count) {
        if (count < 1) {
            problems.add(ConfigurationProblem.error(property, "must be at least 1"));
        }
    }
}
