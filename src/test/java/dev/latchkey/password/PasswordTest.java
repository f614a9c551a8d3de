package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordTest {

    @Test
    void composedAndDecomposedFormsAreEqual() {
        assertEquals("p\u00E4ssw\u00F6rd", Password.of("pa\u0308sswo\u0308rd").text());
        assertArrayEquals(
                Password.of("\u1F82").utf8(),
                Password.of("\u03B1\u0313\u0300\u0345").utf8());
    }

    // NFC, nothing else: neither case, blanks nor compatibility forms are touched.
    @ParameterizedTest
    @ValueSource(
            strings = {
                " Leading and trailing ",
                "ｆｕｌｌ ｗｉｄｔｈ",
                "ﬁne ligature",
                "UPPER lower",
                "a\u0000b",
                "zero\u200Bwidth"
            })
    void isOtherwiseLeftAsItIs(String raw) {
        assertEquals(raw, Password.of(raw).text());
        assertTrue(Password.of(raw).isText());
    }

    @Test
    void countsCodePointsAfterNfc() {
        assertEquals(0, Password.of("").length());
        assertEquals(4, Password.of("🔑🔑🔑🔑").length());
        assertEquals(1, Password.of("\u03B1\u0313\u0300\u0345").length());
        assertEquals(1, Password.of("\u0000").length());
    }

    @Test
    void countsTheLongestDecomposedPasswordRightly() {
        assertEquals(128, Password.of("\u03B1\u0313\u0300\u0345".repeat(128)).length());
        // Two chars for each code point, as many code points for each letter as there can be.
        assertTrue(Password.of("\uD834\uDD58\uD834\uDD65".repeat(300)).length() > 128);
    }

    @Test
    void doesNotNormalizeTextTooLongInEveryForm() {
        String marks = "a" + "\u0301\u0316".repeat(30_000);
        assertEquals(marks, Password.of(marks).text());
        assertEquals(60_001, Password.of(marks).length());
    }

    @ParameterizedTest
    @ValueSource(ints = {0xD800, 0xDBFF, 0xDC00, 0xDFFF})
    void isNoTextWithLoneSurrogate(int surrogate) {
        assertFalse(Password.of("correct horse" + (char) surrogate).isText());
        assertFalse(Password.of((char) surrogate + "correct horse").isText());
    }

    // FR-005
    @Test
    void cannotBePrintedOrCompared() {
        Password password = Password.of("correct horse");
        assertEquals("[password]", password.toString());
        assertNotEquals(password, Password.of("correct horse"));
        assertEquals("[password hash]", new PasswordHash("$argon2id$").toString());
    }

    @Test
    void returnsBytesThatMayBeWiped() {
        Password password = Password.of("correct horse");
        password.utf8()[0] = 0;
        assertArrayEquals("correct horse".getBytes(StandardCharsets.UTF_8), password.utf8());
    }
}
