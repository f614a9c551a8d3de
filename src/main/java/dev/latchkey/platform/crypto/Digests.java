package dev.latchkey.platform.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 digests (FIPS 180-4), and their comparison. */
public final class Digests {

    private Digests() {}

    /** Returns the SHA-256 digest of some bytes. */
    public static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Returns the SHA-256 digest of a text's UTF-8 bytes. */
    public static byte[] sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the SHA-256 digest of a text's UTF-8 bytes as 64 lower-case hexadecimal digits. */
    public static String sha256Hex(String text) {
        return HexFormat.of().formatHex(sha256(text));
    }

    /**
     * Returns whether two byte arrays are equal.
     *
     * <p>Security: takes the same time wherever they first differ, so a client cannot find a secret byte by byte.
     */
    public static boolean areEqual(byte[] expected, byte[] presented) {
        return MessageDigest.isEqual(expected, presented);
    }
}
