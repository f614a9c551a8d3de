package dev.latchkey.platform.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA-256 (RFC 2104, RFC 4231) under one key, for use by any number of threads. */
public final class HmacSha256 {

    private static final String ALGORITHM = "HmacSHA256";

    /** Has the key, and is never used itself: to copy it takes less than to make another one. */
    private final Mac keyed;

    public HmacSha256(byte[] key) {
        try {
            keyed = Mac.getInstance(ALGORITHM);
            keyed.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has HmacSHA256", impossible);
        }
    }

    /** Returns the authentication code, 32 bytes, of all the parts one after the other. */
    public byte[] of(byte[]... parts) {
        try {
            Mac mac = (Mac) keyed.clone();
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("that of the platform can be copied", impossible);
        }
    }

    /** Returns the authentication code of a text's UTF-8 bytes. */
    public byte[] of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "HmacSha256[hidden]";
    }
}
