package dev.latchkey.gate;

import dev.latchkey.platform.http.BearerToken;
import dev.latchkey.token.InvalidTokenException;
import dev.latchkey.token.TrustedIssuers;
import dev.latchkey.token.VerificationResult.Reason;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.smallrye.jwt.runtime.auth.JWTAuthMechanism;
import io.quarkus.smallrye.jwt.runtime.auth.JsonWebTokenCredential;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.Optional;
import java.util.Set;

/**
 * Hands a request's bearer token to SmallRye JWT, whose caller-principal factory calls the one verifier.
 *
 * <p>In the place of SmallRye's own mechanism, which overlooks a second {@code Authorization} header.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class AccessTokenMechanism implements HttpAuthenticationMechanism {

    private final JWTAuthMechanism jwt;
    private final TrustedIssuers trusted;

    AccessTokenMechanism(JWTAuthMechanism jwt, TrustedIssuers trusted) {
        this.jwt = jwt;
        this.trusted = trusted;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        return switch (BearerToken.in(context.request().headers())) {
            case BearerToken.None _ -> Uni.createFrom().optional(Optional.empty());
            case BearerToken.Several _ ->
                Uni.createFrom().failure(new AuthenticationFailedException("several Authorization headers"));
            case BearerToken.Given(String token) ->
                // A trusted issuer may have begun to use a key since its keys were read last.
                verify(token, context, identities)
                        .onFailure(AccessTokenMechanism::isByUnknownKey)
                        .recoverWithUni(failure -> Uni.createFrom()
                                .completionStage(trusted::lookForNewKeys)
                                .flatMap(found -> found
                                        ? verify(token, context, identities)
                                        : Uni.createFrom().failure(failure)));
        };
    }

    private static Uni<SecurityIdentity> verify(
            String token, RoutingContext context, IdentityProviderManager identities) {
        return identities.authenticate(HttpSecurityUtils.setRoutingContextAttribute(
                new TokenAuthenticationRequest(new JsonWebTokenCredential(token)), context));
    }

    private static boolean isByUnknownKey(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidTokenException refused) {
                return refused.reason() == Reason.UNKNOWN_KEY;
            }
        }
        return false;
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return jwt.getChallenge(context);
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(TokenAuthenticationRequest.class);
    }
}
