package dev.latchkey.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * A token taken apart, of which nothing is believed yet: a compact JWS in the one spelling that it has (RFC 7515 section
 * 7.1).
 *
 * @param header what the header says, each member once
 * @param signed the bytes that the signature is over
 * @param payload what the token says, as bytes: nobody reads them before the signature was found good
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares two of them.
record CompactToken(Map<String, Object> header, byte[] signed, byte[] payload, byte[] signature) {

    /** Our tokens have some 700 characters, roles may add to that, and other issuers put a whole user inside. */
    static final int MAX_LENGTH = 8 * 1024;

    private static final int PARTS = 3;

    // No token of ours nests deeper than an array; a user object of another issuer may.
    private static final int MAX_DEPTH = 16;

    /** RFC 8725 section 2.4 and 3.11: a member that stands twice means one thing here and another elsewhere. */
    private static final ObjectReader JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(new TypeReference<Map<String, Object>>() {});

    /** The parts of a token, or none when it has not the one form that we read. */
    static Optional<CompactToken> parse(String token) {
        int header = token.indexOf('.');
        int payload = token.indexOf('.', header + 1);
        if (token.length() > MAX_LENGTH || header < 0 || payload < 0 || token.indexOf('.', payload + 1) >= 0) {
            return Optional.empty();
        }
        byte[][] parts = new byte[PARTS][];
        String[] texts = {token.substring(0, header), token.substring(header + 1, payload), token.substring(payload + 1)
        };
        for (int i = 0; i < PARTS; i++) {
            Optional<byte[]> bytes = strict(texts[i]);
            if (bytes.isEmpty()) {
                return Optional.empty();
            }
            parts[i] = bytes.get();
        }
        byte[] signed = token.substring(0, payload).getBytes(StandardCharsets.US_ASCII);
        return object(parts[0]).map(members -> new CompactToken(members, signed, parts[1], parts[2]));
    }

    /** The claims, or none when the payload is no JSON object in UTF-8 whose members are named once each. */
    Optional<Map<String, Object>> claims() {
        return object(payload);
    }

    /**
     * RFC 7515 section 2: the URL-safe alphabet, without padding, white space or line breaks.
     *
     * <p>Security: the last character may carry bits that no byte holds; a second spelling of a token is refused.
     */
    private static Optional<byte[]> strict(String part) {
        if (part.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            String canonical = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            return canonical.equals(part) ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private static Optional<Map<String, Object>> object(byte[] utf8) {
        try {
            // The parser alone would let pass bytes that are no UTF-8.
            String json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            Map<String, Object> members = JSON.readValue(json);
            return Optional.ofNullable(members);
        } catch (CharacterCodingException | JsonProcessingException unreadable) {
            return Optional.empty();
        }
    }
}
