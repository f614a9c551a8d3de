package dev.latchkey.api;

import dev.latchkey.api.RequestSourceFilters.FromTrustedOrigin;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.selfservice.Refusals;
import io.quarkus.security.Authenticated;
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
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Verifies the e-mail address of an account by a link. */
@Path("/api/auth/email-verification")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Your account")
public class EmailVerificationResource {

    /** The token of the link. */
    public record VerificationConfirmation(
            @Schema(
                    description = "The last segment of the link in the e-mail",
                    examples = "q3VbU8nTz0KxYw5RjL2eMh7PdC9sGaF1")
            @NotNull
            String token) {
        @Override
        public String toString() {
            return "VerificationConfirmation[hidden]";
        }
    }

    private final EmailVerification verification;
    private final EmailLinkPage page;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final Problems problems;

    EmailVerificationResource(
            EmailVerification verification,
            EmailLinkPage page,
            JsonWebToken caller,
            ClientResolver clients,
            Problems problems) {
        this.verification = verification;
        this.page = page;
        this.caller = caller;
        this.clients = clients;
        this.problems = problems;
    }

    @POST
    @JsonBody
    @Authenticated
    @Operation(
            summary = "Request a link that verifies your e-mail address",
            description = "The link leads to a page of this service whose button verifies the address.")
    @APIResponse(responseCode = "202", description = "A link is sent, unless the address is verified already")
    public Response request(@Context HttpServerRequest http) {
        return switch (verification.request(CallerClaims.accountId(caller), page.urls(null), clients.of(http))) {
            case EmailRequestOutcome.Accepted _, EmailRequestOutcome.NotNeeded _ ->
                Response.status(Response.Status.ACCEPTED).build();
            case EmailRequestOutcome.QueueFull(var retryAfter) -> problems.mailQueueFull(retryAfter);
            case EmailRequestOutcome.MailNotConfigured _ ->
                problems.of(
                        ProblemCode.FORBIDDEN,
                        "Addresses cannot be verified here: this service is not set up to send e-mail.");
            case Refusals.RateLimited(var retryAfter) -> problems.later(ProblemCode.TOO_MANY_REQUESTS, retryAfter);
            case Refusals.UserGone _ -> problems.of(ProblemCode.INVALID_TOKEN);
        };
    }

    @POST
    @Path("/confirm")
    @JsonBody
    @FromTrustedOrigin
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Verify an e-mail address by the token of the link",
            description = "Needs no access token: who knows the token reads the mailbox. Signs nobody in.")
    @APIResponseSchema(
            value = UserResponse.class,
            responseCode = "200",
            responseDescription = "The address is verified, now or by the same link before")
    public Response confirm(@Valid @Nullable VerificationConfirmation request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        return switch (verification.confirm(request.token(), clients.of(http))) {
            case EmailVerification.Verified(var profile) ->
                Response.ok(UserResponse.of(profile)).build();
            case EmailVerification.AlreadyVerified(var profile) ->
                Response.ok(UserResponse.of(profile)).build();
            case Refusals.LinkExpired _ -> problems.invalid(List.of(FieldErrors.linkExpired()));
            case Refusals.LinkInvalid _ -> problems.invalid(List.of(FieldErrors.linkInvalid()));
        };
    }
}
