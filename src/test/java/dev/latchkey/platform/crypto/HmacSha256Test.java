package dev.latchkey.platform.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HmacSha256Test {

    /** RFC 4231 sections 4.2, 4.3, 4.4 and 4.7; keys and data in hexadecimal digits. */
    @ParameterizedTest
    @CsvSource({
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b, 4869205468657265,"
                + " b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        "4a656665, 7768617420646f2079612077616e7420666f72206e6f7468696e673f,"
                + " 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
                + " dddddddddddddddddddddddddddddddddddddddddddddddddddd"
                + "dddddddddddddddddddddddddddddddddddddddddddddddd,"
                + " 773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    })
    void computesTheExamplesOfTheRfc(String key, String data, String code) {
        HmacSha256 hmac = new HmacSha256(HexFormat.of().parseHex(key));
        assertArrayEquals(HexFormat.of().parseHex(code), hmac.of(HexFormat.of().parseHex(data)));
    }

    @Test
    void hashesAKeyThatIsLongerThanABlock() {
        byte[] key = HexFormat.of().parseHex("aa".repeat(131));
        assertEquals(
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
                HexFormat.of()
                        .formatHex(new HmacSha256(key).of("Test Using Larger Than Block-Size Key - Hash Key First")));
    }

    @Test
    void readsSeveralPartsOneAfterTheOther() {
        HmacSha256 hmac = new HmacSha256("Jefe".getBytes(StandardCharsets.US_ASCII));
        assertArrayEquals(hmac.of("what do ya want"), hmac.of(ascii("what do "), ascii("ya "), ascii("want")));
    }

    @Test
    void servesManyThreadsAtOnce() {
        HmacSha256 hmac = new HmacSha256(new byte[32]);
        List<String> texts =
                IntStream.range(0, 2_000).mapToObj(i -> "a".repeat(i)).toList();
        List<String> one = texts.stream().map(text -> hex(hmac, text)).toList();

        List<String> manyAtOnce =
                texts.parallelStream().map(text -> hex(hmac, text)).toList();
        // Not assertEquals, which would print thousands of lines.
        assertTrue(manyAtOnce.equals(one));
    }

    private static String hex(HmacSha256 hmac, String text) {
        return HexFormat.of().formatHex(hmac.of(text));
    }

    @Test
    void hidesItsKey() {
        assertEquals("HmacSha256[hidden]", new HmacSha256(ascii("secret")).toString());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
