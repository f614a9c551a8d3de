package dev.latchkey.gate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All rules of the gate, in whatever order they were written. What none of them concerns is denied. */
public final class AccessRules {

    /** A segment and a method that no rule names, so that only rules that take any match them. */
    private static final String UNNAMED = "\u0000";

    private final List<AccessRule> rules;

    private AccessRules(List<AccessRule> sorted) {
        this.rules = List.copyOf(sorted);
    }

    static AccessRules of(List<AccessRule> rules) {
        return new AccessRules(rules.stream().sorted(AccessRule.BY_SPECIFICITY).toList());
    }

    /** The rules that concern a request, the one that decides first. */
    public List<AccessRule> concerning(String method, List<String> segments) {
        return rules.stream().filter(rule -> rule.concerns(method, segments)).toList();
    }

    /** The rule that decides on a request; none denies it. */
    public Optional<AccessRule> deciding(String method, List<String> segments) {
        for (AccessRule rule : rules) {
            if (rule.concerns(method, segments)) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    public int size() {
        return rules.size();
    }

    /** Pairs of rules that decide differently on the same requests, while neither is the more specific. */
    List<RuleError> contradictions() {
        List<RuleError> faults = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            for (AccessRule later : rules.subList(i + 1, rules.size())) {
                AccessRule rule = rules.get(i);
                if (tie(rule, later) && !rule.agreesWith(later)) {
                    faults.add(new RuleError(
                            rule.setting() + ".allow",
                            "contradicts %s: they concern the same requests, and neither is more specific than the other; change or remove one"
                                    .formatted(later)));
                }
            }
        }
        return faults;
    }

    private static boolean tie(AccessRule one, AccessRule other) {
        boolean sameMethods = one.methods().isEmpty()
                ? other.methods().isEmpty()
                : !Collections.disjoint(one.methods(), other.methods());
        return sameMethods && one.path().isShapedAs(other.path());
    }

    /** Rules that cannot decide on any request, because for each that they concern there is a more specific one. */
    List<RuleError> idle() {
        int depth = rules.stream()
                .mapToInt(rule -> rule.path().parts().size())
                .max()
                .orElse(0);
        return rules.stream()
                .filter(rule -> witnesses(rule, depth + 1).noneMatch(segments -> decidesSomewhere(rule, segments)))
                .map(rule -> new RuleError(
                        rule.setting() + ".path",
                        "can never decide: whatever %s matches, a more specific rule decides; remove it"
                                .formatted(rule.path().text())))
                .toList();
    }

    /**
     * Paths by which to find out whether a rule ever decides: where it takes any segment, one that no rule names has the
     * fewest competitors; where it is open, each length up to one beyond the longest rule.
     */
    private static Stream<List<String>> witnesses(AccessRule rule, int longest) {
        List<String> shortest = rule.path().parts().stream()
                .map(part -> part instanceof PathTemplate.Part.Literal(String text) ? text : UNNAMED)
                .toList();
        if (!rule.path().open()) {
            return Stream.of(shortest);
        }
        return Stream.iterate(
                shortest,
                path -> path.size() <= longest,
                path -> Stream.concat(path.stream(), Stream.of(UNNAMED)).toList());
    }

    private boolean decidesSomewhere(AccessRule rule, List<String> segments) {
        return (rule.methods().isEmpty() ? Stream.of(UNNAMED) : rule.methods().stream())
                .anyMatch(method -> deciding(method, segments)
                        .filter(winner -> winner.equals(rule) || tie(winner, rule))
                        .isPresent());
    }
}
