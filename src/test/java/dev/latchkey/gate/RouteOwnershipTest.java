package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-019, FR-021, SC-005. */
class RouteOwnershipTest {

    private static final String USER = "Ab\u00e9-42";

    private static boolean isOwner(@Nullable String tokenUser, String... routeValues) {
        return AccessRequirement.isOwner(tokenUser, List.of(routeValues));
    }

    @Test
    void acceptsTheUsersOwnRoute() {
        assertTrue(isOwner(USER, USER));
        assertTrue(isOwner(USER, new String(USER.toCharArray())));
    }

    @Test
    void acceptsARouteThatNamesTheUserTwice() {
        assertTrue(isOwner(USER, USER, USER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "43",
                "ab\u00e9-42",
                "AB\u00c9-42",
                "Abe\u0301-42",
                "Abe-42",
                "Ab\u00e9-42 ",
                " Ab\u00e9-42",
                "Ab\u00e9-42/",
                "Ab\u00e9-42\0",
                "Ab\u00e9-4",
                "Ab\u00e9-421",
                "Ab\u00e9-42,Ab\u00e9-42",
                "Ab%C3%A9-42",
                "Ab\u00e9\u200b-42",
                "\uff21b\u00e9-42",
                "*",
                "me",
                "null"
            })
    void refusesAnyOtherSpellingOfTheUser(String other) {
        assertFalse(isOwner(USER, other));
        assertFalse(isOwner(other, USER));
        assertFalse(isOwner(USER, USER, other));
        assertFalse(isOwner(USER, other, USER));
    }

    @Test
    void refusesATokenWithoutUser() {
        assertFalse(isOwner(null, USER));
        assertFalse(isOwner("", USER));
        assertFalse(isOwner(null, "null"));
        assertFalse(isOwner("", ""));
        assertFalse(isOwner("", ""));
    }

    @Test
    void refusesARouteWithoutUser() {
        assertFalse(isOwner(USER));
        assertFalse(isOwner(USER));
        assertFalse(isOwner(null));
        assertFalse(isOwner(null));
    }

    @Test
    void comparesIdsCaseSensitivelyInEveryLocale() {
        assertFalse(isOwner("I", "\u0131"));
        assertFalse(isOwner("i", "I"));
        assertFalse(isOwner("\u00df", "ss"));
    }
}
