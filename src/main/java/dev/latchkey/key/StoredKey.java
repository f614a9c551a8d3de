package dev.latchkey.key;

import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.key.SigningKeys.VerificationKey;
import java.time.Instant;
import java.util.Map;
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

    /**
     * What can be done with a stored key here.
     *
     * @param verifies the public half, or null when it must not be used
     * @param jwk the public half as it is published
     * @param signs the private half, or null when it cannot be opened or must not be used
     * @param problem why a half is missing, in words
     */
    record UsableKey(
            @Nullable VerificationKey verifies,
            Map<String, Object> jwk,
            @Nullable SigningKey signs,
            @Nullable String problem) {

        /** A retired key, which is not even decrypted. */
        static final UsableKey CLOSED = new UsableKey(null, Map.of(), null, null);

        static UsableKey unusable(String problem) {
            return new UsableKey(null, Map.of(), null, problem);
        }
    }
}
