package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.gate.OwnerRule.NotOwner;
import dev.latchkey.gate.OwnerRule.Owner;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-019, FR-021, SC-005. */
class OwnerRuleTest {

    private static final String USER = "Ab\u00e9-42";

    @Test
    void opensTheUsersOwnRoute() {
        assertEquals(new Owner(USER), OwnerRule.decide(USER, USER));
        assertEquals(new Owner(USER), OwnerRule.decide(USER, new String(USER.toCharArray())));
    }

    @Test
    void opensARouteThatNamesTheUserTwice() {
        assertEquals(new Owner(USER), OwnerRule.decide(USER, List.of(USER, USER)));
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
    void refusesWhateverIsNotExactlyTheUser(String other) {
        assertEquals(new NotOwner(), OwnerRule.decide(USER, other));
        assertEquals(new NotOwner(), OwnerRule.decide(other, USER));
        assertEquals(new NotOwner(), OwnerRule.decide(USER, List.of(USER, other)));
        assertEquals(new NotOwner(), OwnerRule.decide(USER, List.of(other, USER)));
    }

    @Test
    void refusesATokenWithoutUser() {
        assertEquals(new NotOwner(), OwnerRule.decide(null, USER));
        assertEquals(new NotOwner(), OwnerRule.decide("", USER));
        assertEquals(new NotOwner(), OwnerRule.decide(null, "null"));
        assertEquals(new NotOwner(), OwnerRule.decide("", List.of("")));
        assertEquals(new NotOwner(), OwnerRule.decide("", ""));
    }

    @Test
    void refusesARouteWithoutUser() {
        assertEquals(new NotOwner(), OwnerRule.decide(USER, (String) null));
        assertEquals(new NotOwner(), OwnerRule.decide(USER, List.of()));
        assertEquals(new NotOwner(), OwnerRule.decide(null, (String) null));
        assertEquals(new NotOwner(), OwnerRule.decide(null, List.of()));
    }

    @Test
    void doesNotFoldCaseInATurkishWayEither() {
        assertEquals(new NotOwner(), OwnerRule.decide("I", "\u0131"));
        assertEquals(new NotOwner(), OwnerRule.decide("i", "I"));
        assertEquals(new NotOwner(), OwnerRule.decide("\u00df", "ss"));
    }
}
