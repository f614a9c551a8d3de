package dev.latchkey.platform.http;

import dev.latchkey.platform.crypto.Encodings;
import java.net.URLDecoder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a form body, each at most once, and one without a value is absent (as RFC 6749, section 3.1, requires).
 *
 * <p>By hand, because the framework's form entity replaces bytes that are not UTF-8 and fails on broken escapes, where
 * the routes that use this refuse the request.
 */
public final class FormParameters {

    private final Map<String, String> values;

    private FormParameters(Map<String, String> values) {
        this.values = values;
    }

    /** Parses a body; empty if it is not a form in UTF-8 or a name occurs twice. */
    public static Optional<FormParameters> parse(byte[] body) {
        Map<String, String> values = new HashMap<>();
        try {
            for (String pair : utf8(body).split("&", -1)) {
                int sign = pair.indexOf('=');
                String name = decoded(sign < 0 ? pair : pair.substring(0, sign));
                String value = sign < 0 ? "" : decoded(pair.substring(sign + 1));
                // Security: one server may read the first of two and another the last.
                if (!pair.isEmpty() && values.putIfAbsent(name, value) != null) {
                    return Optional.empty();
                }
            }
        } catch (CharacterCodingException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
        return Optional.of(new FormParameters(values));
    }

    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /** Decodes a form-encoded text; empty if it is malformed. */
    public static Optional<String> decode(String encoded) {
        try {
            return Optional.of(decoded(encoded));
        } catch (CharacterCodingException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    public static String utf8(byte[] bytes) throws CharacterCodingException {
        return Encodings.decodeUtf8(bytes).orElseThrow(CharacterCodingException::new);
    }

    private static String decoded(String encoded) throws CharacterCodingException {
        // One character for each byte, so that what the escapes stand for is decoded as strictly as the rest.
        String bytes = new String(encoded.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        return utf8(URLDecoder.decode(bytes, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1));
    }
}
