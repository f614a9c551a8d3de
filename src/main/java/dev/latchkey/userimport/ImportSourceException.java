package dev.latchkey.userimport;

/** The source cannot be read, or no further; the message is for the operator. */
public final class ImportSourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ImportSourceException(String sentence) {
        super(sentence);
    }
}
