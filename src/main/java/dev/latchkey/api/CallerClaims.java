package dev.latchkey.api;

import dev.latchkey.account.AccountId;
import dev.latchkey.session.SessionId;
import io.quarkus.security.ForbiddenException;
import org.eclipse.microprofile.jwt.Claims;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.jspecify.annotations.Nullable;

/** Reads our own types from the caller's verified token (FR-018). */
final class CallerClaims {

    private CallerClaims() {}

    /**
     * The caller's account.
     *
     * <p>Security: the user ids of another issuer are its own, so a token carries this claim only if they are ours too
     * (token.AccessTokenPrincipalFactory). A token without it, and no token at all, is refused.
     */
    static AccountId accountId(JsonWebToken token) {
        String userId = text(token, "user_id");
        if (userId == null) {
            throw new ForbiddenException("a token that names no user of ours");
        }
        return new AccountId(userId);
    }

    /** The caller's session; with another issuer's token an id that no session has. */
    static SessionId sessionId(JsonWebToken token) {
        String id = text(token, "sid");
        return new SessionId(id == null ? "" : id);
    }

    /** The caller's e-mail address, empty if the token has none. */
    static String email(JsonWebToken token) {
        String email = text(token, Claims.email.name());
        return email == null ? "" : email;
    }

    /** Whether the token says that the caller's e-mail address is verified. */
    static boolean isEmailVerified(JsonWebToken token) {
        return Boolean.TRUE.equals(token.getClaim(Claims.email_verified.name()));
    }

    private static @Nullable String text(JsonWebToken token, String claim) {
        Object value = token.getClaim(claim);
        return value instanceof String text ? text : null;
    }
}
