package dev.latchkey.platform.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Strict base64url and UTF-8: every value has one encoding, and all others are refused. */
public final class Encodings {

    private Encodings() {}

    /** Encodes bytes in base64url: the URL-safe alphabet, without padding. */
    public static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Decodes RFC 7515 section 2's base64url: the URL-safe alphabet, without padding, white space or line breaks.
     *
     * <p>Security: the last character may carry bits that no byte holds, so several texts could stand for the same bytes.
     * All but the one that an encoder writes are refused.
     *
     * @return empty if the text is not in this form
     */
    public static Optional<byte[]> decodeBase64Url(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            return base64Url(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /**
     * Decodes UTF-8.
     *
     * <p>Security: {@code new String} would replace overlong forms, surrogates and truncated sequences, so a filter in front
     * of this service could read another text.
     *
     * @return empty if the bytes are not valid UTF-8
     */
    public static Optional<String> decodeUtf8(byte[] bytes) {
        return decodeUtf8(ByteBuffer.wrap(bytes));
    }

    /** Decodes the remaining bytes of a buffer as {@link #decodeUtf8(byte[])} does. */
    public static Optional<String> decodeUtf8(ByteBuffer bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }
}
