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
        State state,
        Instant createdAt,
        Instant signsFrom,
        @Nullable Instant verifiesUntil,
        @Nullable Instant retiredAt) {

    /** The state of a signing key. */
    public enum State {
        /** Published, and does not sign yet. */
        PENDING,
        /** Signs new tokens. */
        SIGNING,
        /** Another key signs; what this one signed is valid until the overlap ends. */
        VERIFYING,
        /** Its overlap has ended: refused, and deleted some time later. */
        EXPIRED,
        /** Refused from the moment it was retired. */
        RETIRED
    }
}
