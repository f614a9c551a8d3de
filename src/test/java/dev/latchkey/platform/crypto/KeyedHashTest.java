package dev.latchkey.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KeyedHashTest {

    /** Appendix A of "SipHash: a fast short-input PRF" (Aumasson and Bernstein, 2012). */
    @Test
    void computesTheExampleOfThePaper() {
        KeyedHash hash = new KeyedHash(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));
        assertEquals(0xa129ca6149be45e5L, hash.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e")));
    }

    @Test
    void hasAKeyOfItsOwn() {
        assertNotEquals(new KeyedHash().of("session"), new KeyedHash().of("session"));
    }

    @Test
    void givesOneTextOneHash() {
        KeyedHash hash = new KeyedHash();
        assertEquals(hash.of("session"), hash.of("session"));
        assertNotEquals(hash.of("session"), hash.of("Session"));
    }
}
