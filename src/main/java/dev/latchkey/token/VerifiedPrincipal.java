package dev.latchkey.token;

/** A principal that the judge has accepted. */
public interface VerifiedPrincipal {

    VerifiedToken verified();
}
