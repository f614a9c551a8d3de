package dev.latchkey.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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
final class RememberedTokens {

    private static final String HMAC = "HmacSHA256";
    /** What an entry weighs beside its token's text, and how often that text is held, claims as objects (measured). */
    private static final int ENTRY_BYTES = 1_500;

    private static final int TEXT_FACTOR = 3;

    private record Fingerprint(long one, long two, long three, long four) {}

    private final @Nullable Cache<Fingerprint, SignedToken> entries;
    private final SecretKeySpec key;

    RememberedTokens(long maximumBytes, Clock clock) {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, HMAC);
        this.entries = maximumBytes == 0
                ? null
                : Caffeine.newBuilder()
                        .maximumWeight(maximumBytes)
                        .weigher((Fingerprint print, SignedToken one) -> ENTRY_BYTES + TEXT_FACTOR * one.length())
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

    /** How many there are, some of which may be over. */
    long size() {
        return entries == null ? 0 : entries.estimatedSize();
    }

    private Fingerprint fingerprint(String token) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            ByteBuffer hash = ByteBuffer.wrap(mac.doFinal(token.getBytes(StandardCharsets.UTF_8)));
            return new Fingerprint(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has HmacSHA256", impossible);
        }
    }
}
