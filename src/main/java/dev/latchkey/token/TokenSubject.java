package dev.latchkey.token;

import java.time.Instant;
import java.util.Set;

/**
 * The user and the session that a token is minted for.
 *
 * @param sessionEnd when the session ends whatever happens; no token outlives it
 */
public record TokenSubject(String userId, String email, Set<String> roles, String sessionId, Instant sessionEnd) {}
