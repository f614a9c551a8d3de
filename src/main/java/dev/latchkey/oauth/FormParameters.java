package dev.latchkey.oauth;

import dev.latchkey.platform.crypto.Encodings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a form body, read as RFC 6749 wants it: each at most once (section 3.1), and one without a value
 * counts as absent.
 */
final class FormParameters {

    private final Map<String, String> values;

    private FormParameters(Map<String, String> values) {
        this.values = values;
    }

    /** None when the bytes are no form in UTF-8 or a name occurs twice. */
    static Optional<FormParameters> parse(byte[] body) {
        Map<String, String> values = new HashMap<>();
        try {
            for (String pair : utf8(body).split("&", -1)) {
                int sign = pair.indexOf('=');
                String name = decoded(sign < 0 ? pair : pair.substring(0, sign));
                String value = sign < 0 ? "" : decoded(pair.substring(sign + 1));
                // Security: whoever reads the first of two and whoever reads the last see two requests.
                if (!pair.isEmpty() && values.putIfAbsent(name, value) != null) {
                    return Optional.empty();
                }
            }
        } catch (CharacterCodingException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
        return Optional.of(new FormParameters(values));
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /** The text behind its form encoding; none when it is no such encoding. */
    static Optional<String> decode(String encoded) {
        try {
            return Optional.of(decoded(encoded));
        } catch (CharacterCodingException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    static String utf8(byte[] bytes) throws CharacterCodingException {
        return Encodings.decodeUtf8(bytes).orElseThrow(CharacterCodingException::new);
    }

    private static String decoded(String encoded) throws CharacterCodingException {
        byte[] from = encoded.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream to = new ByteArrayOutputStream(from.length);
        for (int i = 0; i < from.length; i++) {
            if (from[i] == '%') {
                if (i + 2 >= from.length) {
                    throw new IllegalArgumentException("an escape is cut off");
                }
                to.write(HexFormat.fromHexDigit(from[i + 1]) << 4 | HexFormat.fromHexDigit(from[i + 2]));
                i += 2;
            } else {
                to.write(from[i] == '+' ? ' ' : from[i]);
            }
        }
        return utf8(to.toByteArray());
    }
}
