package dev.latchkey.session;

import dev.latchkey.key.Secrets;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.HmacSha256;
import dev.latchkey.platform.crypto.RandomTokens;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Makes refresh tokens and their successors.
 *
 * <p>A successor is derived from the spent token, a random salt that the session's row keeps, and the master secret.
 * So it can be given twice inside the grace, and nothing in the database lets anyone make it.
 */
@ApplicationScoped
public class RefreshTokens {

    private static final int SALT_BYTES = 32;
    private static final int HASH_BYTES = 32;

    private final HmacSha256 successorKey;
    private final HmacSha256 sealKey;

    RefreshTokens(Secrets secrets) {
        this.successorKey = new HmacSha256(secrets.derive("refresh-successor"));
        this.sealKey = new HmacSha256(secrets.derive("refresh-seal"));
    }

    public RefreshToken first(String sessionId) {
        return sealed(sessionId, 0, RandomTokens.bytes(RefreshToken.SECRET_BYTES));
    }

    public byte[] salt() {
        return RandomTokens.bytes(SALT_BYTES);
    }

    public RefreshToken successor(RefreshToken spent, byte[] salt) {
        byte[] secret = successorKey.of(spent.text().getBytes(StandardCharsets.US_ASCII), salt);
        return sealed(spent.sessionId(), spent.generation() + 1, secret);
    }

    /** Whether we made this token, be it live or spent. */
    public boolean ours(RefreshToken token) {
        byte[] expected =
                sealed(token.sessionId(), token.generation(), token.secret()).seal();
        return Digests.areEqual(expected, token.seal());
    }

    /** What the database keeps of a token. It is random enough that a plain hash cannot be searched. */
    public byte[] hash(RefreshToken token) {
        return Digests.sha256(token.text());
    }

    /**
     * Returns a random hash that is no token's, for a session without a refresh token: its row must have a hash, and
     * nobody can find a token that has this one.
     */
    byte[] unmatchableHash() {
        return RandomTokens.bytes(HASH_BYTES);
    }

    /** Whether this is the token that the database keeps the hash of. */
    public boolean matches(RefreshToken token, byte[] hash) {
        return Digests.areEqual(hash(token), hash);
    }

    private RefreshToken sealed(String sessionId, int generation, byte[] secret) {
        byte[] named = (sessionId + "." + generation + ".").getBytes(StandardCharsets.US_ASCII);
        byte[] seal = Arrays.copyOf(sealKey.of(named, secret), RefreshToken.SEAL_BYTES);
        return new RefreshToken(sessionId, generation, secret, seal);
    }
}
