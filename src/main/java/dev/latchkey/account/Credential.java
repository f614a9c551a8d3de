package dev.latchkey.account;

import dev.latchkey.password.PasswordHash;
import org.jspecify.annotations.Nullable;

/** Whose password it is and its stored hash, or null for somebody who has none. */
public record Credential(AccountId user, @Nullable PasswordHash hash) {}
