package dev.latchkey.gate;

import dev.latchkey.token.VerifiedToken;
import org.jspecify.annotations.Nullable;

/** May whoever holds a token pass? */
public sealed interface AccessDecision {

    /** Yes; with the token that counts for this, if there is one. */
    record Granted(@Nullable VerifiedToken caller) implements AccessDecision {}

    /** No: there is no token. */
    record NoToken() implements AccessDecision {}

    /** No: it is another user's route. */
    record NotOwner() implements AccessDecision {}

    /** No: the user lacks the role. */
    record NoRole(String role) implements AccessDecision {}

    /** No: the token's issuer is not the one whose users are meant here. */
    record OtherIssuer(String expected) implements AccessDecision {}
}
