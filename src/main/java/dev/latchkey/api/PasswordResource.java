package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.DeviceCookie;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.selfservice.PasswordChange;
import dev.latchkey.selfservice.Reauthentication;
import dev.latchkey.selfservice.Refusals;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.token.AccessTokens;
import io.quarkus.security.Authenticated;
import io.vertx.core.http.HttpServerRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Changes the caller's password. */
@Path("/api/users/{user_id}/password")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Your account")
public class PasswordResource {

    /** The present password and the new one. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record PasswordRequest(
            @Schema(examples = "correct horse battery") @NotNull
            String currentPassword,

            @Schema(examples = "staple correct horse") @NotNull
            String newPassword) {
        @Override
        public String toString() {
            return "PasswordRequest[hidden]";
        }
    }

    private final PasswordChange passwordChange;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final AccessTokens accessTokens;
    private final SessionCookie cookie;
    private final DeviceCookie deviceCookie;
    private final Problems problems;

    PasswordResource(
            PasswordChange passwordChange,
            JsonWebToken caller,
            ClientResolver clients,
            AccessTokens accessTokens,
            SessionCookie cookie,
            DeviceCookie deviceCookie,
            Problems problems) {
        this.passwordChange = passwordChange;
        this.caller = caller;
        this.clients = clients;
        this.accessTokens = accessTokens;
        this.cookie = cookie;
        this.deviceCookie = deviceCookie;
        this.problems = problems;
    }

    @PUT
    @JsonBody
    @Authenticated
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Change your password; all other sessions end")
    @APIResponseSchema(value = TokensResponse.class, responseCode = "200")
    public Response change(@Valid @Nullable PasswordRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        accessTokens.requireSigningKey();
        PasswordChange.Outcome outcome = passwordChange.change(
                CallerClaims.accountId(caller),
                CallerClaims.sessionId(caller),
                Password.of(request.currentPassword()),
                Password.of(request.newPassword()),
                PasswordChange.CurrentSession.REPLACE,
                SessionSecret.Kind.REFRESH_TOKEN,
                clients.of(http));
        return switch (outcome) {
            case PasswordChange.Replaced(var session, var device) ->
                deviceCookie.addTo(TokensResponse.signedIn(200, session, accessTokens, cookie), device.value());
            case PasswordChange.Kept _ -> throw new IllegalStateException("the session was to be replaced");
            case Refusals.InvalidPassword invalid ->
                problems.invalid(FieldErrors.password("new_password", invalid.errors()));
            case Reauthentication.WrongPassword _ ->
                problems.forbidden(ProblemCode.INVALID_CREDENTIALS, "The current password is wrong.");
            case Refusals.RateLimited limited -> problems.later(ProblemCode.TOO_MANY_REQUESTS, limited.retryAfter());
            case Refusals.Busy busy -> problems.later(ProblemCode.BUSY, busy.retryAfter());
            case Refusals.UserGone _ -> problems.of(ProblemCode.INVALID_TOKEN);
        };
    }
}
