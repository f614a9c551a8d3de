package dev.latchkey.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts.ProfileChange;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ManagedAccount;
import dev.latchkey.account.ProfileText;
import dev.latchkey.account.RoleNames;
import dev.latchkey.admin.Administration;
import dev.latchkey.admin.Administration.Administrator;
import dev.latchkey.admin.Administration.NewAccount;
import dev.latchkey.api.AdminResponses.AdminUser;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.Problem.FieldError;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.selfservice.EmailRequestOutcome;
import dev.latchkey.selfservice.Refusals;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Creates, changes, bans and deletes the accounts of users, for administrators. */
@Path("/api/admin/users")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Administration")
public class AdminActionsResource {

    private static final int MAX_REASON = 500;

    /** A new account, without a password. JSON nodes, so that an error names its field. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record CreateUserRequest(
            @Schema(examples = "ada@example.com") @NotNull String email,

            @Schema(examples = "Ada", maxLength = 200) @Nullable
            String name,

            @Schema(type = SchemaType.ARRAY, implementation = String.class, maxItems = RoleNames.MAX_ROLES) @Nullable
            JsonNode roles,

            @Nullable Boolean emailVerified) {
        @Override
        public String toString() {
            return "CreateUserRequest[hidden]";
        }
    }

    /** The name that the user is to have; {@code null} removes it. */
    public record ChangeUserRequest(
            @Schema(implementation = String.class, nullable = true, maxLength = 200, examples = "Ada") @Nullable
            JsonNode name) {}

    /** All roles that the user is to have. */
    public record RolesRequest(
            @Schema(type = SchemaType.ARRAY, implementation = String.class, maxItems = RoleNames.MAX_ROLES) @NotNull
            JsonNode roles) {}

    /** Why the user is banned, and until when. */
    public record BanRequest(
            @Schema(implementation = String.class, nullable = true, maxLength = MAX_REASON, examples = "Spam") @Nullable
            JsonNode reason,

            @Schema(
                    implementation = String.class,
                    nullable = true,
                    format = "date-time",
                    description = "When the ban ends by itself; without it the ban lasts until it is ended",
                    examples = "2026-12-31T00:00:00Z")
            @Nullable
            JsonNode until) {}

    private final Administration administration;
    private final AdminResponses responses;
    private final EmailLinkPage page;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final Problems problems;
    private final Clock clock;

    AdminActionsResource(
            Administration administration,
            AdminResponses responses,
            EmailLinkPage page,
            JsonWebToken caller,
            ClientResolver clients,
            Problems problems,
            Clock clock) {
        this.administration = administration;
        this.responses = responses;
        this.page = page;
        this.caller = caller;
        this.clients = clients;
        this.problems = problems;
        this.clock = clock;
    }

