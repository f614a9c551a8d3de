package dev.latchkey.betterauth;

import dev.latchkey.betterauth.BetterAuthConfig.Deletion;
import dev.latchkey.mail.MailConfig;
import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.signin.SignInConfig;
import dev.latchkey.token.TokenConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Refuses settings of the Better Auth paths that cannot work, such as letters without mail. */
@Singleton
class BetterAuthCheck implements ConfigurationCheck {

    private final BetterAuthConfig config;
    private final TokenConfig tokens;
    private final SignInConfig signIns;
    private final boolean mails;

    BetterAuthCheck(BetterAuthConfig config, TokenConfig tokens, SignInConfig signIns, MailConfig mail) {
        this.config = config;
        this.tokens = tokens;
        this.signIns = signIns;
        this.mails = mail.host().isPresent();
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return check(config, tokens.accessLifetime(), signIns.requireVerifiedEmail(), mails);
    }

    static List<ConfigurationProblem> check(
            BetterAuthConfig config, Duration accessLifetime, boolean requiresProof, boolean mails) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (requiresProof && !mails) {
            problems.add(needsMail("latchkey.signin.require-verified-email", "nobody could ever sign in"));
        }
        if (config.deleteUser() == Deletion.MAIL && !mails) {
            problems.add(needsMail("latchkey.better-auth.delete-user", "nobody could delete their account"));
        }
        for (String pattern : config.trustedOrigins().orElse(List.of())) {
            if (pattern.isBlank()) {
                continue;
            }
            try {
                OriginPattern unused = OriginPattern.of(pattern.strip());
            } catch (IllegalArgumentException unreadable) {
                problems.add(ConfigurationProblem.error(
                        "latchkey.better-auth.trusted-origins", String.valueOf(unreadable.getMessage())));
            }
        }
        positive(problems, "latchkey.better-auth.fresh-for", config.freshFor());
        positive(
                problems,
                "latchkey.better-auth.rate-limit.window",
                config.rateLimit().window());
        positive(
                problems,
                "latchkey.better-auth.cookie-cache.max-age",
                config.cookieCache().maxAge());
        // Security: what is known of ended sessions is forgotten when the last access token concerned has expired.
        if (config.cookieCache().enabled() && config.cookieCache().maxAge().compareTo(accessLifetime) > 0) {
            problems.add(
                    ConfigurationProblem.error(
                            "latchkey.better-auth.cookie-cache.max-age",
                            "is longer than latchkey.token.access-lifetime: a copy would outlive what is known of ended sessions"));
        }
        if (config.updateAfter().isNegative()) {
            problems.add(ConfigurationProblem.error("latchkey.better-auth.update-after", "must not be negative"));
        }
        if (config.rateLimit().max() < 1) {
            problems.add(ConfigurationProblem.error("latchkey.better-auth.rate-limit.max", "must be 1 at least"));
        }
        return problems;
    }

    private static ConfigurationProblem needsMail(String property, String consequence) {
        return ConfigurationProblem.errorInProduction(
                property, "takes mail, and LATCHKEY_MAIL_HOST is not set: " + consequence);
    }

    private static void positive(List<ConfigurationProblem> problems, String property, Duration duration) {
        if (!duration.isPositive()) {
            problems.add(ConfigurationProblem.error(property, "must be longer than nothing"));
        }
    }
}
