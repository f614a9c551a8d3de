package dev.latchkey.session;

import dev.latchkey.account.AccountId;
import dev.latchkey.platform.http.Client;
import java.time.Instant;

/**
 * A session of another system, whose token is to be valid here.
 *
 * @param expiresAt when it expires there unless it is extended
 */
public record ImportedSession(
        AccountId user, SessionToken token, Instant createdAt, Instant lastUsedAt, Instant expiresAt, Client client) {}
