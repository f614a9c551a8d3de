package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.http.CanonicalPath;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathTemplateTest {

    private static boolean matches(String template, String path) {
        return PathTemplate.parse(template).matches(segments(path));
    }

    private static List<String> segments(String path) {
        return ((CanonicalPath.Canonical) CanonicalPath.read(path)).segments();
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/api, /api",
        "/api, /api/",
        "/api/, /api",
        "/api/{user_id}, /api/42",
        "/api/*, /api/42",
        "/api/**, /api",
        "/api/**, /api/42/tasks/7",
        "/**, /",
        "/**, /anything",
        "/api/{user_id}/**, /api/42",
        "/café/*, /caf%C3%A9/x",
    })
    void matchesPathsOfItsForm(String template, String path) {
        assertTrue(matches(template, path));
    }

    @ParameterizedTest
    @CsvSource({
        "/, /api",
        "/api, /",
        "/api, /API",
        "/api, /api/42",
        "/api/{user_id}, /api",
        "/api/{user_id}, /api/42/tasks",
        "/api/*/tasks, /api/42/7/tasks",
        "/api/{user_id}/**, /api",
        "/api/**, /apix",
        "/api/**, /x/api",
    })
    void doesNotMatchOtherPaths(String template, String path) {
        assertFalse(matches(template, path));
    }

    @Test
    void returnsTheSegmentOfAParameter() {
        PathTemplate template = PathTemplate.parse("/teams/{team}/members/{member}/**");
        List<String> path = segments("/teams/t1/members/m%201/x");
        assertEquals(List.of("m 1"), template.value("member", path));
        assertEquals(List.of("t1"), template.value("team", path));
        assertEquals(List.of(), template.value("other", path));
        assertEquals(List.of(), PathTemplate.parse("/*").value("", List.of("x")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api",
                "//",
                "/api//x",
                "/api/**/x",
                "/**/**",
                "/api/{}",
                "/api/{user-id}",
                "/api/{user_id",
                "/api/user_id}",
                "/api/x{user_id}",
                "/api/{a}{b}",
                "/api/{a}/{a}",
                "/api/x*",
                "/api/***",
                "/api/%41",
                "/api/caf%C3%A9",
                "/api/..",
                "/api/x ",
                "/api/ x/y",
                "/api/.",
                "/api/a;b",
                "/api/a\\b",
                "/api/a?b",
                "/api/a#b",
                "/api/cafe\u0301",
                "/api/a\u0000",
                "https://example.com/api"
            })
    void refusesMalformedTemplates(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> PathTemplate.parse(text))
                .getMessage();
        assertTrue(message.startsWith("\"" + text + "\" is not a path template: "), message);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/me, /api/{user_id}",
        "/api/me, /api/**",
        "/api/{user_id}, /api/**",
        "/api/*, /api/**",
        "/api, /api/**",
        "/api/me/**, /api/{user_id}/tasks",
        "/api/{user_id}/tasks, /api/{user_id}/**",
        "/{a}/tasks/**, /{a}/{b}/c",
        "/api/{user_id}/**, /**",
        "/, /**",
    })
    void ordersTemplatesBySpecificity(String specific, String general) {
        PathTemplate one = PathTemplate.parse(specific);
        PathTemplate other = PathTemplate.parse(general);
        assertTrue(PathTemplate.bySpecificity(one, other) < 0);
        assertTrue(PathTemplate.bySpecificity(other, one) > 0);
        assertFalse(one.isShapedAs(other));
    }

    @ParameterizedTest
    @CsvSource({"/api/{a}/**, /api/*/**", "/api/{a}, /api/{b}", "/api/, /api"})
    void ranksNamesAndAsterisksAlike(String one, String other) {
        assertEquals(0, PathTemplate.bySpecificity(PathTemplate.parse(one), PathTemplate.parse(other)));
        assertTrue(PathTemplate.parse(one).isShapedAs(PathTemplate.parse(other)));
    }
}
