package dev.latchkey.platform.http;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads cookies from the {@code Cookie} headers of a request. */
public final class Cookies {

    private Cookies() {}

    /**
     * Returns the value of the only cookie of a name, without quotes around it; empty if there is none or there are several.
     *
     * <p>Security: a sibling domain can add a cookie of the same name to a browser's requests (cookie tossing), and nothing
     * in the request tells which of the two is ours. So none of them is used.
     */
    public static Optional<String> only(List<String> headers, String name) {
        List<String> values = headers.stream()
                .flatMap(header -> Arrays.stream(header.split(";")))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2 && pair[0].strip().equals(name))
                .map(pair -> unquoted(pair[1].strip()))
                .toList();
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
