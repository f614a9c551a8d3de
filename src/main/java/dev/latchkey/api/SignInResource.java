package dev.latchkey.api;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.api.RequestSourceFilters.FromTrustedOrigin;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.DeviceCookie;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.signin.Refusals;
import dev.latchkey.signin.SignIn;
import dev.latchkey.signin.SignOut;
import dev.latchkey.token.AccessTokens;
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

            @Schema(examples = "correct horse battery") @NotNull
            String password,

            @Nullable Boolean remember) {
        @Override
        public String toString() {
            return "LoginRequest[hidden]";
        }
    }

    private final SignIn signIn;
    private final SignOut signOut;
    private final ClientResolver clients;
    private final AccessTokens accessTokens;
    private final SessionCookie cookie;
    private final DeviceCookie deviceCookie;
    private final Problems problems;

    SignInResource(
            SignIn signIn,
            SignOut signOut,
            ClientResolver clients,
            AccessTokens accessTokens,
            SessionCookie cookie,
            DeviceCookie deviceCookie,
            Problems problems) {
        this.signIn = signIn;
        this.signOut = signOut;
        this.clients = clients;
        this.accessTokens = accessTokens;
        this.cookie = cookie;
        this.deviceCookie = deviceCookie;
        this.problems = problems;
    }

    @POST
    @JsonBody
    @FromTrustedOrigin
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Sign in by e-mail address and password")
    @APIResponseSchema(value = TokensResponse.class, responseCode = "200")
    public Response login(@Valid @Nullable LoginRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        return switch (EmailAddress.parse(request.email())) {
            case EmailAddress.Parsed.Invalid invalid -> {
                signIn.recordMalformed("malformed_address", clients.of(http));
                yield problems.invalid(List.of(FieldErrors.email(invalid.reason())));
            }
            case EmailAddress.Parsed.Valid valid -> signedIn(valid.address(), request, http);
        };
    }

    private Response signedIn(EmailAddress email, LoginRequest request, HttpServerRequest http) {
        accessTokens.requireSigningKey();
        boolean remember = request.remember() == null || request.remember();
        return switch (signIn.withPassword(
                email, Password.of(request.password()), remember, SessionSecret.Kind.REFRESH_TOKEN, clients.of(http))) {
            case SignIn.SignedIn(var session, var device) -> {
                cookie.refreshToken(http).ifPresent(former -> signOut.replaced(former, clients.of(http)));
                yield deviceCookie.addTo(TokensResponse.signedIn(200, session, accessTokens, cookie), device.value());
            }
            case SignIn.InvalidCredentials _ -> problems.of(ProblemCode.INVALID_CREDENTIALS);
            case SignIn.AccountDisabled _ -> problems.of(ProblemCode.FORBIDDEN, "This account is disabled.");
            case SignIn.EmailNotVerified _ ->
                problems.of(ProblemCode.FORBIDDEN, "Verify your e-mail address first, using the link we sent you.");
            case Refusals.RateLimited limited -> problems.later(ProblemCode.TOO_MANY_REQUESTS, limited.retryAfter());
            case Refusals.Busy busy -> problems.later(ProblemCode.BUSY, busy.retryAfter());
        };
    }
}
