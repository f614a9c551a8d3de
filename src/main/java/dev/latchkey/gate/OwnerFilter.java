package dev.latchkey.gate;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.gate.AccessRequirement.Decision;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
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
 * <p>No row is read, so neither the response nor its time can tell whether the other user exists (FR-021).
 */
@Provider
@Priority(Priorities.AUTHORIZATION)
class OwnerFilter implements ContainerRequestFilter {

    /** The path parameter that names the owner of a route. */
    private static final String PARAMETER = "user_id";

    private static final AccessRequirement OWNER =
            AccessRequirement.ofOurUsers(new AccessRequirement.Allow.Owner(PARAMETER));

    private final CurrentIdentityAssociation identity;
    private final AuditLog audit;
    private final ClientResolver clients;
    private final HttpServerRequest request;
    private final Problems problems;

    OwnerFilter(
            CurrentIdentityAssociation identity,
            AuditLog audit,
            ClientResolver clients,
            HttpServerRequest request,
            Problems problems) {
        this.identity = identity;
        this.audit = audit;
        this.clients = clients;
        this.request = request;
        this.problems = problems;
    }

    @Override
    public void filter(ContainerRequestContext context) {
        List<String> owners = context.getUriInfo().getPathParameters().get(PARAMETER);
        if (owners == null) {
            return;
        }
        // Security: checked here, whatever the route's annotations say: one that is open by mistake is guarded too.
        VerifiedToken token = verified();
        switch (OWNER.decide(token, parameter -> owners)) {
            case Decision.Granted _ -> {}
            case Decision.NoToken _ -> throw new UnauthorizedException();
            case Decision.NotOwner _, Decision.OtherIssuer _, Decision.NoRole _ -> {
                if (token != null) {
                    audit.recordLater(AuditEvent.ownerRefused(
                            token.qualifiedUserId(),
                            context.getMethod(),
                            context.getUriInfo().getPath(),
                            clients.of(request)));
                }
                context.abortWith(problems.of(ProblemCode.NOT_OWNER));
            }
        }
    }

    private @Nullable VerifiedToken verified() {
        return identity.getIdentity().getPrincipal() instanceof VerifiedToken.Principal principal
                ? principal.verified()
                : null;
    }
}
