package dev.latchkey.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RandomTokensTest {

    @Test
    void generatesLettersAndDigitsOfTheRequestedLength() {
        assertTrue(RandomTokens.base62(32).matches("[A-Za-z0-9]{32}"));
        assertTrue(RandomTokens.base62(1).matches("[A-Za-z0-9]"));
    }

    @Test
    void usesEveryLetterAndDigit() {
        // One of 62 is missing among 10,000 with a probability of 62 * (61/62)^10000, about 1e-69.
        Set<Integer> used = RandomTokens.base62(10_000).chars().boxed().collect(Collectors.toSet());
        assertEquals(62, used.size());
    }

    @Test
    void writesBytesInLettersAndDigits() {
        byte[] bytes = new byte[32];
        assertEquals("A".repeat(32), RandomTokens.base62(bytes, 32));
        bytes[31] = 61;
        assertEquals("9" + "A".repeat(31), RandomTokens.base62(bytes, 32));
        bytes[31] = 62;
        assertEquals("AB" + "A".repeat(30), RandomTokens.base62(bytes, 32));
        Arrays.fill(bytes, (byte) -1);
        assertTrue(RandomTokens.base62(bytes, 32).matches("[A-Za-z0-9]{32}"), "no sign");
    }

    @Test
    void writesBytesInBase64UrlWithoutPadding() {
        assertTrue(RandomTokens.base64Url(32).matches("[A-Za-z0-9_-]{43}"));
    }

    @Test
    void neverRepeatsAToken() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            assertTrue(seen.add(RandomTokens.base62(32)));
            assertTrue(seen.add(RandomTokens.base64Url(32)));
            assertTrue(seen.add(HexFormat.of().formatHex(RandomTokens.bytes(16))));
        }
    }
}
