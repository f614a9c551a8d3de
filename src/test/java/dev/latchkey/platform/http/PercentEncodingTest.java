package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PercentEncodingTest {

    @Test
    void encodesUtf8OctetsThatAreNotUnreserved() {
        assertEquals("a%2Cb%25", PercentEncoding.encode("a,b%", Character::isLetter));
        assertEquals("%C3%A9%E2%82%AC%F0%9F%98%80", PercentEncoding.encode("\u00e9\u20ac\ud83d\ude00", c -> true));
        assertEquals("%61", PercentEncoding.encode("a", c -> false));
        assertEquals("", PercentEncoding.encode("", c -> false));
    }

    /** The cookies and links that are already with clients were encoded in this way. */
    @Test
    void encodesValuesAsFormEncodingDoesExceptForSpaces() {
        for (int c = 0; c <= 0x2100; c++) {
            String text = "a" + (char) c;
            assertEquals(
                    URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20"),
                    PercentEncoding.encodeValue(text));
        }
        assertEquals("%F0%9F%98%80%3F", PercentEncoding.encodeValue("\ud83d\ude00\ud83d"));
    }
}
