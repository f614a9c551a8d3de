package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {

    @ParameterizedTest
    @CsvSource({
        "/api/ada/tasks, /api/bob/tasks, /api/, ada, bob, /tasks",
        "/api/ada/tasks/, /api/bob/tasks/, /api/, ada, bob, /tasks/",
        "/api/users/ada, /api/users/bob, /api/users/, ada, bob, ''",
        "/ada, /bob, /, ada, bob, ''",
        "/a/b/ada/b/a, /a/b/bob/b/a, /a/b/, ada, bob, /b/a",
        "/api/auth0%7C1/x, /api/auth0%7C2/x, /api/, auth0%7C1, auth0%7C2, /x",
        "/api/ada/a, /api/ADA/a, /api/, ada, ADA, /a",
    })
    void splitsPathsAtTheSegmentThatDiffers(
            String own, String other, String before, String ownId, String otherId, String after) {
        Routes routes = routes(own, other);
        assertEquals(new Routes(before, ownId, otherId, after), routes);
        assertEquals(own, routes.own());
        assertEquals(other, routes.other());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "api/ada",
                "//api/ada",
                "/api//ada",
                "/",
                "/api/ada?x=y",
                "/api/ada#x",
                "/api/ada;x",
                "/api/../ada",
                "/api/./ada",
                "/api/ada/..",
                "/api/a da",
                "/api/ada\r\nX: y",
                "/api/ada\\x",
                "/api/ad%6",
                "/api/\u00e4da",
                "https://app.example.com/api/ada"
            })
    void refusesPathsThatAreNotPlain(String path) {
        assertInstanceOf(Parsed.Invalid.class, Routes.parse(path, "/api/bob"));
        assertInstanceOf(Parsed.Invalid.class, Routes.parse("/api/bob", path));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/ada, /api/ada",
        "/api/ada/x, /api/bob/y",
        "/api/ada, /api/ada/x",
        "/api/ada, /api/bob/",
        "/api/ada/, /api/ada",
        "/api/ada/tasks, /tasks/bob/api",
    })
    void refusesPathsOfDifferentRoutes(String own, String other) {
        assertInstanceOf(Parsed.Invalid.class, Routes.parse(own, other));
    }

    @ParameterizedTest
    @CsvSource({
        "ada, ada",
        "auth0%7C1, auth0|1",
        "a+b, a+b",
        "%41da, Ada",
        "a%2Cb, a%2Cb",
        "a%0D%0Ab, a%0D%0Ab",
        "a%20b, a%20b",
        "%C3%A4da, %C3%A4da",
        "%FFda, %FFda",
    })
    void decodesIdsForHeadersAsTheGateDoes(String segment, String header) {
        assertEquals(header, Routes.inHeader(segment));
    }

    static Routes routes(String own, String other) {
        return assertInstanceOf(
                Routes.class,
                assertInstanceOf(Parsed.Valid.class, Routes.parse(own, other)).value());
    }
}
