package dev.latchkey.token;

/** Thrown when no token can be accepted, because revocations were not read for too long; a retry may succeed. */
public final class RevocationStateUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RevocationStateUnavailableException() {
        super("what was revoked has not been read from the database for too long");
    }
}
