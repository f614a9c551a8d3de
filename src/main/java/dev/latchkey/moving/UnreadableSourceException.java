package dev.latchkey.moving;

/** The source cannot be read, or no further; the message is for the operator. */
public final class UnreadableSourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnreadableSourceException(String sentence) {
        super(sentence);
    }
}
