package dev.latchkey.signin;

/** Does the session go on? */
public sealed interface RefreshOutcome {

    record Continued(SignedInSession grant) implements RefreshOutcome {}

    /** Unknown, spent, reused or over: the client signs in again. */
    record Refused() implements RefreshOutcome {}
}
