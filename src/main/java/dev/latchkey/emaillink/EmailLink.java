package dev.latchkey.emaillink;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a link says of itself.
 *
 * @param user whose account it concerns
 * @param address the address that the account had when the link was made
 * @param target the address that the account is to get, where that is its purpose
 */
public record EmailLink(
        AccountId user, EmailAddress address, @Nullable EmailAddress target) {}
