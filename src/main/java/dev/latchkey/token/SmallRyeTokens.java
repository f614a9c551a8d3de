package dev.latchkey.token;

import io.smallrye.jwt.auth.principal.DefaultJWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipalFactory;
import io.smallrye.jwt.auth.principal.ParseException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;

/** Hooks the judge into SmallRye JWT, so that {@code JsonWebToken} and {@code @RolesAllowed} stand on its verdict. */
@ApplicationScoped
@Alternative
@Priority(1)
class SmallRyeTokens extends JWTCallerPrincipalFactory {

    private final TokenJudge judge;

    SmallRyeTokens(TokenJudge judge) {
        this.judge = judge;
    }

    @Override
    public JWTCallerPrincipal parse(String token, JWTAuthContextInfo ignored) throws ParseException {
        return switch (judge.judge(token)) {
            case Verdict.Accepted accepted -> new JudgedPrincipal(token, accepted.token());
            case Verdict.Refused refused -> throw new RefusedTokenException(refused.reason());
        };
    }

    /** The framework's token, which remembers what the judge read in it. */
    private static final class JudgedPrincipal extends DefaultJWTCallerPrincipal implements Judged {

        private final VerifiedToken verified;

        JudgedPrincipal(String raw, VerifiedToken verified) {
            super(raw, Claim.TYPE, verified.claims());
            this.verified = verified;
        }

        @Override
        public VerifiedToken verified() {
            return verified;
        }
    }
}
