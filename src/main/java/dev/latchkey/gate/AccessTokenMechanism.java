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
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.smallrye.jwt.runtime.auth.JWTAuthMechanism;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.jwt.auth.principal.JWTParser;
import io.smallrye.jwt.auth.principal.ParseException;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Hands a request's bearer token to SmallRye JWT, whose caller-principal factory calls the one verifier.
 *
 * <p>In the place of SmallRye's own mechanism, which overlooks a second {@code Authorization} header, and without the pipeline of
 * identity providers, of which a token would pass one only: it takes longer than the verification of a known token.
 */
@Alternative
@Priority(1)
@ApplicationScoped
public class AccessTokenMechanism implements HttpAuthenticationMechanism {

    private final JWTAuthMechanism jwt;
    private final JWTParser parser;
    private final TrustedIssuers trusted;

    AccessTokenMechanism(JWTAuthMechanism jwt, JWTParser parser, TrustedIssuers trusted) {
        this.jwt = jwt;
        this.parser = parser;
        this.trusted = trusted;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        return switch (BearerToken.in(context.request().headers())) {
            case BearerToken.None _ -> Uni.createFrom().optional(Optional.empty());
            case BearerToken.Several _ ->
                Uni.createFrom().failure(new AuthenticationFailedException("several Authorization headers"));
            case BearerToken.Given(String token) -> verify(token);
        };
    }

    private Uni<SecurityIdentity> verify(String token) {
        SecurityIdentity identity;
        try {
            identity = identity(token);
        } catch (AuthenticationFailedException refused) {
            return isByUnknownKey(refused)
                    ? verifyWithNewKeys(token, refused)
                    : Uni.createFrom().failure(refused);
        } catch (RuntimeException failure) {
            return Uni.createFrom().failure(failure);
        }
        return Uni.createFrom().item(identity);
    }

    /** A trusted issuer may have begun to use a key since its keys were read last. */
    private Uni<SecurityIdentity> verifyWithNewKeys(String token, AuthenticationFailedException refused) {
        return Uni.createFrom().completionStage(trusted::lookForNewKeys).map(found -> {
            if (!found) {
                throw refused;
            }
            return identity(token);
        });
    }

    private SecurityIdentity identity(String token) {
        try {
            JsonWebToken principal = parser.parse(token);
            return QuarkusSecurityIdentity.builder()
                    .setPrincipal(principal)
                    .addRoles(principal.getGroups())
                    .build();
        } catch (ParseException refused) {
            throw new AuthenticationFailedException(refused);
        }
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
