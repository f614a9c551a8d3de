package dev.latchkey.api;

import dev.latchkey.account.AccountId;
import dev.latchkey.session.SessionId;
import dev.latchkey.token.VerifiedPrincipal;
import dev.latchkey.token.VerifiedToken;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.RequestScoped;

/** Who is asking, by the verified claims and by nothing else (FR-018). */
@RequestScoped
class Caller {

    private final SecurityIdentity identity;

    Caller(SecurityIdentity identity) {
        this.identity = identity;
    }

    VerifiedToken verified() {
        if (identity.getPrincipal() instanceof VerifiedPrincipal judged) {
            return judged.verified();
        }
        throw new IllegalStateException("a route that asks for its caller is open to everybody");
    }

    /** A user of ours. */
    AccountId user() {
        VerifiedToken token = verified();
        if (!token.origin().sharesUsers()) {
            // Security: the user ids of another issuer are its own.
            throw new ForbiddenException(
                    "a token of the trusted issuer " + token.origin().name());
        }
        return new AccountId(token.userId());
    }

    /** The caller's session, or one that does not exist when the token is another issuer's. */
    SessionId session() {
        String id = verified().sessionId();
        return new SessionId(id == null ? "" : id);
    }
}
