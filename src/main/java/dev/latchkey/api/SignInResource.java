package dev.latchkey.api;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.signin.SignIn;
import dev.latchkey.signin.SignInOutcome;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.PermitAll;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Signs a user in by password (US2). */
@Path("/api/auth/login")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Signing in and out")
public class SignInResource {

    /** Credentials, and whether the session outlives the browser's. */
    public record LoginRequest(
            @Schema(examples = "ada@example.com") @NotNull String email,
            @Schema(examples = "correct horse battery") @NotNull String password,
            @Nullable Boolean remember) {
        @Override
        public String toString() {
            return "LoginRequest[hidden]";
        }
    }

    private final SignIn signIn;
    private final ClientResolver clients;
    private final SessionCookie cookie;
    private final Problems problems;

    SignInResource(SignIn signIn, ClientResolver clients, SessionCookie cookie, Problems problems) {
        this.signIn = signIn;
        this.clients = clients;
        this.cookie = cookie;
        this.problems = problems;
    }

    @POST
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Sign in by e-mail address and password")
    @APIResponseSchema(value = TokensResponse.class, responseCode = "200")
    public Response login(@Valid @Nullable LoginRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        return switch (EmailAddress.parse(request.email())) {
            case EmailAddress.Parsed.Invalid invalid -> problems.invalid(List.of(FieldErrors.email(invalid.fault())));
            case EmailAddress.Parsed.Valid valid -> signedIn(valid.address(), request, http);
        };
    }

    private Response signedIn(EmailAddress email, LoginRequest request, HttpServerRequest http) {
        boolean remember = request.remember() == null || request.remember();
        return switch (signIn.withPassword(email, Password.of(request.password()), remember, clients.of(http))) {
            case SignInOutcome.SignedIn signedIn -> TokensResponse.signedIn(200, signedIn.grant(), cookie);
            case SignInOutcome.Refused ignored -> problems.of(ProblemCode.INVALID_CREDENTIALS);
            case SignInOutcome.Disabled ignored -> problems.of(ProblemCode.FORBIDDEN, "This account is disabled.");
            case SignInOutcome.Unverified ignored ->
                problems.of(
                        ProblemCode.FORBIDDEN, "Verify your e-mail address first, using the link we sent you.");
            case SignInOutcome.Throttled throttled ->
                problems.later(ProblemCode.TOO_MANY_REQUESTS, throttled.retryAfter());
            case SignInOutcome.Busy busy -> problems.later(ProblemCode.BUSY, busy.retryAfter());
        };
    }
}
