package dev.latchkey.token;

/** A token cannot be accepted, for too little is known of what was revoked; it may be again in a moment. */
public final class RevocationStateUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RevocationStateUnavailableException() {
        super("what was revoked has not been read from the database for too long");
    }
}
