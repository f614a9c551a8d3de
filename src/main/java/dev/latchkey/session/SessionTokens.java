package dev.latchkey.session;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/** Makes session tokens. */
@ApplicationScoped
public class SessionTokens {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /** 190 bits. */
    private static final int LENGTH = 32;

    private final SecureRandom random = new SecureRandom();

    public SessionToken create() {
        StringBuilder text = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new SessionToken(text.toString());
    }

    /** What the database keeps of a token. It is random enough that a plain hash cannot be searched. */
    public static byte[] hash(SessionToken token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.text().getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