    @POST
    @JsonBody
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Create a user",
            description = "The account has no password. Start a password reset, by whose link the user chooses one.")
    @APIResponseSchema(value = AdminUser.class, responseCode = "201")
    public Response create(@Valid @Nullable CreateUserRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        List<FieldError> errors = new ArrayList<>();
        EmailAddress email = switch (EmailAddress.parse(request.email())) {
            case EmailAddress.Parsed.Valid(EmailAddress valid) -> valid;
            case EmailAddress.Parsed.Invalid(var reason) -> {
                errors.add(FieldErrors.email(reason));
                yield null;
            }
        };
        ProfileText.Reason name = ProfileText.check(request.name(), ProfileText.MAX_NAME);
        if (name != null) {
            errors.add(FieldErrors.text("name", name, ProfileText.MAX_NAME));
        }
        Set<String> roles =
                request.roles() == null || request.roles().isNull() ? Set.of() : roles(request.roles(), errors);
        if (email == null || !errors.isEmpty()) {
            return problems.invalid(errors);
        }
        NewAccount account = new NewAccount(email, request.name(), roles, Boolean.TRUE.equals(request.emailVerified()));
        return switch (administration.create(administrator(http), account)) {
            case Administration.Created(ManagedAccount created) ->
                Response.status(Response.Status.CREATED)
                        .entity(AdminUser.of(created))
                        .build();
            case Administration.EmailTaken _ -> problems.of(ProblemCode.EMAIL_TAKEN);
            case Administration.NotAdministrator _ -> responses.notAdministrator();
        };
    }

    @PATCH
    @Path("/{id}")
    @JsonBody
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Change the name of a user; null removes it")
    @APIResponseSchema(value = AdminUser.class, responseCode = "200")
    public Response change(
            @PathParam("id") String id, @Nullable ChangeUserRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        List<FieldError> errors = new ArrayList<>();
        String name = text("name", request.name(), ProfileText.MAX_NAME, errors);
        if (!errors.isEmpty()) {
            return problems.invalid(errors);
        }
        ProfileChange change = new ProfileChange(request.name() != null, name, false, null);
        return responses.account(administration.changeProfile(administrator(http), new AccountId(id), change));
    }

    @DELETE
    @Path("/{id}")
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Operation(summary = "Delete the account of a user")
    @APIResponse(responseCode = "204", description = "Done")
    public Response delete(@PathParam("id") String id, @Context HttpServerRequest http) {
        return responses.done(administration.delete(administrator(http), new AccountId(id)));
    }

    @PUT
    @Path("/{id}/roles")
    @JsonBody
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Set the roles of a user",
            description =
                    "The user's access tokens are refused from then on; the sessions go on, and a refresh gives a token"
                            + " with the new roles.")
    @APIResponseSchema(value = AdminUser.class, responseCode = "200")
    public Response setRoles(
            @PathParam("id") String id, @Valid @Nullable RolesRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        List<FieldError> errors = new ArrayList<>();
        Set<String> roles = roles(request.roles(), errors);
        return errors.isEmpty()
                ? responses.account(administration.setRoles(administrator(http), new AccountId(id), roles))
                : problems.invalid(errors);
    }

    @PUT
    @Path("/{id}/ban")
    @JsonBody
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Ban a user",
            description = "All sessions end, their access tokens are refused, and the user cannot sign in.")
    @APIResponseSchema(value = AdminUser.class, responseCode = "200")
    public Response ban(@PathParam("id") String id, @Nullable BanRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        List<FieldError> errors = new ArrayList<>();
        String reason = text("reason", request.reason(), MAX_REASON, errors);
        String end = text("until", request.until(), MAX_REASON, errors);
        Instant until = end == null || !errors.isEmpty() ? null : QueryFilters.time("until", end, errors);
        if (until != null && !until.isAfter(clock.instant())) {
            errors.add(new FieldError("until", "INVALID", "Use a time that has not come yet."));
        }
        return errors.isEmpty()
                ? responses.account(administration.ban(administrator(http), new AccountId(id), reason, until))
                : problems.invalid(errors);
    }

    @DELETE
    @Path("/{id}/ban")
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Operation(summary = "End the ban of a user")
    @APIResponseSchema(value = AdminUser.class, responseCode = "200")
    public Response unban(@PathParam("id") String id, @Context HttpServerRequest http) {
        return responses.account(administration.unban(administrator(http), new AccountId(id)));
    }

    @DELETE
    @Path("/{id}/lock")
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Operation(summary = "Unlock an account that too many wrong passwords have locked")
    @APIResponse(responseCode = "204", description = "Done")
    public Response unlock(@PathParam("id") String id, @Context HttpServerRequest http) {
        return responses.done(administration.unlock(administrator(http), new AccountId(id)));
    }

    @POST
    @Path("/{id}/password-reset")
    @JsonBody
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Operation(summary = "Send a user the link by which they choose a new password")
    @APIResponse(responseCode = "202", description = "A link is sent")
    public Response startPasswordReset(@PathParam("id") String id, @Context HttpServerRequest http) {
        return switch (administration.startPasswordReset(administrator(http), new AccountId(id), page.urls(null))) {
            case Administration.Requested(EmailRequestOutcome outcome) ->
                switch (outcome) {
                    case EmailRequestOutcome.Accepted _, EmailRequestOutcome.NotNeeded _ ->
                        Response.status(Response.Status.ACCEPTED).build();
                    case EmailRequestOutcome.QueueFull(var retryAfter) -> problems.mailQueueFull(retryAfter);
                    case EmailRequestOutcome.MailNotConfigured _ ->
                        problems.of(
                                ProblemCode.FORBIDDEN,
                                "Passwords cannot be reset here: this service is not set up to send e-mail.");
                    case Refusals.RateLimited(var retryAfter) ->
                        problems.later(ProblemCode.TOO_MANY_REQUESTS, retryAfter);
                    case Refusals.UserGone _ -> responses.notFound();
                };
            case Administration.NotFound _ -> responses.notFound();
            case Administration.NotAdministrator _ -> responses.notAdministrator();
            case Administration.AccountBanned _ -> problems.of(ProblemCode.ACCOUNT_BANNED);
        };
    }

    @POST
    @Path("/{id}/email-verification")
    @JsonBody
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Operation(summary = "Mark the e-mail address of a user as verified")
    @APIResponseSchema(value = AdminUser.class, responseCode = "200")
    public Response verifyEmail(@PathParam("id") String id, @Context HttpServerRequest http) {
        return responses.account(administration.verifyEmail(administrator(http), new AccountId(id)));
    }

    private Administrator administrator(HttpServerRequest http) {
        return new Administrator(CallerClaims.accountId(caller), clients.of(http));
    }

    private static @Nullable String text(String field, @Nullable JsonNode value, int maximum, List<FieldError> errors) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            errors.add(FieldErrors.wrongType(field, "a string or null"));
            return null;
        }
        ProfileText.Reason reason = ProfileText.check(value.textValue(), maximum);
        if (reason != null) {
            errors.add(FieldErrors.text(field, reason, maximum));
        }
        return value.textValue();
    }

    private static Set<String> roles(JsonNode value, List<FieldError> errors) {
        Set<String> roles = new TreeSet<>();
        boolean areTexts = value.isArray();
        for (JsonNode role : value) {
            areTexts &= role.isTextual();
            roles.add(role.asText());
        }
        if (!areTexts) {
            errors.add(FieldErrors.wrongType("roles", "an array of strings"));
        } else if (!RoleNames.areValid(roles)) {
            errors.add(new FieldError(
                    "roles",
                    "INVALID",
                    "Use at most " + RoleNames.MAX_ROLES + " roles of at most " + RoleNames.MAX_LENGTH
                            + " letters, digits and . _ : - each."));
        }
        return roles;
    }
}
