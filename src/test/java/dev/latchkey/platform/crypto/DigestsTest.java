package dev.latchkey.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestsTest {

    /** The first three test cases of RFC 6234 section 8.5, and the empty text. */
    @ParameterizedTest
    @CsvSource({
        "'', e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "abc, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq,"
                + " 248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    })
    void digestsTheExamplesOfTheRfc(String text, String hex) {
        assertArrayEquals(HexFormat.of().parseHex(hex), Digests.sha256(text));
        assertArrayEquals(HexFormat.of().parseHex(hex), Digests.sha256(text.getBytes(StandardCharsets.US_ASCII)));
        assertEquals(hex, Digests.sha256Hex(text));
    }

    @Test
    void digestsUtf8Bytes() {
        assertArrayEquals(Digests.sha256("ü".getBytes(StandardCharsets.UTF_8)), Digests.sha256("ü"));
    }

    @Test
    void comparesEveryByteAndTheLength() {
        assertTrue(Digests.areEqual(new byte[] {1, 2}, new byte[] {1, 2}));
        assertFalse(Digests.areEqual(new byte[] {1, 2}, new byte[] {1, 3}));
        assertFalse(Digests.areEqual(new byte[] {1, 2}, new byte[] {3, 2}));
        assertFalse(Digests.areEqual(new byte[] {1, 2}, new byte[] {1, 2, 0}));
        assertFalse(Digests.areEqual(new byte[] {1, 2}, new byte[0]));
    }
}
