package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "Ada Lovelace", "\u00e4\u2028\u200b", "\ud83d\ude00"})
    void acceptsTextWithoutControlCharacters(String text) {
        assertTrue(PlainText.isPlain(text));
        assertEquals(text, PlainText.sanitize(text, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0", "a\t", "a\n", "a\u001b", "a\u007f", "a\u0085", "a\ud83d", "a\ude00"})
    void refusesControlCharactersAndUnpairedSurrogates(String text) {
        assertFalse(PlainText.isPlain(text));
        assertEquals("a?", PlainText.sanitize(text, 100));
    }

    @Test
    void cutsBetweenCodePoints() {
        assertEquals("a\ud83d\ude00", PlainText.sanitize("a\ud83d\ude00b", 2));
    }
}
