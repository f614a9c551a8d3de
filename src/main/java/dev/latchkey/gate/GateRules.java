package dev.latchkey.gate;

import dev.latchkey.gate.AccessRequirement.Allow;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.TrustedIssuers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The gate's rules, parsed from the settings, and the errors in these, which stop the start. */
@ApplicationScoped
public class GateRules {

    private static final String USUAL_PARAMETER = "user_id";
    private static final String ROLE = "role:";
    private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** The methods of RFC 9110 and RFC 5789, to detect one in the wrong letter case. */
    private static final Set<String> USUAL_METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    private final SortedMap<String, TokenOrigin> origins;
    private final List<ConfigurationProblem> problems;
    private final AccessRules rules;

    @Inject
    GateRules(GateConfig config, TrustedIssuers trusted) {
        this(config.rules(), trusted.origins());
    }

    /** The trusted issuers are those that a rule may name besides ourselves. */
    GateRules(List<GateConfig.Rule> settings, List<TokenOrigin> trusted) {
        this.origins = Stream.concat(Stream.of(TokenOrigin.ourselves()), trusted.stream())
                .collect(Collectors.toMap(TokenOrigin::name, origin -> origin, (one, other) -> one, TreeMap::new));
        List<Parsed> parsed = IntStream.range(0, settings.size())
                .mapToObj(i -> new Parser("latchkey.gate.rules[" + i + "]", settings.get(i)).parse(origins.keySet()))
                .toList();
        AccessRules all = AccessRules.of(
                parsed.stream().flatMap(one -> one.rule().stream()).toList());
        List<ConfigurationProblem> single =
                parsed.stream().flatMap(one -> one.problems().stream()).toList();
        this.problems = single.isEmpty()
                ? Stream.concat(all.contradictions().stream(), all.unreachable().stream())
                        .toList()
                : single;
        // Security: with an error the start stops; should it go on, nothing passes.
        this.rules = problems.isEmpty() ? all : AccessRules.of(List.of());
    }

    public AccessRules rules() {
        return rules;
    }

    /** The origin of accepted tokens that rules call by this name. */
    public Optional<TokenOrigin> origin(String name) {
        return Optional.ofNullable(origins.get(name));
    }

    /** The errors in the settings of the rules; without any if all rules are in force. */
    public List<ConfigurationProblem> problems() {
        return problems;
    }

    /** A rule, or the errors in its settings. */
    private record Parsed(Optional<AccessRule> rule, List<ConfigurationProblem> problems) {}

    /** Reads the settings of one rule. */
    private static final class Parser {

        private final String setting;
        private final GateConfig.Rule rule;
        private final List<ConfigurationProblem> problems = new ArrayList<>();

        Parser(String setting, GateConfig.Rule rule) {
            this.setting = setting;
            this.rule = rule;
        }

        Parsed parse(Set<String> issuers) {
            Optional<PathTemplate> path = path();
            Set<String> methods = methods();
            Optional<Allow> allow = allow();
            String issuer = rule.issuer().map(String::strip).orElse(TokenOrigin.OURS);
            if (!issuers.contains(issuer)) {
                report(
                        ".issuer",
                        "names \"" + issuer + "\", and there is no latchkey.token.trusted." + issuer + "; there are "
                                + String.join(", ", issuers));
            }
            if (allow.isPresent() && allow.get() instanceof Allow.Owner(String parameter)) {
                if (path.isPresent() && !path.get().has(parameter)) {
                    report(
                            ".path",
                            "\"" + path.get().text() + "\" has no {" + parameter
                                    + "}, so no user could own it; write the parameter into it, or name another in .owner-parameter");
                }
            } else if (rule.ownerParameter().isPresent()) {
                report(
                        ".owner-parameter",
                        "has no effect with .allow=" + rule.allow().orElse("") + "; remove it");
            }
            return problems.isEmpty() && path.isPresent() && allow.isPresent()
                    ? new Parsed(
                            Optional.of(new AccessRule(
                                    setting, path.get(), methods, new AccessRequirement(allow.get(), issuer))),
                            List.of())
                    : new Parsed(Optional.empty(), problems);
        }

        private Optional<PathTemplate> path() {
            if (rule.path().isEmpty()) {
                report(".path", "is missing; set it to a template such as /api/{user_id}/**");
                return Optional.empty();
            }
            try {
                return Optional.of(PathTemplate.parse(rule.path().get().strip()));
            } catch (IllegalArgumentException unreadable) {
                report(".path", String.valueOf(unreadable.getMessage()));
                return Optional.empty();
            }
        }

        private Set<String> methods() {
            Set<String> methods = new HashSet<>();
            for (String entry : rule.methods().orElse(List.of())) {
                String method = entry.strip();
                String upper = method.toUpperCase(Locale.ROOT);
                if (!METHOD.matcher(method).matches()) {
                    report(".methods", "\"" + method + "\" is not a method");
                } else if (!method.equals(upper) && USUAL_METHODS.contains(upper)) {
                    report(".methods", "\"" + method + "\": methods are case-sensitive; did you mean " + upper + "?");
                }
                methods.add(method);
            }
            return methods;
        }

        private Optional<Allow> allow() {
            String text = rule.allow().map(String::strip).orElse("");
            String role = text.startsWith(ROLE) ? text.substring(ROLE.length()).strip() : "";
            if (!role.isEmpty()) {
                return Optional.of(new Allow.Role(role));
            }
            return switch (text) {
                case "owner" ->
                    Optional.of(new Allow.Owner(
                            rule.ownerParameter().map(String::strip).orElse(USUAL_PARAMETER)));
                case "authenticated" -> Optional.of(new Allow.Authenticated());
                case "public" -> Optional.of(new Allow.Everyone());
                default -> {
                    report(
                            ".allow",
                            (text.isEmpty() ? "is missing" : "is \"" + text + "\"")
                                    + "; set it to owner, authenticated, role:<name> or public");
                    yield Optional.empty();
                }
            };
        }

        private void report(String suffix, String message) {
            problems.add(ConfigurationProblem.error(setting + suffix, message));
        }
    }
}
