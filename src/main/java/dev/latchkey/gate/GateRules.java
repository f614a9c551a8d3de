package dev.latchkey.gate;

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
import java.util.stream.Stream;

/** The gate's rules as the settings have them, and what is wrong with these, which stops the boot. */
@ApplicationScoped
public class GateRules {

    private static final String USUAL_PARAMETER = "user_id";
    private static final String ROLE = "role:";
    private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** Those of RFC 9110 and RFC 5789, by which a misspelt letter case is told. */
    private static final Set<String> USUAL_METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    private final SortedMap<String, TokenOrigin> origins;
    private final List<RuleError> faults = new ArrayList<>();
    private final AccessRules rules;

    @Inject
    GateRules(GateConfig config, TrustedIssuers trusted) {
        this(config.rules(), trusted.origins());
    }

    /** The trusted issuers are those that a rule may name besides ourselves. */
    GateRules(List<GateConfig.Rule> settings, List<TokenOrigin> trusted) {
        this.origins = Stream.concat(Stream.of(TokenOrigin.ourselves()), trusted.stream())
                .collect(Collectors.toMap(TokenOrigin::name, origin -> origin, (one, other) -> one, TreeMap::new));
        List<AccessRule> read = new ArrayList<>();
        for (int i = 0; i < settings.size(); i++) {
            read("latchkey.gate.rules[" + i + "]", settings.get(i)).ifPresent(read::add);
        }
        AccessRules all = AccessRules.of(read);
        if (faults.isEmpty()) {
            faults.addAll(all.contradictions());
            faults.addAll(all.idle());
        }
        // Security: with a fault the boot stops; should it go on, nothing passes.
        this.rules = faults.isEmpty() ? all : AccessRules.of(List.of());
    }

    public AccessRules rules() {
        return rules;
    }

    /** Whoever issues tokens that count, by the name that rules have for them. */
    public Optional<TokenOrigin> origin(String name) {
        return Optional.ofNullable(origins.get(name));
    }

    public List<RuleError> faults() {
        return List.copyOf(faults);
    }

    private Optional<AccessRule> read(String setting, GateConfig.Rule rule) {
        int before = faults.size();
        Optional<PathTemplate> path = path(setting, rule);
        Set<String> methods = methods(setting, rule);
        Optional<Requirement> allow = allow(setting, rule);
        String issuer = rule.issuer().map(String::strip).orElse(TokenOrigin.OURS);
        if (!origins.containsKey(issuer)) {
            fault(
                    setting + ".issuer",
                    "names \"" + issuer + "\", and there is no latchkey.token.trusted." + issuer + "; there are "
                            + String.join(", ", origins.keySet()));
        }
        if (allow.isPresent() && allow.get() instanceof Requirement.Owner(String parameter)) {
            if (path.isPresent() && !path.get().has(parameter)) {
                fault(
                        setting + ".path",
                        "\"" + path.get().text() + "\" has no {" + parameter
                                + "}, so nobody could own it; write the parameter into it, or name another in .owner-parameter");
            }
        } else if (rule.ownerParameter().isPresent()) {
            fault(
                    setting + ".owner-parameter",
                    "means nothing beside .allow=" + rule.allow().orElse("") + "; remove it");
        }
        return faults.size() > before || path.isEmpty() || allow.isEmpty()
                ? Optional.empty()
                : Optional.of(new AccessRule(setting, path.get(), methods, new AccessRequirement(allow.get(), issuer)));
    }

    private Optional<PathTemplate> path(String setting, GateConfig.Rule rule) {
        if (rule.path().isEmpty()) {
            fault(setting + ".path", "is missing; set it to a template such as /api/{user_id}/**");
            return Optional.empty();
        }
        try {
            return Optional.of(PathTemplate.parse(rule.path().get().strip()));
        } catch (IllegalArgumentException unreadable) {
            fault(setting + ".path", String.valueOf(unreadable.getMessage()));
            return Optional.empty();
        }
    }

    private Set<String> methods(String setting, GateConfig.Rule rule) {
        Set<String> methods = new HashSet<>();
        for (String entry : rule.methods().orElse(List.of())) {
            String method = entry.strip();
            String upper = method.toUpperCase(Locale.ROOT);
            if (!METHOD.matcher(method).matches()) {
                fault(setting + ".methods", "\"" + method + "\" is no method");
            } else if (!method.equals(upper) && USUAL_METHODS.contains(upper)) {
                fault(setting + ".methods", "\"" + method + "\": letter case counts; did you mean " + upper + "?");
            }
            methods.add(method);
        }
        return methods;
    }

    private Optional<Requirement> allow(String setting, GateConfig.Rule rule) {
        String word = rule.allow().map(String::strip).orElse("");
        String role = word.startsWith(ROLE) ? word.substring(ROLE.length()).strip() : "";
        if (!role.isEmpty()) {
            return Optional.of(new Requirement.Role(role));
        }
        return switch (word) {
            case "owner" ->
                Optional.of(new Requirement.Owner(
                        rule.ownerParameter().map(String::strip).orElse(USUAL_PARAMETER)));
            case "authenticated" -> Optional.of(new Requirement.Authenticated());
            case "public" -> Optional.of(new Requirement.Everybody());
            default -> {
                fault(
                        setting + ".allow",
                        (word.isEmpty() ? "is missing" : "is \"" + word + "\"")
                                + "; set it to owner, authenticated, role:<name> or public");
                yield Optional.empty();
            }
        };
    }

    private void fault(String property, String message) {
        faults.add(new RuleError(property, message));
    }
}
