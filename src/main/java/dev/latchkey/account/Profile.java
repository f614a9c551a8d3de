package dev.latchkey.account;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A user's account as the user sees it.
 *
 * @param tokenVersion what the tokens that are minted for this row carry; a change that must end them raises it
 */
public record Profile(
        AccountId id,
        EmailAddress email,
        @Nullable String name,
        @Nullable String image,
        boolean emailVerified,
        Set<String> roles,
        long tokenVersion,
        Instant createdAt,
        Instant updatedAt) {}
