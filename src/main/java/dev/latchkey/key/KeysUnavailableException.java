package dev.latchkey.key;

/** No key is available to verify or sign with: the database has been away since the start, or its keys cannot be opened. */
public final class KeysUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    KeysUnavailableException(String why) {
        super(why);
    }
}
