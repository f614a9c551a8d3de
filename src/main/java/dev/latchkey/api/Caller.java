package dev.latchkey.api;

import dev.latchkey.account.AccountId;
import dev.latchkey.session.SessionId;
import jakarta.enterprise.context.RequestScoped;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Who is asking, by the verified claims and by nothing else (FR-018). */
@RequestScoped
class Caller {

    private final JsonWebToken token;

    Caller(JsonWebToken token) {
        this.token = token;
    }

    JsonWebToken token() {
        return token;
    }

    AccountId user() {
        return new AccountId(token.getClaim("user_id"));
    }

    SessionId session() {
        return new SessionId(token.getClaim("sid"));
    }
}
