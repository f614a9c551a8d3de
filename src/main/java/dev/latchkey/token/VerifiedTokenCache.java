package dev.latchkey.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
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
 * Tokens whose signature was found good, so that it need not be computed again while they count.
 *
 * <p>It holds what follows from a token's bytes and its key alone. Whether that key still counts, whether the token's time
 * has come and is not over, and whether it was revoked is judged each time, with or without it.
 *
 * <p>Security: a token is looked up by a keyed hash of all its bytes, the signature included. The key is this process's
 * own, so nobody can make a second token that meets an entry, and the memory holds no token that could be used.
 */
@RegisterForReflection(
        // By their names Caffeine finds the classes that it generated for such a cache, also in a native executable.
        classNames = {"com.github.benmanes.caffeine.cache.SSMWA", "com.github.benmanes.caffeine.cache.PSWMW"})
final class VerifiedTokenCache {

    // Bytes of the heap, each a little more than was measured (docs/performance.md). An entry without its claims:
    private static final int ENTRY_BYTES = 800;
    /** An object or a list of the claims, however empty. */
    private static final int CONTAINER_BYTES = 128;
    /** A member's name and its place in the object. */
    private static final int MEMBER_BYTES = 72;

    private static final int VALUE_BYTES = 56;

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
                        // On the caller's thread: no pool of its own to end, and nothing is left for later.
                        .executor(Runnable::run)
                        .build();
    }

    Optional<SignedToken> find(String token) {
        return entries == null || token.length() > CompactToken.MAX_LENGTH
                ? Optional.empty()
                : Optional.ofNullable(entries.getIfPresent(fingerprint(token)));
    }

    void remember(String token, SignedToken signed) {
        if (entries != null) {
            entries.put(fingerprint(token), signed);
        }
    }

    void forget(String token) {
        if (entries != null) {
            entries.invalidate(fingerprint(token));
        }
    }

    /**
     * The bytes that a token is reckoned at.
     *
     * <p>Security: not by its length alone, for one of many small objects takes twenty times the room of its text.
     */
    static int weight(SignedToken one) {
        // Base64 has four letters for three bytes of text, and a text with any letter beyond Latin has two bytes for
        // each.
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

    /** How many there are, some of which may be over. */
    long size() {
        return entries == null ? 0 : entries.estimatedSize();
    }

    private Fingerprint fingerprint(String token) {
        ByteBuffer bytes = ByteBuffer.wrap(hash.of(token));
        return new Fingerprint(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }
}
