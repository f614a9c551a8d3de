package dev.latchkey.key;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A stored key and its times, which are the database's. */
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

    /** Returns false for a key that was retired while it was still pending: the key before it went on signing. */
    boolean hasEverTurnToSign() {
        return retiredAt == null || retiredAt.isAfter(signsFrom);
    }
}
