package dev.latchkey.emaillink;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.PublicUrl;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Checks the lifetimes of e-mail links. */
@Singleton
class EmailLinkCheck implements ConfigurationCheck {

    /** An e-mail needs this time to arrive and to be read. */
    private static final Duration MINIMUM = Duration.ofMinutes(1);

    /** Security: until then others who find the e-mail can use its link. */
    private static final Duration MAXIMUM = Duration.ofDays(7);

    /** Security: this link alone gives an account away (OWASP asks for a short time, NIST SP 800-63B for 24 hours at most). */
    private static final Duration MAXIMUM_OF_RESET = Duration.ofDays(1);

    /** The former address is reserved for this time, in which its reader can take the account back. */
    private static final Duration MAXIMUM_OF_UNDO = Duration.ofDays(30);

    private final EmailLinkConfig links;
    private final PublicUrl publicUrl;

    EmailLinkCheck(EmailLinkConfig links, PublicUrl publicUrl) {
        this.links = links;
        this.publicUrl = publicUrl;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        return Arrays.stream(EmailLink.Purpose.values())
                .flatMap(purpose -> check(purpose, links.lifetime(purpose)).stream())
                .toList();
    }

    private List<ConfigurationProblem> check(EmailLink.Purpose purpose, Duration lifetime) {
        String property = "latchkey.link." + purpose.id().replace('_', '-');
        if (!lifetime.isPositive()) {
            return ConfigurationProblem.unlessPositive(property, lifetime);
        }
        return ConfigurationProblem.unlessBetween(
                publicUrl.severityForUsers(),
                property,
                lifetime,
                MINIMUM,
                maximum(purpose),
                "a shorter time is over before the e-mail is read, and a longer one lets others use the link who find it");
    }

    private static Duration maximum(EmailLink.Purpose purpose) {
        return switch (purpose) {
            case PASSWORD_RESET -> MAXIMUM_OF_RESET;
            case EMAIL_VERIFICATION, EMAIL_CHANGE, ACCOUNT_DELETION -> MAXIMUM;
            case EMAIL_CHANGE_UNDO -> MAXIMUM_OF_UNDO;
        };
    }
}
