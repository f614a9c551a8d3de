package dev.latchkey.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.platform.crypto.HmacSha256;
import dev.latchkey.platform.crypto.RandomTokens;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Caches tokens whose signature was verified, so that it need not be computed again.
 *
 * <p>It holds what follows from a token's bytes and its key alone. Whether that key is still in use, whether the token has
 * expired and whether it was revoked is checked each time, cached or not.
 *
 * <p>Security: a token is found by a keyed hash of all its bytes, the signature included. The key is this process's own, so
 * nobody can make a second token that meets an entry, and the memory holds no token that could be used.
 */
@RegisterForReflection(
        // Caffeine finds by name the classes that it generated for such a cache.
        classNames = {"com.github.benmanes.caffeine.cache.SSMWA", "com.github.benmanes.caffeine.cache.PSWMW"})
final class VerifiedTokenCache {

    // Bytes of the heap, each a little more than was measured (docs/performance.md).
    /** An entry without its claims. */
    private static final int ENTRY_BYTES = 800;
    /** An object or a list in the claims, however empty. */
    private static final int CONTAINER_BYTES = 128;
    /** A member's name and its entry in the object. */
    private static final int MEMBER_BYTES = 72;

    private static final int VALUE_BYTES = 56;

    /**
     * A token that an authority's key signed and that has the claims that this authority's tokens must have: all that follows
     * from its bytes and the key alone.
     *
     * @param keyId the {@code kid} of its header
     * @param length of its text
     */
    record SignedToken(
            TokenAuthority authority,
            VerificationKey key,
            @Nullable String keyId,
            VerifiedToken token,
            int length) {

        /** Returns whether the key that signed it would be chosen at this moment, too. */
        boolean isByCurrentKey() {
            return authority.keys(key.algorithm(), keyId).contains(key);
        }
    }

    private record Fingerprint(long one, long two, long three, long four) {}

    private final @Nullable Cache<Fingerprint, SignedToken> entries;
    private final HmacSha256 hash = new HmacSha256(RandomTokens.bytes(32));

    VerifiedTokenCache(long maximumBytes, Clock clock) {
        this.entries = maximumBytes == 0
                ? null
                : Caffeine.newBuilder()
                        .maximumWeight(maximumBytes)
                        .weigher((Fingerprint print, SignedToken one) -> weight(one))
                        .expireAfter(Expiry.<Fingerprint, SignedToken>creating((print, one) ->
                                Duration.between(clock.instant(), one.token().expiresAt())))
                        // On the caller's thread: there is no pool to shut down, and nothing is left for later.
                        .executor(Runnable::run)
                        .build();
    }

    Optional<SignedToken> find(String token) {
        return entries == null || token.length() > CompactToken.MAX_LENGTH
                ? Optional.empty()
                : Optional.ofNullable(entries.getIfPresent(fingerprint(token)));
    }

    void add(String token, SignedToken signed) {
        if (entries != null) {
            entries.put(fingerprint(token), signed);
        }
    }

    void remove(String token) {
        if (entries != null) {
            entries.invalidate(fingerprint(token));
        }
    }

    /**
     * Estimates the bytes that a token takes.
     *
     * <p>Security: not by its length alone, for a token of many small objects takes twenty times the memory of its text.
     */
    static int weight(SignedToken one) {
        // Base64 has four characters for three bytes of text, and Java keeps a text with any character beyond Latin-1
        // in two bytes for each.
        return ENTRY_BYTES + one.length() * 3 / 2 + weight(one.token().claims());
    }

    private static int weight(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> members ->
                members.values().stream()
                                .mapToInt(each -> MEMBER_BYTES + weight(each))
                                .sum()
                        + CONTAINER_BYTES;
            case List<?> elements ->
                elements.stream().mapToInt(VerifiedTokenCache::weight).sum() + CONTAINER_BYTES;
            case null, default -> VALUE_BYTES;
        };
    }

    /** Returns the number of entries, expired ones included. */
    long size() {
        return entries == null ? 0 : entries.estimatedSize();
    }

    private Fingerprint fingerprint(String token) {
        ByteBuffer bytes = ByteBuffer.wrap(hash.of(token));
        return new Fingerprint(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }
}
