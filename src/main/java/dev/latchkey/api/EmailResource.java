package dev.latchkey.api;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.emaillink.AllowedLinks;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.Problem.FieldError;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.selfservice.EmailChange;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.Reauthentication;
import dev.latchkey.selfservice.Refusals;
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
import java.util.List;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Requests a change of the caller's e-mail address. */
@Path("/api/users/{user_id}/email")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Your account")
public class EmailResource {

    /** The new address, and the password, which a recent sign-in replaces. */
    public record EmailRequest(
            @Schema(examples = "countess@example.com") @NotNull
            String email,

            @Schema(examples = "correct horse battery") @Nullable
            String password) {
        @Override
        public String toString() {
            return "EmailRequest[hidden]";
        }
    }

    private final EmailChange change;
    private final EmailLinkPage page;
    private final AllowedLinks allowed;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final Problems problems;

    EmailResource(
            EmailChange change,
            EmailLinkPage page,
            AllowedLinks allowed,
            JsonWebToken caller,
            ClientResolver clients,
            Problems problems) {
        this.change = change;
        this.page = page;
        this.allowed = allowed;
        this.caller = caller;
        this.clients = clients;
        this.problems = problems;
    }

    @PUT
    @JsonBody
    @Authenticated
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary =
                    "Change your e-mail address, by a link sent to the new one; requires the password or a recent sign-in")
    @APIResponse(responseCode = "202", description = "A link is sent to the new address, unless it is another user's")
    public Response change(@Valid @Nullable EmailRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        return switch (EmailAddress.parse(request.email())) {
            case EmailAddress.Parsed.Invalid(var reason) -> problems.invalid(List.of(FieldErrors.email(reason)));
            case EmailAddress.Parsed.Valid(EmailAddress wanted) -> change(wanted, request.password(), http);
        };
    }

    private Response change(EmailAddress wanted, @Nullable String password, HttpServerRequest http) {
        if (!allowed.allows(EmailLink.Purpose.EMAIL_CHANGE)) {
            change.refuseSwitchedOff(CallerClaims.accountId(caller), clients.of(http));
            return problems.of(ProblemCode.FORBIDDEN, "Addresses cannot be changed here.");
        }
        EmailChange.RequestOutcome outcome = change.request(
                CallerClaims.accountId(caller),
                CallerClaims.sessionId(caller),
                password == null ? null : Password.of(password),
                wanted,
                page.urls(null),
                clients.of(http));
        return switch (outcome) {
            case EmailRequestOutcome.Accepted _ ->
                Response.status(Response.Status.ACCEPTED).build();
            case EmailRequestOutcome.NotNeeded _ ->
                problems.invalid(
                        List.of(new FieldError("email", "EMAIL_UNCHANGED", "This is the address that you have.")));
            case EmailRequestOutcome.QueueFull(var retryAfter) -> problems.mailQueueFull(retryAfter);
            case EmailRequestOutcome.MailNotConfigured _ ->
                problems.of(
                        ProblemCode.FORBIDDEN,
                        "Addresses cannot be changed here: this service is not set up to send e-mail.");
            case Refusals.NotFresh _ -> problems.of(ProblemCode.NOT_FRESH);
            case Reauthentication.WrongPassword _ ->
                problems.forbidden(ProblemCode.INVALID_CREDENTIALS, "The password is wrong.");
            case Refusals.RateLimited limited -> problems.later(ProblemCode.TOO_MANY_REQUESTS, limited.retryAfter());
            case Refusals.Busy busy -> problems.later(ProblemCode.BUSY, busy.retryAfter());
            case Refusals.UserGone _ -> problems.of(ProblemCode.INVALID_TOKEN);
        };
    }
}
