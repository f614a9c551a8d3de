package dev.latchkey.gate;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.VerifiedPrincipal;
import dev.latchkey.token.VerifiedToken;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.security.identity.CurrentIdentityAssociation;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies the owner rule to every route that has a {@code {user_id}} (FR-019). It is bound to no name and no class: a
 * guard that has to be remembered will be forgotten.
 *
 * <p>It fetches the two sides and renders nothing. No row is read, so neither the answer nor its time can tell whether
 * the other user exists (FR-021).
 */
@Provider
@Priority(Priorities.AUTHORIZATION)
public class OwnerFilter implements ContainerRequestFilter {

    /** The name of the path parameter that says whose route it is. */
    public static final String PARAMETER = "user_id";

    private static final AccessRequirement OWNER = AccessRequirement.ours(new Requirement.Owner(PARAMETER));

    private final CurrentIdentityAssociation identity;
    private final AuditLog audit;
    private final ClientResolver clients;
    private final HttpServerRequest request;

    OwnerFilter(
            CurrentIdentityAssociation identity, AuditLog audit, ClientResolver clients, HttpServerRequest request) {
        this.identity = identity;
        this.audit = audit;
        this.clients = clients;
        this.request = request;
    }

    @Override
    public void filter(ContainerRequestContext context) {
        List<String> owners = context.getUriInfo().getPathParameters().get(PARAMETER);
        if (owners == null) {
            return;
        }
        // Security: asked for here, whatever the route's annotations say: one that is open by mistake is guarded too.
        VerifiedToken token = verified();
        switch (OWNER.judge(token, parameter -> owners)) {
            case AccessDecision.Granted _ -> {}
            case AccessDecision.NoToken _ -> throw new UnauthorizedException();
            case AccessDecision.NotOwner _, AccessDecision.OtherIssuer _, AccessDecision.NoRole _ -> {
                if (token != null) {
                    audit.recordLater(AuditEvent.ownerRefused(
                            recorded(token),
                            context.getMethod(),
                            context.getUriInfo().getPath(),
                            clients.of(request)));
                }
                throw new NotOwnerException();
            }
        }
    }

    /** The user under whom a refusal is recorded; another issuer's is not taken for one of ours. */
    static String recorded(VerifiedToken token) {
        TokenOrigin origin = token.origin();
        return origin.sharesUsers() ? token.userId() : origin.name() + ":" + token.userId();
    }

    private @Nullable VerifiedToken verified() {
        return identity.getIdentity().getPrincipal() instanceof VerifiedPrincipal judged ? judged.verified() : null;
    }
}
