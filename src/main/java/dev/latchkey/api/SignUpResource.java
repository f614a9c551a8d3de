package dev.latchkey.api;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.account.ProfileText;
import dev.latchkey.api.RequestSourceFilters.FromTrustedOrigin;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.DeviceCookie;
import dev.latchkey.platform.http.Problem.FieldError;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.signin.Refusals;
import dev.latchkey.signin.SignOut;
import dev.latchkey.signin.SignUp;
import dev.latchkey.token.AccessTokens;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Registers an account and signs its user in (US1). */
@Path("/api/auth/signup")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Signing in and out")
public class SignUpResource {

    /** The account to register. No field is required here, so that the sign-up reports all errors at once. */
    public record SignUpRequest(
            @Schema(examples = "ada@example.com") @Nullable String email,

            @Schema(examples = "correct horse battery") @Nullable
            String password,

            @Schema(examples = "Ada") @Nullable String name) {
        @Override
        public String toString() {
            return "SignUpRequest[hidden]";
        }
    }

    /** A new account whose user is not signed in. */
    @RegisterForReflection
    record RegisteredResponse(UserResponse user) {}

    private final SignUp signUp;
    private final EmailVerification verification;
    private final EmailLinkPage page;
    private final SignOut signOut;
    private final ClientResolver clients;
    private final AccessTokens accessTokens;
    private final SessionCookie cookie;
    private final DeviceCookie deviceCookie;
    private final Problems problems;

    SignUpResource(
            SignUp signUp,
            EmailVerification verification,
            EmailLinkPage page,
            SignOut signOut,
            ClientResolver clients,
            AccessTokens accessTokens,
            SessionCookie cookie,
            DeviceCookie deviceCookie,
            Problems problems) {
        this.signUp = signUp;
        this.verification = verification;
        this.page = page;
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
    @Operation(summary = "Register an account and sign in")
    @APIResponseSchema(value = TokensResponse.class, responseCode = "201")
    public Response signup(@Nullable SignUpRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        accessTokens.requireSigningKey();
        Client client = clients.of(http);
        return switch (signUp.withPassword(
                new SignUp.NewAccount(
                        EmailAddress.parse(request.email()),
                        request.password() == null ? null : Password.of(request.password()),
                        request.name(),
                        null,
                        true,
                        true,
                        false,
                        SessionSecret.Kind.REFRESH_TOKEN),
                verification.ofSignUp(page.urls(null), client),
                client)) {
            case SignUp.SignedUp(var session, var device) -> {
                cookie.refreshToken(http).ifPresent(former -> signOut.replaced(former, client));
                yield deviceCookie.addTo(TokensResponse.signedIn(201, session, accessTokens, cookie), device.value());
            }
            case SignUp.Registered registered -> registered(registered.profile());
            case SignUp.InvalidInput invalid -> problems.invalid(errors(invalid));
            case SignUp.EmailTaken _ -> problems.of(ProblemCode.EMAIL_TAKEN);
            case Refusals.RateLimited limited -> problems.later(ProblemCode.TOO_MANY_REQUESTS, limited.retryAfter());
            case Refusals.Busy busy -> problems.later(ProblemCode.BUSY, busy.retryAfter());
        };
    }

    private static Response registered(Profile user) {
        return Response.status(201)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new RegisteredResponse(UserResponse.of(user)))
                .build();
    }

    private static List<FieldError> errors(SignUp.InvalidInput invalid) {
        List<FieldError> errors = new ArrayList<>();
        if (invalid.email() != null) {
            errors.add(FieldErrors.email(invalid.email()));
        }
        errors.addAll(FieldErrors.password("password", invalid.password()));
        if (invalid.name() != null) {
            errors.add(FieldErrors.text("name", invalid.name(), ProfileText.MAX_NAME));
        }
        if (invalid.image() != null) {
            errors.add(FieldErrors.text("image", invalid.image(), ProfileText.MAX_IMAGE));
        }
        return errors;
    }
}
