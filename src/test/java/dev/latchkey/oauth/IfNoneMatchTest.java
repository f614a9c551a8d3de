package dev.latchkey.oauth;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IfNoneMatchTest {

    private static final String TAG = "\"abc\"";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"abc\"",
                "W/\"abc\"",
                "*",
                " \"abc\" ",
                "\"x\", \"abc\"",
                "\"x\",W/\"abc\",\"y\"",
                "\"a,b\", \"abc\""
            })
    void matchesTheTagWeakly(String header) {
        assertTrue(DiscoveryResource.matches(List.of(header), TAG));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "abc",
                "\"abcd\"",
                "\"ab\"",
                "\"ABC\"",
                "w/\"abc\"",
                "W/abc",
                "W/*",
                "\"*\"",
                "\"abc",
                "\"abc\"\"x\""
            })
    void matchesNothingElse(String header) {
        assertFalse(DiscoveryResource.matches(List.of(header), TAG));
    }

    @Test
    void readsEveryLineOfTheHeader() {
        assertTrue(DiscoveryResource.matches(List.of("\"x\"", "\"abc\""), TAG));
        assertFalse(DiscoveryResource.matches(List.of(), TAG));
        assertFalse(DiscoveryResource.matches(null, TAG));
    }
}
