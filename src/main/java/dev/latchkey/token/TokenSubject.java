package dev.latchkey.token;

import java.util.Set;

/**
 * The user and the session that a token is minted for.
 *
 * @param emailVerified whether the user has shown that the address is theirs
 * @param session the times of the session; no token outlives it
 */
public record TokenSubject(
        String userId,
        String email,
        boolean emailVerified,
        Set<String> roles,
        String sessionId,
        Authentication authentication,
        SessionTimes session) {}
