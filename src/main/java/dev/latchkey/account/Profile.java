package dev.latchkey.account;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A user's account as the user sees it. */
public record Profile(
        AccountId id,
        EmailAddress email,
        @Nullable String name,
        @Nullable String image,
        boolean emailVerified,
        Set<String> roles,
        Instant createdAt,
        Instant updatedAt) {}
