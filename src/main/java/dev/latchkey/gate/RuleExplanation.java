package dev.latchkey.gate;

import dev.latchkey.gate.AccessRequirement.Decision;
import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.token.Authentication;
import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.VerifiedToken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which rule of the gate would decide on a request, and how; for the operator who writes the rules. */
public sealed interface RuleExplanation {

    /** The path has no single meaning. */
    record Ambiguous(CanonicalPath.Reason reason) implements RuleExplanation {}

    /** No rule matches. */
    record NoRule(CanonicalPath.Canonical path, int rules) implements RuleExplanation {}

    /**
     * A rule decides.
     *
     * @param matching the rules that match, the one that decides first
     */
    record Decided(CanonicalPath.Canonical path, List<AccessRule> matching, Decision decision)
            implements RuleExplanation {

        public AccessRule rule() {
            return matching.getFirst();
        }

        /** The value of the path parameter that names the owner; none if the rule does not require the owner. */
        public List<String> owner() {
            return rule().requirement().allow() instanceof AccessRequirement.Allow.Owner(String parameter)
                    ? rule().path().value(parameter, path.segments())
                    : List.of();
        }
    }

    /**
     * An imagined caller.
     *
     * @param origin the issuer of the token
     */
    record Caller(String user, Set<String> roles, TokenOrigin origin) {

        VerifiedToken token() {
            return new VerifiedToken(
                    origin,
                    user,
                    "",
                    false,
                    roles,
                    null,
                    null,
                    Authentication.unknown(),
                    Instant.EPOCH,
                    null,
                    Instant.MAX,
                    null,
                    Map.of());
        }
    }

    /** Explains the decision on a request of this caller, or of one without a token. */
    static RuleExplanation of(AccessRules rules, String method, String target, @Nullable Caller caller) {
        return switch (CanonicalPath.read(target)) {
            case CanonicalPath.Ambiguous(CanonicalPath.Reason reason) -> new Ambiguous(reason);
            case CanonicalPath.Canonical path -> {
                List<AccessRule> matching = rules.findAll(method, path.segments());
                yield matching.isEmpty()
                        ? new NoRule(path, rules.size())
                        : new Decided(
                                path,
                                matching,
                                matching.getFirst().decide(path.segments(), caller == null ? null : caller.token()));
            }
        };
    }
}
