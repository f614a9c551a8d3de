package dev.latchkey.token;

import io.smallrye.jwt.auth.principal.ParseException;

/** Carries the judge's reason through the framework to the face that answers. */
public final class RefusedTokenException extends ParseException {

    private static final long serialVersionUID = 1;

    private final Verdict.Reason reason;

    RefusedTokenException(Verdict.Reason reason) {
        super(reason.words());
        this.reason = reason;
    }

    public Verdict.Reason reason() {
        return reason;
    }
}
