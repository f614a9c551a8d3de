package dev.latchkey.token;

import io.smallrye.jwt.auth.principal.ParseException;

/** Carries the reason why a token is invalid through SmallRye JWT to the entry point. */
public final class InvalidTokenException extends ParseException {

    private static final long serialVersionUID = 1;

    private final VerificationResult.Reason reason;

    InvalidTokenException(VerificationResult.Reason reason) {
        super(reason.words());
        this.reason = reason;
    }

    public VerificationResult.Reason reason() {
        return reason;
    }
}
