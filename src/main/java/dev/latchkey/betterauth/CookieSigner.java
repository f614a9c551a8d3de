package dev.latchkey.betterauth;

import dev.latchkey.key.Secrets;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.Encodings;
import dev.latchkey.platform.crypto.HmacSha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;

/** Signs the values of cookies and verifies them (HMAC-SHA256), so that only this service can have written them. */
@ApplicationScoped
class CookieSigner {

    private final Secrets secrets;

    CookieSigner(Secrets secrets) {
        this.secrets = secrets;
    }

    /** Signs a text; the signature is in base64 with padding. */
    String sign(String text) {
        return base64(current().of(text));
    }

    /** Signs a text; the signature is in base64url without padding. */
    String signUrlSafe(String text) {
        return Encodings.base64Url(current().of(text));
    }

    /** Returns whether a signature is one that {@link #sign} makes, or made with the previous master secret. */
    boolean verify(String text, String signature) {
        return keys().anyMatch(key -> isSame(base64(key.of(text)), signature));
    }

    /** Returns whether a signature is one that {@link #signUrlSafe} makes, or made with the previous master secret. */
    boolean verifyUrlSafe(String text, String signature) {
        return keys().anyMatch(key -> isSame(Encodings.base64Url(key.of(text)), signature));
    }

    // Security: compared as text, so that no second spelling of the same octets passes; and in constant time.
    private static boolean isSame(String expected, String actual) {
        return Digests.areEqual(expected.getBytes(StandardCharsets.US_ASCII), actual.getBytes(StandardCharsets.UTF_8));
    }

    private HmacSha256 current() {
        return keys().findFirst().orElseThrow();
    }

    private Stream<HmacSha256> keys() {
        return secrets.cookieKeys().stream().map(HmacSha256::new);
    }

    private static String base64(byte[] mac) {
        return Base64.getEncoder().encodeToString(mac);
    }
}
