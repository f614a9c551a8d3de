package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.token.TokenOrigin;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateRulesTest {

    /** A rule as the settings have it, written {@code "GET,HEAD /path allow [owner-parameter [issuer]]"}; - is not given. */
    private record Written(
            Optional<String> path,
            Optional<List<String>> methods,
            Optional<String> allow,
            Optional<String> ownerParameter,
            Optional<String> issuer)
            implements GateConfig.Rule {

        static GateConfig.Rule of(String line) {
            String[] words = Arrays.copyOf(line.split(" "), 5);
            return new Written(
                    given(words[1]),
                    given(words[0]).map(methods -> List.of(methods.split(","))),
                    given(words[2]),
                    given(words[3]),
                    given(words[4]));
        }

        private static Optional<String> given(String word) {
            return Optional.ofNullable(word).filter(it -> !it.equals("-"));
        }
    }

    private static GateRules rules(String... lines) {
        return new GateRules(
                Arrays.stream(lines).map(Written::of).toList(), List.of(new TokenOrigin("partner", false, false)));
    }

    private static String problem(String... lines) {
        GateRules rules = rules(lines);
        assertEquals(1, rules.problems().size(), () -> rules.problems().toString());
        assertEquals(0, rules.rules().size(), "with an error nothing passes");
        return rules.problems().getFirst().property() + ": "
                + rules.problems().getFirst().message();
    }

    private static String deciding(GateRules rules, String method, String path) {
        assertEquals(List.of(), rules.problems());
        List<String> segments = ((CanonicalPath.Canonical) CanonicalPath.read(path)).segments();
        return rules.rules()
                .find(method, segments)
                .map(rule -> rule.path().text())
                .orElse("none");
    }

    private static void assertSays(String problem, String... words) {
        for (String word : words) {
            assertTrue(problem.contains(word), problem);
        }
    }

    @Test
    void deniesWithoutRules() {
        assertEquals("none", deciding(rules(), "GET", "/"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/status, /api/status",
        "POST, /api/status, /api/{user_id}/**",
        "GET, /api/42, /api/{user_id}/**",
        "GET, /api/42/tasks, /api/{user_id}/tasks",
        "HEAD, /api/42/tasks, /api/{user_id}/**",
        "GET, /api/42/exports/x, /api/*/exports/**",
        "GET, /api/status/x, /api/{user_id}/**",
        "GET, /api, /**",
        "get, /api, /**",
        "GET, /, /**",
    })
    void appliesTheMostSpecificRuleInAnyOrder(String method, String path, String expected) {
        List<String> lines = List.of(
                "- /** authenticated",
                "- /api/{user_id}/** owner",
                "GET /api/status public",
                "GET /api/{user_id}/tasks owner",
                "- /api/*/exports/** role:admin");
        assertEquals(expected, deciding(rules(lines.toArray(String[]::new)), method, path));
        List<String> reversed = lines.reversed();
        assertEquals(expected, deciding(rules(reversed.toArray(String[]::new)), method, path));
        for (int i = 0; i < lines.size(); i++) {
            List<String> rotated = new java.util.ArrayList<>(lines);
            Collections.rotate(rotated, i);
            assertEquals(expected, deciding(rules(rotated.toArray(String[]::new)), method, path));
        }
    }

    @Test
    void reportsOwnerRulesWithoutTheirParameter() {
        assertSays(problem("- /api/{id}/** owner"), "rules[0].path", "{user_id}", ".owner-parameter");
        assertSays(problem("- /api/{user_id}/** owner member"), "rules[0].path", "{member}");
        assertSays(problem("- /api/*/** owner"), "rules[0].path", "{user_id}");
        assertSays(problem("- /api/{user_id} authenticated user_id"), "rules[0].owner-parameter");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- - owner",
                "- api owner",
                "- /api -",
                "- /api Owner",
                "- /api role:",
                "- /api admin",
                "- /api anyone",
                "get /api public",
                "Head /api public",
                "GE(T /api public",
                "- /api authenticated - elsewhere"
            })
    void refusesMalformedRules(String line) {
        assertSays(problem(line), "latchkey.gate.rules[0].");
    }

    @Test
    void reportsContradictingRules() {
        assertSays(
                problem("- /api/{user_id}/** owner", "- /api/*/** public"),
                "rules[0]",
                "rules[1] (/api/*/**, public)",
                "contradicts");
        assertSays(problem("GET,HEAD /x public", "POST,HEAD /x authenticated"), "rules[0]", "rules[1]");
        assertSays(problem("- /{a}/{user_id} owner", "- /{user_id}/{b} owner"), "contradicts");
        assertSays(problem("- /x role:admin", "- /x role:auditor"), "contradicts");
        assertSays(problem("- /x/{user_id} owner", "- /x/{user_id} owner - partner"), "contradicts");
    }

    @Test
    void acceptsRulesThatAgree() {
        assertEquals(
                List.of(), rules("- /{user_id}/{a} owner", "- /{b}/{c} owner b").problems());
        assertEquals(List.of(), rules("GET /x public", "POST /x authenticated").problems());
        assertEquals(List.of(), rules("GET /x public", "- /x authenticated").problems());
    }

    @Test
    void reportsRulesThatCanNeverDecide() {
        assertSays(
                problem("- /x/** authenticated", "- /x public", "- /x/*/** public"),
                "rules[0].path",
                "can never decide",
                "/x/**");
        assertSays(problem("GET /x/** authenticated", "- /x public", "GET /x/*/** public"), "rules[0].path");
        assertSays(
                problem("- /x/** authenticated", "- /x public", "- /x/* public", "- /x/*/*/** public"),
                "rules[0].path");
    }

    @Test
    void acceptsRulesThatDecideSomewhere() {
        assertEquals(
                List.of(),
                rules("- /x/** authenticated", "- /x public", "GET /x/*/** public")
                        .problems());
        assertEquals(
                List.of(), rules("- /x/** authenticated", "- /x/*/** public").problems());
        assertEquals(
                List.of(),
                rules("- /x/** authenticated", "- /x public", "- /x/*/*/** public")
                        .problems());
        assertEquals(
                List.of(),
                rules("- /x/* authenticated", "- /x/a public", "- /x/b public").problems());
    }
}
