package dev.latchkey.session;

import dev.latchkey.account.AccountId;
import dev.latchkey.platform.http.Client;
import java.time.Instant;

/**
 * A session that another system opened, and whose token counts here from now on.
 *
 * @param expiresAt when it ends there if nothing happens
 */
public record ImportedSession(
        AccountId user, SessionToken token, Instant createdAt, Instant lastUsedAt, Instant expiresAt, Client client) {}
