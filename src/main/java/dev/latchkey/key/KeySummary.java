package dev.latchkey.key;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants to know of a key; times are the database's.
 *
 * @param verifiesUntil when what it signed counts no longer, or null while nothing takes its place
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
