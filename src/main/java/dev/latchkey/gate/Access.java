package dev.latchkey.gate;

import dev.latchkey.token.VerifiedToken;
import org.jspecify.annotations.Nullable;

/** May whoever holds a token pass? */
public sealed interface Access {

    /** Yes; with the token that counts for this, if there is one. */
    record Granted(@Nullable VerifiedToken caller) implements Access {}

    /** No: there is no token. */
    record NoToken() implements Access {}

    /** No: it is another user's route. */
    record NotOwner() implements Access {}

    /** No: the user lacks the role. */
    record NoRole(String role) implements Access {}

    /** No: the token's issuer is not the one whose users are meant here. */
    record OtherIssuer(String expected) implements Access {}
}
