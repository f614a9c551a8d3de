package dev.latchkey.key;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A signing key as operators see it; times are the database's.
 *
 * @param verifiesUntil when its tokens become invalid, or null while it has no successor
 * @param retiredAt null unless it was retired
 */
public record KeySummary(
        KeyId id,
        String algorithm,
        KeyState state,
        Instant createdAt,
        Instant signsFrom,
        @Nullable Instant verifiesUntil,
        @Nullable Instant retiredAt) {}
