package dev.latchkey.mail;

import dev.latchkey.emaillink.EmailLinkConfig;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Refuses a mail server that could not be used, or would be told secrets in clear text. */
@Singleton
class MailCheck implements ConfigurationCheck {

    private static final int MOST_PORT = 65_535;

    /** What Java reads for a byte beyond ASCII where no locale says how. */
    private static final char UNREADABLE = '\uFFFD';

    private final MailConfig mail;
    private final EmailLinkConfig links;

    MailCheck(MailConfig mail, EmailLinkConfig links) {
        this.mail = mail;
        this.links = links;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (EmailLink.Purpose purpose : EmailLink.Purpose.values()) {
            positive(problems, "latchkey.link." + purpose.word().replace('_', '-'), links.lifetime(purpose));
        }
        if (mail.host().isPresent()) {
            problems.addAll(check(mail, mail.host().get()));
        } else if (mail.username().isPresent()
                || mail.password().isPresent()
                || mail.passwordFile().isPresent()) {
            problems.add(ConfigurationProblem.error(
                    "LATCHKEY_MAIL_HOST", "is missing, and without it the other settings of mail mean nothing"));
        }
        return problems;
    }

    static List<ConfigurationProblem> check(MailConfig mail, String host) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (mail.port() < 1 || mail.port() > MOST_PORT) {
            problems.add(ConfigurationProblem.error("LATCHKEY_MAIL_PORT", "must be between 1 and " + MOST_PORT));
        }
        if (mail.from().isEmpty()) {
            problems.add(ConfigurationProblem.error(
                    "LATCHKEY_MAIL_FROM", "is missing; set it to the address that letters are to come from"));
        } else if (MailSettings.from(mail).isEmpty()) {
            problems.add(ConfigurationProblem.error(
                    "LATCHKEY_MAIL_FROM", "is no e-mail address; a name beside it goes into LATCHKEY_MAIL_FROM_NAME"));
        }
        mail.fromName()
                .filter(MailCheck::hasControls)
                .ifPresent(name -> problems.add(
                        ConfigurationProblem.error("LATCHKEY_MAIL_FROM_NAME", "has characters that are not text")));
        problems.addAll(checkPassword(mail));
        problems.addAll(checkSecurity(mail, host));
        mail.trustFile()
                .flatMap(MailCheck::noCertificates)
                .ifPresent(fault -> problems.add(ConfigurationProblem.error("LATCHKEY_MAIL_TRUST_FILE", fault)));
        positive(problems, "latchkey.mail.timeout", mail.timeout());
        positive(problems, "latchkey.mail.patience", mail.patience());
        positive(problems, "latchkey.mail.pause", mail.pause());
        positive(problems, "latchkey.mail.attempts", mail.attempts());
        positive(problems, "latchkey.mail.queue", mail.queue());
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
        Optional<String> unreadable = mail.passwordFile().flatMap(MailCheck::unreadable);
        if (unreadable.isPresent()) {
            return List.of(ConfigurationProblem.error("LATCHKEY_MAIL_PASSWORD_FILE", unreadable.get()));
        }
        return MailSettings.password(mail).filter(password -> password.indexOf(UNREADABLE) >= 0).stream()
                .map(password -> ConfigurationProblem.error(
                        "LATCHKEY_MAIL_PASSWORD",
                        "has characters that this process cannot read: set LANG=C.UTF-8, or use ASCII alone"))
                .toList();
    }

    /** Security: who reads a letter on its way can follow its link, and who reads the password can write such letters. */
    private static List<ConfigurationProblem> checkSecurity(MailConfig mail, String host) {
        return mail.security() == MailConfig.Security.NONE && !isThisMachine(host)
                ? List.of(
                        ConfigurationProblem.errorInProduction(
                                "LATCHKEY_MAIL_SECURITY",
                                "is none, and the mail server is on another machine: links would travel in clear text; use starttls or tls"))
                : List.of();
    }

    private static boolean isThisMachine(String host) {
        if (host.toLowerCase(Locale.ROOT).equals("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException aName) {
            return false;
        }
    }

    private static Optional<String> unreadable(Path file) {
        try {
            return Files.readString(file).isBlank() ? Optional.of("names an empty file: " + file) : Optional.empty();
        } catch (IOException e) {
            return Optional.of("names no readable text file: %s (%s)"
                    .formatted(file, e.getClass().getSimpleName()));
        }
    }

    private static Optional<String> noCertificates(Path file) {
        try {
            MailSettings.trusted(file);
            return Optional.empty();
        } catch (IOException | CertificateException e) {
            return Optional.of("names no file with certificates in PEM form: %s (%s)"
                    .formatted(file, e.getClass().getSimpleName()));
        }
    }

    private static boolean hasControls(String text) {
        return text.codePoints()
                .anyMatch(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE);
    }

    private static void positive(List<ConfigurationProblem> problems, String property, Duration duration) {
        if (!duration.isPositive()) {
            problems.add(ConfigurationProblem.error(property, "must be longer than nothing"));
        }
    }

    private static void positive(List<ConfigurationProblem> problems, String property, int count) {
        if (count < 1) {
            problems.add(ConfigurationProblem.error(property, "must be 1 at least"));
        }
    }
}
