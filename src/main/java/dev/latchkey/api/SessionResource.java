package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.api.TokensResponse.RefreshTokenIn;
import dev.latchkey.platform.http.BearerToken;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.session.SessionId;
import dev.latchkey.signin.Refresh;
import dev.latchkey.signin.SignOut;
import dev.latchkey.token.AccessTokens;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.Authenticated;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Refreshes, ends and describes the caller's session (US4, US5). */
@Path("/api/auth")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Signing in and out")
public class SessionResource {

    /**
     * A refresh token in the body, for clients without cookies.
     *
     * @param includeRefreshToken whether the response is to have the refresh token in its body although the cookie was used
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record RefreshRequest(
            @Nullable String refreshToken, @Nullable Boolean includeRefreshToken) {
        @Override
        public String toString() {
            return "RefreshRequest[hidden]";
        }
    }

    /** The claims of the caller's access token. */
    @JsonNaming(SnakeCaseStrategy.class)
    @RegisterForReflection
    public record SessionResponse(
            String userId,
            String email,
            boolean emailVerified,
            @Nullable String sessionId,
            List<String> roles,
            Instant issuedAt,
            Instant expiresAt) {}

    private final Refresh refresh;
    private final SignOut signOut;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final AccessTokens accessTokens;
    private final SessionCookie cookie;
    private final RefusedRequests refused;
    private final Problems problems;

    SessionResource(
            Refresh refresh,
            SignOut signOut,
            JsonWebToken caller,
            ClientResolver clients,
            AccessTokens accessTokens,
            SessionCookie cookie,
            RefusedRequests refused,
            Problems problems) {
        this.refresh = refresh;
        this.signOut = signOut;
        this.caller = caller;
        this.clients = clients;
        this.accessTokens = accessTokens;
        this.cookie = cookie;
        this.refused = refused;
        this.problems = problems;
    }

    @POST
    @JsonBody
    @Path("/refresh")
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Refresh the session; replaces the refresh token")
    @APIResponseSchema(value = TokensResponse.class, responseCode = "200")
    public Response refresh(
            @Nullable RefreshRequest request, @Context HttpHeaders headers, @Context HttpServerRequest http) {
        String presented = request == null ? null : request.refreshToken();
        RefreshTokenIn place = RefreshTokenIn.COOKIE_AND_BODY;
        if (presented == null) {
            place = request != null && Boolean.TRUE.equals(request.includeRefreshToken()) && !isFromPage(headers)
                    ? RefreshTokenIn.COOKIE_AND_BODY
                    : RefreshTokenIn.COOKIE;
            presented = cookie.in(headers).orElse(null);
            if (presented != null && !cookie.mayRely(headers)) {
                return untrustedOrigin(http);
            }
        }
        if (presented == null) {
            return problems.of(
                    ProblemCode.INVALID_REFRESH_TOKEN, "Send refresh_token in the body, or the session cookie.");
        }
        accessTokens.requireSigningKey();
        return switch (refresh.with(presented, clients.of(http))) {
            case Refresh.Refreshed(var session) -> TokensResponse.of(200, session, place, accessTokens, cookie);
            case Refresh.Refused _ -> problems.of(ProblemCode.INVALID_REFRESH_TOKEN);
        };
    }

    @POST
    @JsonBody
    @Path("/logout")
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Sign out; the session's access tokens are refused from now on")
    @APIResponse(responseCode = "204", description = "Done")
    public Response logout(
            @Nullable RefreshRequest request,
            @Context HttpHeaders headers,
            @Context HttpServerRequest http,
            @Context HttpServerResponse response) {
        Client client = clients.of(http);
        String inBody = request == null ? null : request.refreshToken();
        Optional<String> inCookie = cookie.in(headers);
        if (inBody == null && inCookie.isPresent() && !cookie.mayRely(headers)) {
            return untrustedOrigin(http);
        }
        // On the HTTP response itself, so that the cookie is removed even if the database is unavailable and the status
        // is 503.
        response.headers().add(HttpHeaders.SET_COOKIE, cookie.cleared());
        if (inBody != null) {
            signOut.withRefreshToken(inBody, client);
        } else if (inCookie.isPresent()) {
            signOut.withRefreshToken(inCookie.get(), client);
        } else {
            BearerToken.in(http.headers()).single().ifPresent(token -> signOut.withAccessToken(token, client));
        }
        return Response.noContent().build();
    }

    @GET
    @Path("/session")
    @NonBlocking // Everything is in memory: no thread of the workers is needed.
    @Authenticated
    @Operation(summary = "Describe the session of the access token")
    @APIResponseSchema(value = SessionResponse.class, responseCode = "200")
    public SessionResponse session() {
        SessionId session = CallerClaims.sessionId(caller);
        return new SessionResponse(
                CallerClaims.accountId(caller).value(),
                CallerClaims.email(caller),
                CallerClaims.isEmailVerified(caller),
                session.value().isEmpty() ? null : session.value(),
                caller.getGroups().stream().sorted().toList(),
                Instant.ofEpochSecond(caller.getIssuedAtTime()),
                Instant.ofEpochSecond(caller.getExpirationTime()));
    }

    /**
     * Returns whether a page in a browser sent the request.
     *
     * <p>Security: a script that an attacker has put into a trusted page could ask for the secret that the cookie keeps from
     * it. It cannot leave these headers out: browsers add them (since 2023 all of them do).
     */
    private static boolean isFromPage(HttpHeaders headers) {
        return headers.getRequestHeaders().keySet().stream()
                .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("sec-fetch-"));
    }

    private Response untrustedOrigin(HttpServerRequest http) {
        refused.recordUntrustedOrigin(http, clients.of(http));
        return problems.of(
                ProblemCode.FORBIDDEN,
                "A request that relies on the session cookie must carry the Origin of a trusted front end"
                        + " (LATCHKEY_TRUSTED_ORIGINS).");
    }
}
