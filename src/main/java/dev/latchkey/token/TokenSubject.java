package dev.latchkey.token;

import java.util.Set;

/**
 * The user and the session that a token is minted for.
 *
 * @param emailVerified whether the user has shown that the address is theirs
 * @param tokenVersion the version of the user's row, as it was read together with the address and the roles
 * @param session the times of the session; no token outlives it
 */
public record TokenSubject(
        String userId,
        String email,
        boolean emailVerified,
        Set<String> roles,
        long tokenVersion,
        String sessionId,
        Authentication authentication,
        SessionTimes session) {}
