package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.account.AccountId;
import dev.latchkey.account.AccountPage;
import dev.latchkey.account.ManagedAccount;
import dev.latchkey.account.ManagedAccounts;
import dev.latchkey.account.RoleNames;
import dev.latchkey.api.AdminResponses.AdminUser;
import dev.latchkey.platform.http.Problem.FieldError;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.RateLimits;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.text.Normalizer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Lists, searches and reads the accounts of all users, for administrators. */
@Path("/api/admin/users")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Administration")
public class AdminUsersResource {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_TEXT = 320;

    /** A page of accounts. */
    @JsonNaming(SnakeCaseStrategy.class)
    @RegisterForReflection
    public record AdminUsersResponse(
            List<AdminUser> users, @Nullable String nextCursor) {}

    /** An account with what else an administrator asks about it. */
    @JsonNaming(SnakeCaseStrategy.class)
    @RegisterForReflection
    public record AdminUserResponse(
            AdminUser user,

            @Schema(description = "Number of active sessions")
            int sessions,

            @Schema(description = "Whether too many wrong passwords have locked sign-in by password")
            boolean locked) {}

    private final ManagedAccounts accounts;
    private final Sessions sessions;
    private final RateLimits rateLimits;
    private final AdminResponses responses;
    private final Problems problems;

    AdminUsersResource(
            ManagedAccounts accounts,
            Sessions sessions,
            RateLimits rateLimits,
            AdminResponses responses,
            Problems problems) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.rateLimits = rateLimits;
        this.responses = responses;
        this.problems = problems;
    }

    @GET
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Parameter(
            name = "email",
            in = ParameterIn.QUERY,
            description = "How the address begins; the list is then in the order of addresses",
            schema = @Schema(type = SchemaType.STRING, maxLength = MAX_TEXT))
    @Parameter(
            name = "name",
            in = ParameterIn.QUERY,
            description =
                    "How the name begins, in any letter case; without email the list is then in the order of names",
            schema = @Schema(type = SchemaType.STRING, maxLength = MAX_TEXT))
    @Parameter(
            name = "text",
            in = ParameterIn.QUERY,
            description = "What the address or the name contains, in any letter case",
            schema = @Schema(type = SchemaType.STRING, maxLength = MAX_TEXT))
    @Parameter(
            name = "role",
            in = ParameterIn.QUERY,
            description = "A role of the user",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "banned",
            in = ParameterIn.QUERY,
            description = "Whether the user is banned",
            schema = @Schema(type = SchemaType.BOOLEAN))
    @Parameter(
            name = "verified",
            in = ParameterIn.QUERY,
            description = "Whether the address is verified",
            schema = @Schema(type = SchemaType.BOOLEAN))
    @Parameter(
            name = "created_from",
            in = ParameterIn.QUERY,
            description = "Accounts that were created then or later",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "created_before",
            in = ParameterIn.QUERY,
            description = "Accounts that were created before then",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Number of users, 1 to 100",
            schema = @Schema(type = SchemaType.INTEGER, defaultValue = "50"))
    @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "The next_cursor of the previous page",
            schema = @Schema(type = SchemaType.STRING))
    @Operation(
            summary = "List or search users, newest first",
            description =
                    "A page looks at 5,000 accounts at most: it may have fewer users than asked for, or none, while"
                            + " next_cursor says that there are more to look at.")
    @APIResponseSchema(value = AdminUsersResponse.class, responseCode = "200")
    public Response list(@Context HttpServerRequest http) {
        QueryFilters filters = new QueryFilters(http);
        AccountPage.Query query = query(filters);
        if (!filters.errors().isEmpty()) {
            return problems.invalid(filters.errors());
        }
        return switch (PageParameters.in(http, DEFAULT_LIMIT, AccountPage.Cursor::parse)) {
            case PageParameters.Invalid<AccountPage.Cursor>(var error) -> problems.invalid(List.of(error));
            case PageParameters.Page<AccountPage.Cursor>(int limit, var after)
            when after == null || after.order() == query.order() -> {
                AccountPage page = accounts.page(query, after, limit);
                yield Response.ok(new AdminUsersResponse(
                                page.accounts().stream().map(AdminUser::of).toList(),
                                page.next() == null ? null : page.next().text()))
                        .build();
            }
            case PageParameters.Page<AccountPage.Cursor> _ ->
                problems.invalid(List.of(new FieldError(
                        "cursor", "INVALID", "This is the cursor of another search; start anew without.")));
        };
    }

    private static AccountPage.Query query(QueryFilters filters) {
        String email = filters.text("email", MAX_TEXT);
        String role = filters.text("role", RoleNames.MAX_LENGTH);
        Instant from = filters.time("created_from");
        Instant before = filters.time("created_before");
        return new AccountPage.Query(
                // Addresses are stored so.
                email == null
                        ? null
                        : Normalizer.normalize(email, Normalizer.Form.NFC).toLowerCase(Locale.ROOT),
                filters.text("name", MAX_TEXT),
                filters.text("text", MAX_TEXT),
                role,
                filters.flag("banned"),
                filters.flag("verified"),
                from,
                before);
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Operation(summary = "Read a user")
    @APIResponseSchema(value = AdminUserResponse.class, responseCode = "200")
    public Response read(@PathParam("id") String id) {
        return accounts.find(new AccountId(id))
                .map(account -> Response.ok(response(account)).build())
                .orElseGet(responses::notFound);
    }

    private AdminUserResponse response(ManagedAccount account) {
        return new AdminUserResponse(
                AdminUser.of(account),
                sessions.count(account.profile().id()),
                rateLimits.isLocked(account.profile().email()));
    }
}
