package dev.latchkey.token;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a token whose signature, times and claims were verified.
 *
 * @param email the address; empty if the token has none
 * @param emailVerified whether the token says that the address is verified; false when it does not say
 * @param roles as the issuer gave them; those of another issuer open nothing here
 * @param sessionId the session of ours that it belongs to; none for another issuer's token
 * @param tokenVersion the version of the user's row that it was minted for, if it says so; none for another issuer's token
 * @param authentication the sign-in, as far as the token tells
 * @param session the times of the session; null when the token does not carry all of them
 * @param claims all claims
 */
public record VerifiedToken(
        TokenOrigin origin,
        String userId,
        String email,
        boolean emailVerified,
        Set<String> roles,
        @Nullable String sessionId,
        @Nullable Long tokenVersion,
        Authentication authentication,
        Instant issuedAt,
        @Nullable Instant notBefore,
        Instant expiresAt,
        @Nullable SessionTimes session,
        Map<String, Object> claims) {

    /** A claim as it stands in the token. */
    public @Nullable Object claim(String name) {
        return claims.get(name);
    }

    /** The user id for the audit log; that of an issuer with users of its own has the issuer's name before it. */
    public String qualifiedUserId() {
        return origin.sharesUsers() ? userId : origin.name() + ":" + userId;
    }

    @Override
    public String toString() {
        return "VerifiedToken[" + origin.name() + " " + userId + "]";
    }

    /** A principal whose token was verified. */
    public interface Principal {

        VerifiedToken verified();
    }
}
