package dev.latchkey.betterauth;

import dev.latchkey.key.Secrets;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.Encodings;
import dev.latchkey.platform.crypto.HmacSha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Signs the values of cookies and verifies them (HMAC-SHA256), so that only this service can have written them. */
@ApplicationScoped
class CookieSigner {

    private final Secrets secrets;

    CookieSigner(Secrets secrets) {
        this.secrets = secrets;
    }

    /** Signs a text; the signature is in base64 with padding. */
    String sign(String text) {
        return Base64.getEncoder().encodeToString(mac(text));
    }

    /** Signs a text; the signature is in base64url without padding. */
    String signUrlSafe(String text) {
        return Encodings.base64Url(mac(text));
    }

    /** Returns whether a signature is the one that {@link #sign} makes. */
    boolean verify(String text, String signature) {
        return isSame(sign(text), signature);
    }

    /** Returns whether a signature is the one that {@link #signUrlSafe} makes. */
    boolean verifyUrlSafe(String text, String signature) {
        return isSame(signUrlSafe(text), signature);
    }

    // Security: compared as text, so that no second spelling of the same octets passes; and in constant time.
    private static boolean isSame(String expected, String actual) {
        return Digests.areEqual(expected.getBytes(StandardCharsets.US_ASCII), actual.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] mac(String text) {
        return new HmacSha256(secrets.cookieKey()).of(text);
    }
}
