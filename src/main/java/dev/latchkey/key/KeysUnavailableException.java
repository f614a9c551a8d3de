package dev.latchkey.key;

/** The database has been away since the start, so there is no key to judge or sign by. */
public final class KeysUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    KeysUnavailableException() {
        super("the signing keys have not been read from the database yet");
    }
}
