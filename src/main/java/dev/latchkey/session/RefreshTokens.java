package dev.latchkey.session;

import dev.latchkey.key.Secrets;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.HmacSha256;
import dev.latchkey.platform.crypto.RandomTokens;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes refresh tokens and their successors.
 *
 * <p>A successor is derived from the spent token, a random salt that the session's row keeps, and the master secret.
 * So it can be given twice within the grace period, and nothing in the database lets anyone make it.
 */
@ApplicationScoped
public class RefreshTokens {

    private static final int SALT_BYTES = 32;
    private static final int HASH_BYTES = 32;

    /** Of the present master secret first, then of the previous one. */
    private final List<Keys> keys;

    RefreshTokens(Secrets secrets) {
        List<byte[]> successors = secrets.deriveAll("refresh-successor");
        // The purpose keeps its name: it is part of the key, and so of every token that a client holds.
        List<byte[]> macs = secrets.deriveAll("refresh-seal");
        this.keys = IntStream.range(0, successors.size())
                .mapToObj(i -> new Keys(new HmacSha256(successors.get(i)), new HmacSha256(macs.get(i))))
                .toList();
    }

    public RefreshToken first(String sessionId) {
        return keys.getFirst().withMac(sessionId, 0, RandomTokens.bytes(RefreshToken.SECRET_BYTES));
    }

    public byte[] salt() {
        return RandomTokens.bytes(SALT_BYTES);
    }

    public RefreshToken successor(RefreshToken spent, byte[] salt) {
        return keys.getFirst().successor(spent, salt);
    }

    /**
     * Returns the successor that has this hash: it was made with the present master secret or with the previous one, by a
     * replica that has them the other way round.
     */
    Optional<RefreshToken> successor(RefreshToken spent, byte[] salt, byte[] hash) {
        return keys.stream()
                .map(key -> key.successor(spent, salt))
                .filter(successor -> matches(successor, hash))
                .findFirst();
    }

    /** Returns whether this service made the token, be it current or spent. */
    public boolean isOurs(RefreshToken token) {
        return keys.stream()
                .map(key -> key.withMac(token.sessionId(), token.generation(), token.secret()))
                .anyMatch(expected -> Digests.areEqual(expected.mac(), token.mac()));
    }

    /** Returns what the database keeps of a token, which is random enough that a plain hash cannot be searched. */
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

    /** Returns whether the database keeps the hash of this token. */
    public boolean matches(RefreshToken token, byte[] hash) {
        return Digests.areEqual(hash(token), hash);
    }

    /** The keys that are derived from one master secret. */
    private record Keys(HmacSha256 successorKey, HmacSha256 macKey) {

        RefreshToken successor(RefreshToken spent, byte[] salt) {
            byte[] secret = successorKey.of(spent.text().getBytes(StandardCharsets.US_ASCII), salt);
            return withMac(spent.sessionId(), spent.generation() + 1, secret);
        }

        RefreshToken withMac(String sessionId, int generation, byte[] secret) {
            byte[] named = (sessionId + "." + generation + ".").getBytes(StandardCharsets.US_ASCII);
            byte[] mac = Arrays.copyOf(macKey.of(named, secret), RefreshToken.MAC_BYTES);
            return new RefreshToken(sessionId, generation, secret, mac);
        }
    }
}
