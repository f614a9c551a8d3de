package dev.latchkey.gate;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All rules of the gate, most specific first. A request that matches none is denied. */
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

    /** The rules that match a request, most specific first. */
    public List<AccessRule> findAll(String method, List<String> segments) {
        return rules.stream().filter(rule -> rule.matches(method, segments)).toList();
    }

    /** The rule that decides on a request: the most specific one that matches. */
    public Optional<AccessRule> find(String method, List<String> segments) {
        for (AccessRule rule : rules) {
            if (rule.matches(method, segments)) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    public int size() {
        return rules.size();
    }

    /** Pairs of rules that decide differently on the same requests, while neither is the more specific. */
    List<ConfigurationProblem> contradictions() {
        List<ConfigurationProblem> problems = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            for (AccessRule later : rules.subList(i + 1, rules.size())) {
                AccessRule rule = rules.get(i);
                if (rule.isAsSpecificAs(later) && !rule.agreesWith(later)) {
                    problems.add(ConfigurationProblem.error(
                            rule.setting() + ".allow",
                            "contradicts %s: both match the same requests, and neither is more specific than the other; change or remove one"
                                    .formatted(later)));
                }
            }
        }
        return problems;
    }

    /** Rules that cannot decide on any request, because for each that they match there is a more specific one. */
    List<ConfigurationProblem> unreachable() {
        int depth = rules.stream()
                .mapToInt(rule -> rule.path().parts().size())
                .max()
                .orElse(0);
        return rules.stream()
                .filter(rule -> samplePaths(rule, depth + 1).noneMatch(segments -> decidesOn(rule, segments)))
                .map(rule -> ConfigurationProblem.error(
                        rule.setting() + ".path",
                        "can never decide: for every request that matches %s there is a more specific rule; remove it"
                                .formatted(rule.path().text())))
                .toList();
    }

    /**
     * Paths by which to find out whether a rule ever decides: where it takes any segment, one that no rule names has the
     * fewest competitors; where it is open, each length up to one beyond the longest rule.
     */
    private static Stream<List<String>> samplePaths(AccessRule rule, int longest) {
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

    private boolean decidesOn(AccessRule rule, List<String> segments) {
        return (rule.methods().isEmpty() ? Stream.of(UNNAMED) : rule.methods().stream())
                .anyMatch(method -> find(method, segments)
                        .filter(found -> found.equals(rule) || found.isAsSpecificAs(rule))
                        .isPresent());
    }
}
