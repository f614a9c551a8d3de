package dev.latchkey.account;

import dev.latchkey.password.PasswordHash;
import org.jspecify.annotations.Nullable;

/** The stored password hash of a user, or null for a user without a password. */
public record Credential(AccountId user, @Nullable PasswordHash hash) {}
