package dev.latchkey.gate;

import dev.latchkey.token.InvalidTokenException;
import dev.latchkey.token.TrustedIssuers;
import dev.latchkey.token.VerificationResult.Reason;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.smallrye.jwt.runtime.auth.JWTAuthMechanism;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.Set;

/** Takes the token from the one {@code Authorization} header, as SmallRye JWT does, and refuses a second one. */
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
        // Security: a proxy or backend may read the other header than we do.
        if (context.request().headers().getAll(HttpHeaders.AUTHORIZATION).size() > 1) {
            return Uni.createFrom().failure(new AuthenticationFailedException("several Authorization headers"));
        }
        // A trusted issuer may have begun to use a key since its keys were read last.
        return jwt.authenticate(context, identities)
                .onFailure(AccessTokenMechanism::isByUnknownKey)
                .recoverWithUni(failure -> Uni.createFrom()
                        .completionStage(trusted::lookForNewKeys)
                        .flatMap(isWorthwhile -> isWorthwhile
                                ? jwt.authenticate(context, identities)
                                : Uni.createFrom().failure(failure)));
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
