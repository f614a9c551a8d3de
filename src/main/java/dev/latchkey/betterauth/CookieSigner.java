package dev.latchkey.betterauth;

import dev.latchkey.key.Secrets;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.Encodings;
import dev.latchkey.platform.crypto.HmacSha256;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Seals what a browser keeps for the Better Auth paths, so that nobody else can have written it (HMAC-SHA256). */
@ApplicationScoped
public class CookieSigner {

    private final Secrets secrets;

    CookieSigner(Secrets secrets) {
        this.secrets = secrets;
    }

    /** The seal of a text, in base64 with padding. */
    public String of(String text) {
        return Base64.getEncoder().encodeToString(mac(text));
    }

    /** The seal of a text in the alphabet of URLs, without padding. */
    public String ofForUrl(String text) {
        return Encodings.base64Url(mac(text));
    }

    public boolean isOf(String text, String seal) {
        return same(of(text), seal);
    }

    public boolean isForUrlOf(String text, String seal) {
        return same(ofForUrl(text), seal);
    }

    // Security: as text, so that no second spelling of the same octets passes; and in constant time.
    private static boolean same(String due, String given) {
        return Digests.areEqual(due.getBytes(StandardCharsets.US_ASCII), given.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] mac(String text) {
        return new HmacSha256(secrets.cookieKey()).of(text);
    }
}
