package dev.latchkey.account;

import dev.latchkey.password.PasswordHash;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user of another system who is to be imported.
 *
 * @param id the id that the user keeps; null for a new one
 * @param disabled whether the account was disabled there, and so is here
 * @param password null for a user without a password
 * @param createdAt null for now
 * @param updatedAt null for the time of creation
 */
public record ImportedUser(
        @Nullable AccountId id,
        EmailAddress email,
        @Nullable String name,
        @Nullable String image,
        boolean emailVerified,
        Set<String> roles,
        boolean disabled,
        @Nullable PasswordHash password,
        @Nullable Instant createdAt,
        @Nullable Instant updatedAt) {

    /** The separator of several roles in one text; no role may contain it. */
    public static final String ROLE_SEPARATOR = ";";

    public ImportedUser {
        roles = Set.copyOf(roles);
        if (roles.stream().anyMatch(role -> role.isEmpty() || role.contains(ROLE_SEPARATOR))) {
            throw new IllegalArgumentException("No role is empty or holds a semicolon");
        }
    }
}
