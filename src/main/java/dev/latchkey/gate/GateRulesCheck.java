package dev.latchkey.gate;

import dev.latchkey.platform.boot.ConfigurationCheck;
import dev.latchkey.platform.boot.ConfigurationProblem;
import io.smallrye.config.EnvConfigSource;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Checks the gate's rules: each can be read, can decide on some request and contradicts no other. Also checks what the
 * configuration mapping hides: a number that was left out, and an empty list of methods, which would mean all of them.
 */
@Singleton
class GateRulesCheck implements ConfigurationCheck {

    private static final Pattern PROPERTY = Pattern.compile("latchkey\\.gate\\.rules\\[(\\d{1,6})]\\.(.+)");
    private static final Pattern VARIABLE = Pattern.compile("LATCHKEY_GATE_RULES_(\\d{1,6})__(.+)");

    private final GateRules rules;
    private final Config config;

    GateRulesCheck(GateRules rules, Config config) {
        this.rules = rules;
        this.config = config;
    }

    @Override
    public Usage usage() {
        return Usage.GATE_RULES;
    }

    @Override
    public List<ConfigurationProblem> problems() {
        Map<String, String> settings = new HashMap<>();
        for (ConfigSource source : config.getConfigSources()) {
            // An environment source also offers its variables in dotted spelling, which is a guess.
            source.getProperties().forEach((name, value) -> {
                if (!(source instanceof EnvConfigSource)
                        || VARIABLE.matcher(name).matches()) {
                    settings.put(name, value);
                }
            });
        }
        List<ConfigurationProblem> problems = new ArrayList<>(check(settings));
        if (problems.isEmpty()) {
            problems.addAll(rules.problems());
        }
        return problems;
    }

    static List<ConfigurationProblem> check(Map<String, String> settings) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        SortedSet<Integer> numbers = new TreeSet<>();
        settings.forEach((name, value) -> {
            for (Pattern spelling : List.of(PROPERTY, VARIABLE)) {
                Matcher matcher = spelling.matcher(name);
                if (matcher.matches()) {
                    numbers.add(Integer.parseInt(matcher.group(1)));
                    boolean methods = matcher.group(2).equalsIgnoreCase("methods");
                    if (methods && value.replace(",", "").isBlank()) {
                        problems.add(ConfigurationProblem.error(
                                name, "is empty; remove it if all methods are meant, or name those that are"));
                    }
                }
            }
        });
        int expected = 0;
        for (int number : numbers) {
            if (number != expected) {
                problems.add(ConfigurationProblem.error(
                        "latchkey.gate.rules[" + expected + "]",
                        "is missing before number " + number + "; the rules are numbered from 0 without a gap"));
                break;
            }
            expected++;
        }
        return problems;
    }
}
