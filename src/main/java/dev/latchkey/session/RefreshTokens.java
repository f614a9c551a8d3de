package dev.latchkey.session;

import dev.latchkey.key.Secrets;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes refresh tokens and their successors.
 *
 * <p>A successor is derived from the spent token, a random salt that the session's row keeps, and the master secret.
 * So it can be given twice inside the grace, and nothing in the database lets anyone make it.
 */
@ApplicationScoped
public class RefreshTokens {

    private static final int SALT_BYTES = 32;

    private final SecretKeySpec successorKey;
    private final SecretKeySpec sealKey;
    private final SecureRandom random = new SecureRandom();

    RefreshTokens(Secrets secrets) {
        this.successorKey = new SecretKeySpec(secrets.derive("refresh-successor"), "HmacSHA256");
        this.sealKey = new SecretKeySpec(secrets.derive("refresh-seal"), "HmacSHA256");
    }

    public RefreshToken first(String sessionId) {
        return sealed(sessionId, 0, randomBytes(RefreshToken.SECRET_BYTES));
    }

    public byte[] salt() {
        return randomBytes(SALT_BYTES);
    }

    public RefreshToken successor(RefreshToken spent, byte[] salt) {
        byte[] secret = hmac(successorKey, spent.text().getBytes(StandardCharsets.US_ASCII), salt);
        return sealed(spent.sessionId(), spent.generation() + 1, secret);
    }

    /** Whether we made this token, be it live or spent. */
    public boolean ours(RefreshToken token) {
        byte[] expected =
                sealed(token.sessionId(), token.generation(), token.secret()).seal();
        return MessageDigest.isEqual(expected, token.seal());
    }

    /** What the database keeps of a token. It is random enough that a plain hash cannot be searched. */
    public byte[] hash(RefreshToken token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.text().getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Whether this is the token that the database keeps the hash of. */
    public boolean matches(RefreshToken token, byte[] hash) {
        return MessageDigest.isEqual(hash(token), hash);
    }

    private RefreshToken sealed(String sessionId, int generation, byte[] secret) {
        byte[] named = (sessionId + "." + generation + ".").getBytes(StandardCharsets.US_ASCII);
        byte[] seal = Arrays.copyOf(hmac(sealKey, named, secret), RefreshToken.SEAL_BYTES);
        return new RefreshToken(sessionId, generation, secret, seal);
    }

    private byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] hmac(SecretKeySpec key, byte[] one, byte[] other) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(one);
            return mac.doFinal(other);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has HmacSHA256", impossible);
        }
    }
}
