package dev.latchkey.gate;

import dev.latchkey.gate.AccessRequirement.Allow;
import dev.latchkey.gate.AccessRequirement.Decision;
import dev.latchkey.token.VerifiedToken;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The requirement for requests whose path matches a template.
 *
 * @param setting the rule's name in the settings: {@code latchkey.gate.rules[0]}
 * @param methods the methods that it applies to; none stands for all
 */
public record AccessRule(String setting, PathTemplate path, Set<String> methods, AccessRequirement requirement) {

    /** The most specific first: by path, and with equal paths the one that names methods. */
    static final Comparator<AccessRule> BY_SPECIFICITY = Comparator.comparing(
                    AccessRule::path, PathTemplate::bySpecificity)
            .thenComparing(rule -> rule.methods().isEmpty());

    public AccessRule {
        methods = Set.copyOf(methods);
    }

    boolean matches(String method, List<String> segments) {
        return (methods.isEmpty() || methods.contains(method)) && path.matches(segments);
    }

    /** Decides on a request that it matches. */
    public Decision decide(List<String> segments, @Nullable VerifiedToken token) {
        return requirement.decide(token, parameter -> path.value(parameter, segments));
    }

    /** Whether both match some of the same requests and neither is the more specific. */
    boolean isAsSpecificAs(AccessRule other) {
        boolean sameMethods =
                methods.isEmpty() ? other.methods.isEmpty() : !Collections.disjoint(methods, other.methods);
        return sameMethods && path.isShapedAs(other.path);
    }

    /** Whether it decides as another does wherever both match a request and neither is the more specific. */
    boolean agreesWith(AccessRule other) {
        if (requirement.allow() instanceof Allow.Owner(String ours)
                && other.requirement.allow() instanceof Allow.Owner(String theirs)) {
            return requirement.issuer().equals(other.requirement.issuer())
                    && path.position(ours) == other.path.position(theirs);
        }
        return requirement.equals(other.requirement);
    }

    /** The rule in one line, for messages to the operator. */
    @Override
    public String toString() {
        return setting + " ("
                + (methods.isEmpty()
                        ? ""
                        : String.join(",", methods.stream().sorted().toList()) + " ") + path.text() + ", "
                + requirement.allow().setting() + ")";
    }
}
