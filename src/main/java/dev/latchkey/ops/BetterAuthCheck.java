package dev.latchkey.ops;

import dev.latchkey.betterauth.BetterAuthConfig;
import dev.latchkey.betterauth.BetterAuthConfig.Deletion;
import dev.latchkey.mail.MailConfig;
import dev.latchkey.signin.SignInConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Refuses settings of the Better Auth paths that cannot work, such as letters without mail. */
@Singleton
class BetterAuthCheck implements BootCheck {

    private static final Duration LONGEST_COPY = Duration.ofHours(1);

    private final BetterAuthConfig config;
    private final SignInConfig signIns;
    private final boolean mails;

    BetterAuthCheck(BetterAuthConfig config, SignInConfig signIns, MailConfig mail) {
        this.config = config;
        this.signIns = signIns;
        this.mails = mail.host().isPresent();
    }

    @Override
    public List<Finding> findings() {
        return judge(config, signIns.requireVerifiedEmail(), mails);
    }

    static List<Finding> judge(BetterAuthConfig config, boolean requiresProof, boolean mails) {
        List<Finding> findings = new ArrayList<>();
        if (requiresProof && !mails) {
            findings.add(needsMail("latchkey.signin.require-verified-email", "nobody could ever sign in"));
        }
        if (config.deleteUser() == Deletion.MAIL && !mails) {
            findings.add(needsMail("latchkey.better-auth.delete-user", "nobody could delete their account"));
        }
        positive(findings, "latchkey.better-auth.fresh-for", config.freshFor());
        positive(
                findings,
                "latchkey.better-auth.rate-limit.window",
                config.rateLimit().window());
        positive(
                findings,
                "latchkey.better-auth.cookie-cache.max-age",
                config.cookieCache().maxAge());
        if (config.cookieCache().maxAge().compareTo(LONGEST_COPY) > 0) {
            findings.add(Finding.severe(
                    "latchkey.better-auth.cookie-cache.max-age",
                    "must be an hour at most: for so long a browser may show an old name"));
        }
        if (config.updateAfter().isNegative()) {
            findings.add(Finding.severe("latchkey.better-auth.update-after", "must not be negative"));
        }
        if (config.rateLimit().max() < 1) {
            findings.add(Finding.severe("latchkey.better-auth.rate-limit.max", "must be 1 at least"));
        }
        return findings;
    }

    private static Finding needsMail(String property, String consequence) {
        return Finding.severeInProduction(property, "takes mail, and LATCHKEY_MAIL_HOST is not set: " + consequence);
    }

    private static void positive(List<Finding> findings, String property, Duration duration) {
        if (!duration.isPositive()) {
            findings.add(Finding.severe(property, "must be longer than nothing"));
        }
    }
}
