package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "Z9", "0198c1f2-4b7e-7c3a-9d21-5a1e0f4b6c7d", "a.b_c-D", "..."})
    void keepsASafeId(String id) {
        assertEquals(id, RequestIds.keepOrMake(id));
    }

    @Test
    void keepsUpTo64Characters() {
        assertEquals("x".repeat(64), RequestIds.keepOrMake("x".repeat(64)));
        assertNotEquals("x".repeat(65), RequestIds.keepOrMake("x".repeat(65)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "a b", "a\nb", "a\r\nX: y", "a\u0000", "ä", "a\"b", "<b>", "a/b", "a,b", "٣", "a\u200bb"
            })
    void replacesAnIdThatMeansSomethingElsewhere(String id) {
        String made = RequestIds.keepOrMake(id);

        assertNotEquals(id, made);
        assertTrue(RequestIds.isSafe(made), made);
    }

    @Test
    void makesADifferentIdForEachRequestWithoutOne() {
        assertNotEquals(RequestIds.keepOrMake(null), RequestIds.keepOrMake(null));
    }
}
