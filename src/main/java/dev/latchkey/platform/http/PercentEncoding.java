package dev.latchkey.platform.http;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.IntPredicate;

/** Percent-encoding of UTF-8 (RFC 3986, 2.1), with upper-case digits. */
public final class PercentEncoding {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private PercentEncoding() {}

    /** Encodes every octet of the text but the ASCII characters that are to be kept. */
    public static String encode(String text, IntPredicate kept) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (octet >= 0 && kept.test(octet)) {
                encoded.append((char) octet);
            } else {
                encoded.append('%').append(HEX.toHexDigits(octet));
            }
        }
        return encoded.toString();
    }

    /** Encodes the value of a query parameter or a cookie: everything but letters, digits and {@code . - _ *}. */
    public static String encodeValue(String text) {
        return encode(text, c -> isLetterOrDigit(c) || ".-_*".indexOf(c) >= 0);
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
