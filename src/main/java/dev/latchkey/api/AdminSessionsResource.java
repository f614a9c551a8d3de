package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.account.AccountId;
import dev.latchkey.account.ManagedAccounts;
import dev.latchkey.account.RoleNames;
import dev.latchkey.admin.Administration;
import dev.latchkey.admin.Administration.Administrator;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.SessionPage;
import dev.latchkey.session.Sessions;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Lists and ends the sessions of a user, for administrators: by their ids, never by a secret. */
@Path("/api/admin/users/{id}/sessions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Administration")
public class AdminSessionsResource {

    private static final int DEFAULT_LIMIT = 100;

    /** A page of the active sessions of a user, latest used first. */
    @JsonNaming(SnakeCaseStrategy.class)
    @RegisterForReflection
    public record AdminSessionsResponse(
            List<Item> sessions, @Nullable String nextCursor) {

        @RegisterForReflection
        @Schema(name = "AdminSession")
        @JsonNaming(SnakeCaseStrategy.class)
        public record Item(
                String id, Instant createdAt, Instant lastUsedAt, Instant expiresAt, String ip, String userAgent) {}

        private static AdminSessionsResponse of(SessionPage page) {
            List<Item> items = page.sessions().stream()
                    .map(session -> new Item(
                            session.id().value(),
                            session.createdAt(),
                            session.lastUsedAt(),
                            session.expiresAt(),
                            session.client().ip(),
                            session.client().userAgent()))
                    .toList();
            return new AdminSessionsResponse(
                    items, page.next() == null ? null : page.next().text());
        }
    }

    private final ManagedAccounts accounts;
    private final Sessions sessions;
    private final Administration administration;
    private final AdminResponses responses;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final Problems problems;

    AdminSessionsResource(
            ManagedAccounts accounts,
            Sessions sessions,
            Administration administration,
            AdminResponses responses,
            JsonWebToken caller,
            ClientResolver clients,
            Problems problems) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.administration = administration;
        this.responses = responses;
        this.caller = caller;
        this.clients = clients;
        this.problems = problems;
    }

    @GET
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Number of sessions, 1 to 100",
            schema = @Schema(type = SchemaType.INTEGER, defaultValue = "100"))
    @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "The next_cursor of the previous page",
            schema = @Schema(type = SchemaType.STRING))
    @Operation(summary = "List the sessions of a user, latest used first")
    @APIResponseSchema(value = AdminSessionsResponse.class, responseCode = "200")
    public Response list(@PathParam("id") String id, @Context HttpServerRequest http) {
        AccountId user = new AccountId(id);
        return switch (PageParameters.in(http, DEFAULT_LIMIT, SessionPage.Cursor::parse)) {
            case PageParameters.Invalid<SessionPage.Cursor>(var error) -> problems.invalid(List.of(error));
            case PageParameters.Page<SessionPage.Cursor> _
            when accounts.find(user).isEmpty() -> responses.notFound();
            case PageParameters.Page<SessionPage.Cursor>(int limit, var after) ->
                Response.ok(AdminSessionsResponse.of(sessions.page(user, after, limit)))
                        .build();
        };
    }

    @DELETE
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Operation(summary = "End all sessions of a user")
    @APIResponse(responseCode = "204", description = "Done")
    public Response endAll(@PathParam("id") String id, @Context HttpServerRequest http) {
        return responses.done(administration.endSessions(administrator(http), new AccountId(id)));
    }

    @DELETE
    @Path("/{session_id}")
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Operation(summary = "End a session of a user")
    @APIResponse(responseCode = "204", description = "Done")
    public Response end(
            @PathParam("id") String id, @PathParam("session_id") String sessionId, @Context HttpServerRequest http) {
        return responses.done(
                administration.endSession(administrator(http), new AccountId(id), new SessionId(sessionId)));
    }

    private Administrator administrator(HttpServerRequest http) {
        return new Administrator(CallerClaims.accountId(caller), clients.of(http));
    }
}
