package dev.latchkey.token;

import java.time.Instant;
import java.util.Set;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;

/**
 * What a token says, once its signature, its time and the types of its claims have been judged good.
 *
 * @param sessionEnd when the session ends whatever happens, if the token carries it
 * @param claims all claims, for the framework's own token type
 */
public record VerifiedToken(
        String userId,
        String email,
        Set<String> roles,
        String sessionId,
        Instant issuedAt,
        Instant expiresAt,
        @Nullable Instant sessionEnd,
        JwtClaims claims) {}
