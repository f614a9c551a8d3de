package dev.latchkey.userimport;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user of another system, not validated yet.
 *
 * @param id null for a user who gets a new one
 * @param banned whether they may not sign in there
 * @param secondFactor whether a password alone does not let them in there
 * @param hash the password's hash, if they have one
 */
record SourceUser(
        SourceLocation place,
        @Nullable String id,
        @Nullable String email,
        @Nullable String name,
        @Nullable String image,
        boolean emailVerified,
        Set<String> roles,
        boolean banned,
        boolean secondFactor,
        @Nullable String hash,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt) {

    /** Security: it has an address and a hash in it. */
    @Override
    public String toString() {
        return place.toString();
    }
}
