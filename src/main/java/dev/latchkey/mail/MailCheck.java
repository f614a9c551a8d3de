package dev.latchkey.mail;

import dev.latchkey.emaillink.EmailLinkConfig;
import dev.latchkey.emaillink.EmailLinkPurpose;
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
    public List<ConfigurationProblem> findings() {
        List<ConfigurationProblem> findings = new ArrayList<>();
        for (EmailLinkPurpose purpose : EmailLinkPurpose.values()) {
            positive(findings, "latchkey.link." + purpose.word().replace('_', '-'), links.life(purpose));
        }
        if (mail.host().isPresent()) {
            findings.addAll(judge(mail, mail.host().get()));
        } else if (mail.username().isPresent()
                || mail.password().isPresent()
                || mail.passwordFile().isPresent()) {
            findings.add(ConfigurationProblem.severe(
                    "LATCHKEY_MAIL_HOST", "is missing, and without it the other settings of mail mean nothing"));
        }
        return findings;
    }

    static List<ConfigurationProblem> judge(MailConfig mail, String host) {
        List<ConfigurationProblem> findings = new ArrayList<>();
        if (mail.port() < 1 || mail.port() > MOST_PORT) {
            findings.add(ConfigurationProblem.severe("LATCHKEY_MAIL_PORT", "must be between 1 and " + MOST_PORT));
        }
        if (mail.from().isEmpty()) {
            findings.add(ConfigurationProblem.severe(
                    "LATCHKEY_MAIL_FROM", "is missing; set it to the address that letters are to come from"));
        } else if (MailSettings.from(mail).isEmpty()) {
            findings.add(ConfigurationProblem.severe(
                    "LATCHKEY_MAIL_FROM", "is no e-mail address; a name beside it goes into LATCHKEY_MAIL_FROM_NAME"));
        }
        mail.fromName()
                .filter(MailCheck::hasControls)
                .ifPresent(name -> findings.add(
                        ConfigurationProblem.severe("LATCHKEY_MAIL_FROM_NAME", "has characters that are not text")));
        findings.addAll(judgePassword(mail));
        findings.addAll(judgeSecurity(mail, host));
        mail.trustFile()
                .flatMap(MailCheck::noCertificates)
                .ifPresent(fault -> findings.add(ConfigurationProblem.severe("LATCHKEY_MAIL_TRUST_FILE", fault)));
        positive(findings, "latchkey.mail.timeout", mail.timeout());
        positive(findings, "latchkey.mail.patience", mail.patience());
        positive(findings, "latchkey.mail.pause", mail.pause());
        positive(findings, "latchkey.mail.attempts", mail.attempts());
        positive(findings, "latchkey.mail.queue", mail.queue());
        positive(findings, "latchkey.mail.workers", mail.workers());
        return findings;
    }

    private static List<ConfigurationProblem> judgePassword(MailConfig mail) {
        boolean given = mail.password().isPresent() || mail.passwordFile().isPresent();
        if (mail.password().isPresent() && mail.passwordFile().isPresent()) {
            return List.of(ConfigurationProblem.severe(
                    "LATCHKEY_MAIL_PASSWORD", "is given twice, as a value and as a file; keep one of them"));
        }
        if (given != mail.username().isPresent()) {
            return List.of(
                    given
                            ? ConfigurationProblem.severe(
                                    "LATCHKEY_MAIL_USERNAME", "is missing, and there is a password")
                            : ConfigurationProblem.severe(
                                    "LATCHKEY_MAIL_PASSWORD", "is missing, and there is a user name"));
        }
        Optional<String> unreadable = mail.passwordFile().flatMap(MailCheck::unreadable);
        if (unreadable.isPresent()) {
            return List.of(ConfigurationProblem.severe("LATCHKEY_MAIL_PASSWORD_FILE", unreadable.get()));
        }
        return MailSettings.password(mail).filter(password -> password.indexOf(UNREADABLE) >= 0).stream()
                .map(password -> ConfigurationProblem.severe(
                        "LATCHKEY_MAIL_PASSWORD",
                        "has characters that this process cannot read: set LANG=C.UTF-8, or use ASCII alone"))
                .toList();
    }

    /** Security: who reads a letter on its way can follow its link, and who reads the password can write such letters. */
    private static List<ConfigurationProblem> judgeSecurity(MailConfig mail, String host) {
        return mail.security() == MailConfig.Security.NONE && !isThisMachine(host)
                ? List.of(
                        ConfigurationProblem.severeInProduction(
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

    private static void positive(List<ConfigurationProblem> findings, String property, Duration duration) {
        if (!duration.isPositive()) {
            findings.add(ConfigurationProblem.severe(property, "must be longer than nothing"));
        }
    }

    private static void positive(List<ConfigurationProblem> findings, String property, int count) {
        if (count < 1) {
            findings.add(ConfigurationProblem.severe(property, "must be 1 at least"));
        }
    }
}
