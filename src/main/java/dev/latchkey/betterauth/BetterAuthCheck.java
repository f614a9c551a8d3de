package dev.latchkey.betterauth;

import static dev.latchkey.platform.boot.ConfigurationProblem.unlessPositive;

import dev.latchkey.betterauth.BetterAuthConfig.Deletion;
import dev.latchkey.mail.MailConfig;
import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.HttpConfig;
import dev.latchkey.signin.SignInConfig;
import dev.latchkey.token.TokenConfig;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks the settings of the Better Auth paths, and that there is mail where they need it. */
@Singleton
class BetterAuthCheck implements ConfigurationCheck {

    private static final String TRUSTED_ORIGINS = "latchkey.better-auth.trusted-origins";

    private final BetterAuthConfig config;
    private final TokenConfig tokens;
    private final SignInConfig signIn;
    private final boolean hasMail;
    private final boolean isHttps;

    BetterAuthCheck(
            BetterAuthConfig config, TokenConfig tokens, SignInConfig signIn, MailConfig mail, HttpConfig http) {
        this.config = config;
        this.tokens = tokens;
        this.signIn = signIn;
        this.hasMail = mail.host().isPresent();
        this.isHttps = http.publicUrl().orElse("").strip().startsWith("https://");
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return check(config, tokens.accessLifetime(), signIn.requireVerifiedEmail(), hasMail, isHttps);
    }

    static List<ConfigurationProblem> check(
            BetterAuthConfig config,
            Duration accessLifetime,
            boolean requiresVerifiedEmail,
            boolean hasMail,
            boolean isHttps) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        if (requiresVerifiedEmail && !hasMail) {
            problems.add(needsMail("latchkey.signin.require-verified-email", "no user could ever sign in"));
        }
        if (config.deleteUser() == Deletion.MAIL && !hasMail) {
            problems.add(needsMail("latchkey.better-auth.delete-user", "no user could delete their account"));
        }
        for (String pattern : config.trustedOrigins().orElse(List.of())) {
            if (pattern.isBlank()) {
                continue;
            }
            try {
                // Security: pages and links of a front end on plain HTTP can be read and changed on their way.
                if (OriginPattern.of(pattern.strip(), true).isPlainHttp()) {
                    String message =
                            "\"" + pattern.strip() + "\" is plain HTTP; use https (plain HTTP on loopback only)";
                    problems.add(
                            isHttps
                                    ? ConfigurationProblem.errorInProduction(TRUSTED_ORIGINS, message)
                                    : ConfigurationProblem.warning(TRUSTED_ORIGINS, message));
                }
            } catch (IllegalArgumentException invalid) {
                problems.add(ConfigurationProblem.error(TRUSTED_ORIGINS, String.valueOf(invalid.getMessage())));
            }
        }
        problems.addAll(unlessPositive("latchkey.better-auth.fresh-for", config.freshFor()));
        problems.addAll(unlessPositive(
                "latchkey.better-auth.rate-limit.window", config.rateLimit().window()));
        problems.addAll(unlessPositive(
                "latchkey.better-auth.cookie-cache.max-age",
                config.cookieCache().maxAge()));
        // Security: a revocation is forgotten when the last access token that it concerns has expired.
        if (config.cookieCache().enabled() && config.cookieCache().maxAge().compareTo(accessLifetime) > 0) {
            problems.add(ConfigurationProblem.error(
                    "latchkey.better-auth.cookie-cache.max-age",
                    "must not be longer than latchkey.token.access-lifetime:"
                            + " revocations are known for that long, and a cached session would outlive its own"));
        }
        if (config.updateAfter().isNegative()) {
            problems.add(ConfigurationProblem.error("latchkey.better-auth.update-after", "must not be negative"));
        }
        if (config.rateLimit().max() < 1) {
            problems.add(ConfigurationProblem.error("latchkey.better-auth.rate-limit.max", "must be at least 1"));
        }
        return problems;
    }

    private static ConfigurationProblem needsMail(String property, String consequence) {
        return ConfigurationProblem.errorInProduction(
                property, "needs e-mail, and LATCHKEY_MAIL_HOST is not set: " + consequence);
    }
}
