package dev.latchkey.token;

/** A principal whose token was verified. */
public interface VerifiedPrincipal {

    VerifiedToken verified();
}
