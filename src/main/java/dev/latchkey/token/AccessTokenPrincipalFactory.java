package dev.latchkey.token;

import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipal;
import io.smallrye.jwt.auth.principal.JWTCallerPrincipalFactory;
import io.smallrye.jwt.auth.principal.ParseException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

    /** The {@code JsonWebToken} of a verified token; in the place of SmallRye's, which copies all claims at each request. */
    private static final class TokenPrincipal extends JWTCallerPrincipal implements VerifiedToken.Principal {

        private static final Set<String> TIMES = Set.of("exp", "iat", "nbf", "auth_time", "updated_at");

        private final VerifiedToken verified;
        private final Map<String, Object> claims;

        TokenPrincipal(String raw, VerifiedToken verified) {
            super(raw, Claim.TYPE);
            this.verified = verified;
            this.claims = verified.origin().ours() ? verified.claims() : foreignClaims(verified);
        }

        /** The claims as routes read them: under our own names, whichever issuer the token came from. */
        private static Map<String, Object> foreignClaims(VerifiedToken verified) {
            Map<String, Object> claims = new HashMap<>(verified.claims());
            // Security: another issuer's roles open nothing here, nor does a claim of its own making name a session.
            claims.remove(Claim.GROUPS);
            claims.remove(Claim.SESSION_ID);
            claims.put("sub", verified.userId());
            // Security: user_id names a user of ours, so it is absent unless the operator says that the ids are shared.
            claims.remove(Claim.USER_ID);
            if (verified.origin().sharesUsers()) {
                claims.put(Claim.USER_ID, verified.userId());
            }
            claims.put(Claim.EMAIL, verified.email());
            claims.put(Claim.EMAIL_VERIFIED, verified.emailVerified());
            // Security: what another issuer calls a recent or a strong sign-in is none of ours.
            claims.remove(Claim.AUTH_TIME);
            claims.remove(Claim.AMR);
            // The other expiry claim of its settings may be the earlier one.
            claims.put("exp", verified.expiresAt().getEpochSecond());
            return claims;
        }

        @Override
        protected Collection<String> doGetClaimNames() {
            return claims.keySet();
        }

        /** Returns a claim in the type that MicroProfile JWT gives it; a time that is not there is 0. */
        @Override
        protected @Nullable Object getClaimValue(String name) {
            Object value = claims.get(name);
            if (TIMES.contains(name)) {
                return value instanceof Number number ? number.longValue() : 0L;
            }
            return switch (name) {
                case Claim.GROUPS -> verified.origin().ours() ? verified.roles() : Set.of();
                case "aud" ->
                    value instanceof String one ? Set.of(one) : value instanceof List<?> all ? Set.copyOf(all) : null;
                default -> value;
            };
        }

        @Override
        public VerifiedToken verified() {
            return verified;
        }
    }
}
