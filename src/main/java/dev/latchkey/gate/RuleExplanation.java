package dev.latchkey.gate;

import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.VerifiedToken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the gate would decide on a request, and by which rule; for whoever writes the rules. */
public sealed interface RuleExplanation {

    /** The path has no single meaning. */
    record Ambiguous(CanonicalPath.Reason reason) implements RuleExplanation {}

    /** No rule is about it. */
    record NoRule(CanonicalPath.Canonical path, int rules) implements RuleExplanation {}

    /**
     * A rule decides.
     *
     * @param concerning the rules that are about it, the one that decides first
     */
    record Decided(CanonicalPath.Canonical path, List<AccessRule> concerning, AccessDecision access)
            implements RuleExplanation {

        public AccessRule rule() {
            return concerning.getFirst();
        }

        /** What the path has for the parameter that names its owner; none where the rule asks for none. */
        public List<String> owner() {
            return rule().demand().allow() instanceof Requirement.Owner(String parameter)
                    ? rule().path().value(parameter, path.segments())
                    : List.of();
        }
    }

    /**
     * A caller as whoever asks imagines them.
     *
     * @param origin the issuer of their token
     */
    record Caller(String user, Set<String> roles, TokenOrigin origin) {

        VerifiedToken token() {
            return new VerifiedToken(origin, user, "", roles, null, Instant.EPOCH, null, Instant.MAX, null, Map.of());
        }
    }

    /** Explains what a request of this caller, or of nobody, would meet. */
    static RuleExplanation of(AccessRules rules, String method, String target, @Nullable Caller caller) {
        return switch (CanonicalPath.read(target)) {
            case CanonicalPath.Ambiguous(CanonicalPath.Reason reason) -> new Ambiguous(reason);
            case CanonicalPath.Canonical path -> {
                List<AccessRule> concerning = rules.concerning(method, path.segments());
                yield concerning.isEmpty()
                        ? new NoRule(path, rules.size())
                        : new Decided(
                                path,
                                concerning,
                                concerning.getFirst().decide(path.segments(), caller == null ? null : caller.token()));
            }
        };
    }
}
