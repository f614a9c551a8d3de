package dev.latchkey.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.latchkey.platform.crypto.Encodings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A parsed token whose signature was not verified yet: a compact JWS in the one spelling that it has (RFC 7515 section
 * 7.1).
 *
 * @param header what the header says, each member once
 * @param signed the bytes that the signature is over
 * @param payload what the token says, as bytes: they are not read before the signature was verified
 */
@SuppressWarnings("ArrayRecordComponent") // Two of them are never compared.
record CompactToken(Map<String, Object> header, byte[] signed, byte[] payload, byte[] signature) {

    /** Our tokens have some 900 characters, roles may add to that, and other issuers put a whole user inside. */
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

    private static final ObjectWriter WRITER = JsonMapper.builder().build().writer();

    /** Returns a token with these members and the signature that is made of their bytes. */
    static String write(Map<String, Object> header, Map<String, Object> claims, UnaryOperator<byte[]> signature) {
        try {
            String signed = Encodings.base64Url(WRITER.writeValueAsBytes(header))
                    + "."
                    + Encodings.base64Url(WRITER.writeValueAsBytes(claims));
            return signed + "." + Encodings.base64Url(signature.apply(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (JsonProcessingException unwritable) {
            throw new IllegalArgumentException("a claim cannot be written as JSON", unwritable);
        }
    }

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
            Optional<byte[]> bytes = Encodings.decodeBase64Url(texts[i]);
            if (texts[i].isEmpty() || bytes.isEmpty()) {
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

    private static Optional<Map<String, Object>> object(byte[] utf8) {
        // Security: the parser alone would accept bytes that are not UTF-8.
        Optional<String> json = Encodings.decodeUtf8(utf8);
        try {
            return json.isEmpty() ? Optional.empty() : Optional.ofNullable(JSON.readValue(json.get()));
        } catch (JsonProcessingException unreadable) {
            return Optional.empty();
        }
    }
}
