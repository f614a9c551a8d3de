package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.selfservice.PasswordChange;
import dev.latchkey.selfservice.PasswordChangeOutcome;
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
            @Schema(examples = "correct horse battery") @NotNull String currentPassword,
            @Schema(examples = "staple correct horse") @NotNull String newPassword) {
        @Override
        public String toString() {
            return "PasswordRequest[hidden]";
        }
    }

    private final PasswordChange passwordChange;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final SessionCookie cookie;
    private final Problems problems;

    PasswordResource(
            PasswordChange passwordChange,
            JsonWebToken caller,
            ClientResolver clients,
            SessionCookie cookie,
            Problems problems) {
        this.passwordChange = passwordChange;
        this.caller = caller;
        this.clients = clients;
        this.cookie = cookie;
        this.problems = problems;
    }

    @PUT
    @Authenticated
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Change your password; all other sessions end")
    @APIResponseSchema(value = TokensResponse.class, responseCode = "200")
    public Response change(@Valid @Nullable PasswordRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        PasswordChangeOutcome outcome = passwordChange.change(
                CallerClaims.accountId(caller),
                CallerClaims.sessionId(caller),
                Password.of(request.currentPassword()),
                Password.of(request.newPassword()),
                PasswordChange.CurrentSession.REPLACE,
                clients.of(http));
        return switch (outcome) {
            case PasswordChangeOutcome.Changed changed -> TokensResponse.signedIn(200, changed.grant(), cookie);
            case PasswordChangeOutcome.Kept ignored ->
                throw new IllegalStateException("the session was to be replaced");
            case PasswordChangeOutcome.Invalid invalid ->
                problems.invalid(FieldErrors.password("new_password", invalid.faults()));
            case PasswordChangeOutcome.WrongPassword ignored ->
                problems.forbidden(ProblemCode.INVALID_CREDENTIALS, "The current password is wrong.");
            case PasswordChangeOutcome.Throttled throttled ->
                problems.later(ProblemCode.TOO_MANY_REQUESTS, throttled.retryAfter());
            case PasswordChangeOutcome.Busy busy -> problems.later(ProblemCode.BUSY, busy.retryAfter());
            case PasswordChangeOutcome.Gone ignored -> problems.of(ProblemCode.INVALID_TOKEN);
        };
    }
}
