package dev.latchkey.mail;

import dev.latchkey.mail.SmtpHandshake.HandshakeException;
import dev.latchkey.platform.boot.DeploymentCheck;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks whether the mail server can be used. No e-mail is sent, not even the beginning of one. */
@Singleton
final class MailServerCheck implements DeploymentCheck {

    /** Less than all checks have together. */
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final MailConfig config;
    private final Duration timeout;

    @Inject
    MailServerCheck(MailConfig config) {
        this(config, TIMEOUT);
    }

    MailServerCheck(MailConfig config, Duration timeout) {
        this.config = config;
        this.timeout = timeout;
    }

    @Override
    public String group() {
        return "e-mail";
    }

    @Override
    public List<CheckResult> run() {
        if (config.host().isEmpty()) {
            return List.of(CheckResult.skipped(
                    "mail server", "LATCHKEY_MAIL_HOST is not set: no e-mail is sent, and what needs e-mail is off"));
        }
        List<CheckResult> results = new ArrayList<>();
        String step = "mail server";
        try (SmtpHandshake session = new SmtpHandshake(config, timeout)) {
            String how = session.connect(SmtpTransport.ownName(config));
            results.add(CheckResult.ok(step, "port " + config.port() + ", " + how));
            if (config.username().isPresent()) {
                step = "authentication";
                session.authenticate(
                        config.username().get(), SmtpTransport.password(config).orElse(""));
                results.add(CheckResult.ok(step, "accepted"));
            }
            session.quit();
        } catch (HandshakeException refused) {
            results.add(CheckResult.error(step, String.valueOf(refused.getMessage()), refused.remedy()));
        } catch (UncheckedIOException unreadable) {
            results.add(CheckResult.error(
                    step, "the password cannot be read", "check the file that LATCHKEY_MAIL_PASSWORD_FILE names"));
        }
        return results;
    }
}
