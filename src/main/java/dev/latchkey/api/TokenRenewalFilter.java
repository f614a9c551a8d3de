package dev.latchkey.api;

import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.VerifiedToken;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.security.Principal;

/** Adds a new access token to the response if the request's token is about to expire (US5). */
@Provider
class TokenRenewalFilter implements ContainerResponseFilter {

    private final AccessTokens tokens;

    TokenRenewalFilter(AccessTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        Principal caller = request.getSecurityContext().getUserPrincipal();
        int status = response.getStatus();
        // Security: a request that was not authorised gets nothing, and trouble is no time to sign.
        if (caller instanceof VerifiedToken.Principal principal && status != 401 && status != 403 && status < 500) {
            tokens.renew(principal.verified())
                    .ifPresent(token -> response.getHeaders().putSingle("set-auth-jwt", token.value()));
        }
    }
}
