package dev.latchkey.gate;

import dev.latchkey.token.VerifiedToken;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may pass on the paths of a template.
 *
 * @param setting what the operator calls it: {@code latchkey.gate.rules[0]}
 * @param methods the methods that it is about; none stands for all
 */
public record AccessRule(String setting, PathTemplate path, Set<String> methods, AccessRequirement demand) {

    /** The most specific first: by path, and with equal paths the one that names methods. */
    static final Comparator<AccessRule> BY_SPECIFICITY = Comparator.comparing(
                    AccessRule::path, PathTemplate::bySpecificity)
            .thenComparing(rule -> rule.methods().isEmpty());

    public AccessRule {
        methods = Set.copyOf(methods);
    }

    boolean concerns(String method, List<String> segments) {
        return (methods.isEmpty() || methods.contains(method)) && path.matches(segments);
    }

    /** Decides on a path that it concerns. */
    public AccessDecision decide(List<String> segments, @Nullable VerifiedToken token) {
        return demand.judge(token, parameter -> path.value(parameter, segments));
    }

    /** Whether it decides as another does wherever both concern a request and neither is the more specific. */
    boolean agreesWith(AccessRule other) {
        if (demand.allow() instanceof Requirement.Owner(String mine)
                && other.demand.allow() instanceof Requirement.Owner(String theirs)) {
            return demand.issuer().equals(other.demand.issuer()) && path.position(mine) == other.path.position(theirs);
        }
        return demand.equals(other.demand);
    }

    /** As a person would write it down. */
    @Override
    public String toString() {
        return setting + " ("
                + (methods.isEmpty()
                        ? ""
                        : String.join(",", methods.stream().sorted().toList()) + " ") + path.text() + ", "
                + demand.allow().word() + ")";
    }
}
