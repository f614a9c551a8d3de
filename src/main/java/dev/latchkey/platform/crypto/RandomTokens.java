package dev.latchkey.platform.crypto;

import java.math.BigInteger;
import java.security.SecureRandom;

/** Unguessable values from the operating system's random number generator. */
public final class RandomTokens {

    private static final String BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private RandomTokens() {}

    /** Returns a number of random bytes. */
    public static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random().nextBytes(bytes);
        return bytes;
    }

    /** Returns a text of random letters and digits, each worth 5.95 bits. */
    public static String base62(int length) {
        SecureRandom random = random();
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(BASE62.charAt(random.nextInt(BASE62.length())));
        }
        return text.toString();
    }

    /**
     * Returns a text of letters and digits that stands for bytes which cannot be guessed, such as those of an HMAC.
     *
     * <p>Security: with 32 bytes and 32 characters, each worth 5.95 bits, the texts are as good as equally likely: a remainder
     * of 2^256 by 62^32 favours none by more than one part in 2^65.
     */
    public static String base62(byte[] bytes, int length) {
        BigInteger rest = new BigInteger(1, bytes);
        BigInteger base = BigInteger.valueOf(BASE62.length());
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            BigInteger[] divided = rest.divideAndRemainder(base);
            text.append(BASE62.charAt(divided[1].intValue()));
            rest = divided[0];
        }
        return text.toString();
    }

    /** Returns a number of random bytes in base64url without padding. */
    public static String base64Url(int byteCount) {
        return Encodings.base64Url(bytes(byteCount));
    }

    // Security: never in a static field, which the native image would fill when it is built. A new one costs little:
    // all of them read from one source of the operating system.
    private static SecureRandom random() {
        return new SecureRandom();
    }
}
