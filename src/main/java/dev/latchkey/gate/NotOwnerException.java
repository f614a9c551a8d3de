package dev.latchkey.gate;

/** A token came to another user's route. */
public final class NotOwnerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NotOwnerException() {
        super("the route belongs to another user than the token", null, false, false);
    }
}
