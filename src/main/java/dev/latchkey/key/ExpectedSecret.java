package dev.latchkey.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** A secret that somebody has to show, kept as its hash: what it is compared with has the same length always. */
public final class ExpectedSecret {

    private final byte[] hash;

    private ExpectedSecret(byte[] hash) {
        this.hash = hash;
    }

    public static ExpectedSecret of(byte[] secret) {
        return new ExpectedSecret(hash(secret));
    }

    /** One that nobody knows, to compare with where there is none. */
    public static ExpectedSecret ofNobody() {
        byte[] secret = new byte[Secrets.MINIMUM_BYTES];
        new SecureRandom().nextBytes(secret);
        return of(secret);
    }

    // Security: in the same time wherever the two differ first.
    public boolean is(String presented) {
        return MessageDigest.isEqual(hash(presented.getBytes(StandardCharsets.UTF_8)), hash);
    }

    private static byte[] hash(byte[] secret) {
        try {
            // No slow hash: a random secret of 32 bytes cannot be guessed.
            return MessageDigest.getInstance("SHA-256").digest(secret);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    @Override
    public String toString() {
        return "ExpectedSecret[hidden]";
    }
}
