package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.Problem.FieldError;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.SessionPage;
import dev.latchkey.session.Sessions;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.Authenticated;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
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

/** Lists and ends the caller's sessions. */
@Path("/api/users/{user_id}/sessions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Your account")
public class SessionsResource {

    private static final int DEFAULT_LIMIT = 100;

    /** A page of the active sessions of a user, latest used first. */
    @JsonNaming(SnakeCaseStrategy.class)
    @RegisterForReflection
    public record SessionsResponse(
            List<Item> sessions, @Nullable String nextCursor) {

        @RegisterForReflection
        @Schema(name = "Session")
        @JsonNaming(SnakeCaseStrategy.class)
        public record Item(
                String id,
                Instant createdAt,
                Instant lastUsedAt,
                Instant expiresAt,
                String ip,
                String userAgent,
                boolean current) {}

        private static SessionsResponse of(SessionPage page, SessionId current) {
            List<Item> items = page.sessions().stream()
                    .map(session -> new Item(
                            session.id().value(),
                            session.createdAt(),
                            session.lastUsedAt(),
                            session.expiresAt(),
                            session.client().ip(),
                            session.client().userAgent(),
                            session.id().equals(current)))
                    .toList();
            return new SessionsResponse(
                    items, page.next() == null ? null : page.next().text());
        }
    }

    private final Sessions sessions;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final SessionCookie cookie;
    private final Problems problems;

    SessionsResource(
            Sessions sessions, JsonWebToken caller, ClientResolver clients, SessionCookie cookie, Problems problems) {
        this.sessions = sessions;
        this.caller = caller;
        this.clients = clients;
        this.cookie = cookie;
        this.problems = problems;
    }

    @GET
    @Authenticated
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
    @Operation(summary = "List your sessions, latest used first")
    @APIResponseSchema(value = SessionsResponse.class, responseCode = "200")
    public Response list(@Context HttpServerRequest http) {
        return switch (PageParameters.in(http, DEFAULT_LIMIT, SessionPage.Cursor::parse)) {
            case PageParameters.Invalid<SessionPage.Cursor>(var error) -> problems.invalid(List.of(error));
            case PageParameters.Page<SessionPage.Cursor>(int limit, var after) ->
                Response.ok(SessionsResponse.of(
                                sessions.page(CallerClaims.accountId(caller), after, limit),
                                CallerClaims.sessionId(caller)))
                        .build();
        };
    }

    @DELETE
    @Path("/{session_id}")
    @Authenticated
    @Operation(summary = "End one of your sessions")
    @APIResponse(responseCode = "204", description = "Done")
    public Response end(@PathParam("session_id") String sessionId, @Context HttpServerRequest http) {
        SessionId id = new SessionId(sessionId);
        if (!sessions.endByUser(CallerClaims.accountId(caller), id, clients.of(http))) {
            return problems.of(ProblemCode.NOT_FOUND, "You have no such session.");
        }
        return ended(id.equals(CallerClaims.sessionId(caller)));
    }

    @DELETE
    @Authenticated
    @Parameter(
            name = "keep",
            in = ParameterIn.QUERY,
            description = "current keeps the session of the access token",
            schema = @Schema(type = SchemaType.STRING, enumeration = "current"))
    @Operation(summary = "End all your sessions, or all but this one with keep=current")
    @APIResponse(responseCode = "204", description = "Done")
    public Response endAll(@Context HttpServerRequest http) {
        // As sent: the framework's own parameters take an empty value for none, and the first of several.
        List<String> keep = http.params().getAll("keep");
        if (!keep.isEmpty() && !keep.equals(List.of("current"))) {
            return problems.invalid(List.of(new FieldError("keep", "INVALID", "Omit it, or send keep=current.")));
        }
        sessions.endAllByUser(
                CallerClaims.accountId(caller),
                keep.isEmpty() ? null : CallerClaims.sessionId(caller),
                clients.of(http));
        return ended(keep.isEmpty());
    }

    private Response ended(boolean own) {
        Response.ResponseBuilder response = Response.noContent();
        return (own ? response.header(HttpHeaders.SET_COOKIE, cookie.cleared()) : response).build();
    }
}
