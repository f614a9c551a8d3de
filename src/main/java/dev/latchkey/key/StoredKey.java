package dev.latchkey.key;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A stored key with its life; all times are the database's. */
record StoredKey(
        KeyId id,
        String algorithm,
        Instant createdAt,
        Instant signsFrom,
        @Nullable Instant retiredAt,
        UsableKey opened) {

    boolean isRetired() {
        return retiredAt != null;
    }

    boolean hasBegunAt(Instant now) {
        return !now.isBefore(signsFrom);
    }

    /** False of a key that was retired while it still waited: whoever signed before it went on. */
    boolean hasEverTurnToSign() {
        return retiredAt == null || retiredAt.isAfter(signsFrom);
    }
}
