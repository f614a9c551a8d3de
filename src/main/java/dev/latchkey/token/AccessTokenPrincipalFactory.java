package dev.latchkey.token;

import io.smallrye.jwt.auth.principal.DefaultJWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipalFactory;
import io.smallrye.jwt.auth.principal.ParseException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.jwt.Claims;
import org.jose4j.jwt.JwtClaims;

/** Makes SmallRye JWT verify tokens with {@link AccessTokenVerifier}, so that {@code JsonWebToken} and {@code @RolesAllowed} rely on it. */
@ApplicationScoped
@Alternative
@Priority(1)
class AccessTokenPrincipalFactory extends JWTCallerPrincipalFactory {

    private final AccessTokenVerifier verifier;

    AccessTokenPrincipalFactory(AccessTokenVerifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public JWTCallerPrincipal parse(String token, JWTAuthContextInfo ignored) throws ParseException {
        return switch (verifier.verify(token)) {
            case VerificationResult.Accepted accepted -> new TokenPrincipal(token, accepted.token());
            case VerificationResult.Refused refused -> throw new InvalidTokenException(refused.reason());
        };
    }

    /** SmallRye's {@code JsonWebToken} of a verified token, which keeps the {@link VerifiedToken}. */
    private static final class TokenPrincipal extends DefaultJWTCallerPrincipal implements VerifiedToken.Principal {

        private static final Map<String, Claims> NAMED =
                Arrays.stream(Claims.values()).collect(Collectors.toUnmodifiableMap(Claims::name, Function.identity()));

        private final VerifiedToken verified;

        TokenPrincipal(String raw, VerifiedToken verified) {
            super(raw, Claim.TYPE, claims(verified));
            this.verified = verified;
        }

        /**
         * The claims as routes read them: what was verified, under our own names whichever issuer it came from. A copy, for the
         * framework replaces values by types of its own.
         */
        private static JwtClaims claims(VerifiedToken verified) {
            JwtClaims claims = new JwtClaims();
            verified.claims().forEach(claims::setClaim);
            if (!verified.origin().ours()) {
                // Security: another issuer's roles open nothing here, nor does a claim of its own making name a
                // session.
                claims.unsetClaim(Claim.GROUPS);
                claims.unsetClaim(Claim.SESSION_ID);
                claims.setSubject(verified.userId());
                // Security: user_id names a user of ours, so it is absent unless the operator says that the ids are
                // shared.
                claims.unsetClaim(Claim.USER_ID);
                if (verified.origin().sharesUsers()) {
                    claims.setClaim(Claim.USER_ID, verified.userId());
                }
                claims.setClaim(Claim.EMAIL, verified.email());
                claims.setClaim(Claim.EMAIL_VERIFIED, verified.emailVerified());
                // Security: what another issuer calls a recent or a strong sign-in is none of ours.
                claims.unsetClaim(Claim.AUTH_TIME);
                claims.unsetClaim(Claim.AMR);
                // The other expiry claim of its settings may be the earlier one.
                claims.setClaim("exp", verified.expiresAt().getEpochSecond());
            }
            return claims;
        }

        /** None, so that they stay as they are: the framework makes JSON of those that MicroProfile JWT does not name. */
        @Override
        protected Set<String> filterCustomClaimNames(Collection<String> names) {
            return Set.of();
        }

        /** As the framework's, which throws and catches an exception at each look-up of a claim of our own. */
        @Override
        protected Claims getClaimType(String name) {
            return NAMED.getOrDefault(name, Claims.UNKNOWN);
        }

        @Override
        public VerifiedToken verified() {
            return verified;
        }
    }
}
