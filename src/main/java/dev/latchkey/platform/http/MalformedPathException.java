package dev.latchkey.platform.http;

/** The request's path has no single meaning, so nobody can say whose route it is. */
public final class MalformedPathException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final CanonicalPath.Reason reason;

    MalformedPathException(CanonicalPath.Reason reason) {
        // A refusal, not a failure: nobody reads its stack, and a flood of them should cost nothing.
        super(reason.text(), null, false, false);
        this.reason = reason;
    }

    /** Why; its text may be told to the client. */
    public CanonicalPath.Reason reason() {
        return reason;
    }
}
