package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PercentEncodingTest {

    @Test
    void encodesUtf8OctetsThatAreNotUnreserved() {
        assertEquals("a%2Cb%25", PercentEncoding.encode("a,b%", Character::isLetter));
        assertEquals("%C3%A9%E2%82%AC%F0%9F%98%80", PercentEncoding.encode("\u00e9\u20ac\ud83d\ude00", c -> true));
        assertEquals("%61", PercentEncoding.encode("a", c -> false));
        assertEquals("", PercentEncoding.encode("", c -> false));
    }
}
