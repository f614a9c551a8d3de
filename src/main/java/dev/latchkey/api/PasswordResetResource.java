package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.api.RequestSourceFilters.FromTrustedOrigin;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.PasswordReset;
import dev.latchkey.selfservice.Refusals;
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
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Resets a forgotten password by an e-mail link.
 *
 * <p>Security: both requests have the origin rules of sign-in. A page of another origin could otherwise have its visitors'
 * browsers send e-mails to people of its choice, from addresses whose limits are not used up.
 */
@Path("/api/auth/password-reset")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Signing in and out")
public class PasswordResetResource {

    /** The address of the account whose password was forgotten. */
    public record ResetRequest(
            @Schema(examples = "ada@example.com") @NotNull String email) {
        @Override
        public String toString() {
            return "ResetRequest[hidden]";
        }
    }

    /** The token of the link, and the password that the account is to have. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record ResetConfirmation(
            @Schema(
                    description = "The last segment of the link in the e-mail",
                    examples = "q3VbU8nTz0KxYw5RjL2eMh7PdC9sGaF1")
            @NotNull
            String token,

            @Schema(examples = "staple correct horse") @NotNull
            String newPassword) {
        @Override
        public String toString() {
            return "ResetConfirmation[hidden]";
        }
    }

    private final PasswordReset reset;
    private final EmailLinkPage page;
    private final ClientResolver clients;
    private final Problems problems;

    PasswordResetResource(PasswordReset reset, EmailLinkPage page, ClientResolver clients, Problems problems) {
        this.reset = reset;
        this.page = page;
        this.clients = clients;
        this.problems = problems;
    }

    @POST
    @JsonBody
    @FromTrustedOrigin
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Request a link by which a forgotten password is replaced",
            description =
                    "The link leads to a page of this service where the new password is entered. The response is the"
                            + " same whether there is an account or not, and when too many e-mails were requested.")
    @APIResponse(responseCode = "202", description = "A link is sent, if the address is an account's")
    public Response request(@Valid @Nullable ResetRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        return switch (EmailAddress.parse(request.email())) {
            case EmailAddress.Parsed.Invalid(var reason) -> problems.invalid(List.of(FieldErrors.email(reason)));
            case EmailAddress.Parsed.Valid(EmailAddress address) ->
                switch (reset.request(address, page.urls(null), clients.of(http))) {
                    case EmailRequestOutcome.Accepted _ ->
                        Response.status(Response.Status.ACCEPTED).build();
                    case EmailRequestOutcome.QueueFull(var retryAfter) -> problems.mailQueueFull(retryAfter);
                    case EmailRequestOutcome.MailNotConfigured _ ->
                        problems.of(
                                ProblemCode.FORBIDDEN,
                                "Passwords cannot be reset here: this service is not set up to send e-mail.");
                };
        };
    }

    @POST
    @Path("/confirm")
    @JsonBody
    @FromTrustedOrigin
    @PermitAll
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Replace a forgotten password by the token of the link",
            description =
                    "All sessions of the account end, their access tokens are refused, and other links of the account"
                            + " are not valid any more. A password that breaks the rules does not use the link up.")
    @APIResponse(responseCode = "204", description = "The account has the new password")
    public Response confirm(@Valid @Nullable ResetConfirmation request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        return switch (reset.redeem(request.token(), Password.of(request.newPassword()), clients.of(http))) {
            case PasswordReset.PasswordChanged _ -> Response.noContent().build();
            case Refusals.InvalidPassword(var errors) -> problems.invalid(FieldErrors.password("new_password", errors));
            case Refusals.LinkInvalid _ -> problems.invalid(List.of(FieldErrors.linkInvalid()));
            case Refusals.RateLimited(var retryAfter) -> problems.later(ProblemCode.TOO_MANY_REQUESTS, retryAfter);
            case Refusals.Busy(var retryAfter) -> problems.later(ProblemCode.BUSY, retryAfter);
        };
    }
}
