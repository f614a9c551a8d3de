package dev.latchkey.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodingsTest {

    /** RFC 4648 section 10, without padding; and the two characters by which base64url differs. */
    @ParameterizedTest
    @CsvSource({
        "'', ''",
        "66, Zg",
        "666f, Zm8",
        "666f6f, Zm9v",
        "666f6f62, Zm9vYg",
        "666f6f6261, Zm9vYmE",
        "666f6f626172, Zm9vYmFy",
        "fbff, -_8"
    })
    void encodesAndDecodesBase64Url(String hex, String text) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        assertEquals(text, Encodings.base64Url(bytes));
        assertArrayEquals(bytes, Encodings.decodeBase64Url(text).orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Zg==", "Zm9v\n", " Zm9v", "Zm 9v", "+/8", "Z", "Zm9vY", "Zü", "Zm9v."})
    void refusesOtherAlphabetsPaddingAndBlanks(String text) {
        assertTrue(Encodings.decodeBase64Url(text).isEmpty());
    }

    /** Each decodes to one of the values above in a decoder that ignores the last bits. */
    @ParameterizedTest
    @ValueSource(strings = {"Zh", "Zv", "Zm9", "Zm9vYh", "-_9"})
    void refusesASecondEncodingOfTheSameBytes(String text) {
        assertTrue(Encodings.decodeBase64Url(text).isEmpty());
    }

    @Test
    void decodesUtf8() {
        for (String text : new String[] {"", "abc", "Zürich", "\u0000", "\uD83D\uDE00", "\uFFFD", "\uFEFFx"}) {
            assertEquals(Optional.of(text), Encodings.decodeUtf8(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Overlong forms, a surrogate, beyond Unicode, truncated, a stray continuation, Latin-1 (RFC 3629 section 3). */
    @ParameterizedTest
    @ValueSource(strings = {"c0af", "e080af", "f08080af", "eda080", "f4908080", "c3", "e282", "80", "fc", "ff"})
    void refusesWhatIsNotUtf8(String hex) {
        assertTrue(Encodings.decodeUtf8(HexFormat.of().parseHex(hex)).isEmpty());
    }
}
