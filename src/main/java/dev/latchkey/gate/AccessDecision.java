package dev.latchkey.gate;

import dev.latchkey.token.VerifiedToken;
import org.jspecify.annotations.Nullable;

/** Whether a caller meets the requirement of a route. */
public sealed interface AccessDecision {

    /** Access; with the token that is valid for the route, if there is one. */
    record Granted(@Nullable VerifiedToken caller) implements AccessDecision {}

    /** No access: there is no token. */
    record NoToken() implements AccessDecision {}

    /** No access: the route belongs to another user. Nothing here tells whether that user exists (FR-021). */
    record NotOwner() implements AccessDecision {}

    /** No access: the user lacks the role. */
    record NoRole(String role) implements AccessDecision {}

    /** No access: the token is of another issuer than the one whose users are meant. */
    record OtherIssuer(String expected) implements AccessDecision {}
}
