package dev.latchkey.gatecheck;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Other ways to write a text in a path. */
final class Encoding {

    private Encoding() {}

    /** Every octet in two hexadecimal digits behind a mark: {@code %}, or {@code %25} for twice. */
    static String of(String text, String mark) {
        StringBuilder all = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            all.append(mark).append(HexFormat.of().toHexDigits(octet));
        }
        return all.toString();
    }

    /** Printable ASCII in its full-width forms, which begin at U+FF01. */
    static String wide(String ascii) {
        return ascii.chars()
                .mapToObj(c -> Character.toString(c - '!' + '\uff01'))
                .collect(Collectors.joining());
    }
}
