package dev.latchkey.account;

import dev.latchkey.password.PasswordHash;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody of another system who is to become a user here, with what they bring along.
 *
 * @param id the id that they keep; null for somebody who gets a new one
 * @param disabled whether they were shut out there, and so are here
 * @param password null for somebody who has none
 * @param createdAt null for now
 * @param updatedAt null for when they were created
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

    /** What separates roles where several stand in one text; none may hold it. */
    public static final String ROLE_SEPARATOR = ";";

    public ImportedUser {
        roles = Set.copyOf(roles);
        if (roles.stream().anyMatch(role -> role.isEmpty() || role.contains(ROLE_SEPARATOR))) {
            throw new IllegalArgumentException("No role is empty or holds a semicolon");
        }
    }
}
