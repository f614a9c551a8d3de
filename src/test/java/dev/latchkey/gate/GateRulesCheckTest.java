package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.platform.boot.ConfigurationProblem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateRulesCheckTest {

    private static List<String> checked(Map<String, String> settings) {
        return GateRulesCheck.check(settings).stream()
                .map(ConfigurationProblem::property)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", " , ,"})
    void refusesAnEmptyListOfMethods(String methods) {
        assertEquals(
                List.of("LATCHKEY_GATE_RULES_0__METHODS"), checked(Map.of("LATCHKEY_GATE_RULES_0__METHODS", methods)));
        assertEquals(
                List.of("latchkey.gate.rules[0].methods"), checked(Map.of("latchkey.gate.rules[0].methods", methods)));
    }

    @Test
    void refusesAGapInTheRuleNumbers() {
        assertEquals(
                List.of("latchkey.gate.rules[1]"),
                checked(Map.of("latchkey.gate.rules[0].path", "/a", "latchkey.gate.rules[2].path", "/b")));
        assertEquals(List.of("latchkey.gate.rules[0]"), checked(Map.of("LATCHKEY_GATE_RULES_1__PATH", "/a")));
    }

    @Test
    void acceptsRuleNumbersFromSeveralSources() {
        assertEquals(
                List.of(),
                checked(Map.of(
                        "latchkey.gate.rules[0].path", "/a",
                        "LATCHKEY_GATE_RULES_0__METHODS", "GET",
                        "LATCHKEY_GATE_RULES_1__PATH", "/b",
                        "latchkey.gate.rules[2].path", "/c",
                        "latchkey.http.trusted-proxies", "")));
        assertEquals(List.of(), checked(Map.of()));
    }
}
