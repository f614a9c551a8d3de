package dev.latchkey.emaillink;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Checks that the lifetimes of e-mail links are positive. */
@Singleton
class EmailLinkCheck implements ConfigurationCheck {

    private final EmailLinkConfig links;

    EmailLinkCheck(EmailLinkConfig links) {
        this.links = links;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (EmailLink.Purpose purpose : EmailLink.Purpose.values()) {
            if (!links.lifetime(purpose).isPositive()) {
                problems.add(ConfigurationProblem.error(
                        "latchkey.link." + purpose.id().replace('_', '-'), "must be positive"));
            }
        }
        return problems;
    }
}
