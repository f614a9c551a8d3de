package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.account.RoleNames;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.EventPage;
import dev.latchkey.platform.http.Problems;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Lists the audit events of all accounts and of none, for administrators. */
@Path("/api/admin/events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Administration")
public class AdminEventsResource {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_ID = 300;
    private static final int MAX_NAME = 64;

    /** A page of audit events, newest first. */
    @JsonNaming(SnakeCaseStrategy.class)
    @RegisterForReflection
    public record AdminEventsResponse(
            List<Item> events, @Nullable String nextCursor) {

        @RegisterForReflection
        @Schema(name = "AdminEvent")
        @JsonNaming(SnakeCaseStrategy.class)
        public record Item(
                String id,
                @Nullable String userId,
                String type,
                Instant at,
                String ip,
                String userAgent,
                String outcome,
                Map<String, String> details) {}

        private static AdminEventsResponse of(EventPage page) {
            List<Item> items = page.events().stream()
                    .map(event -> new Item(
                            event.id().toString(),
                            event.userId(),
                            event.type(),
                            event.at(),
                            event.client().ip(),
                            event.client().userAgent(),
                            event.outcome(),
                            event.details()))
                    .toList();
            return new AdminEventsResponse(
                    items, page.next() == null ? null : page.next().text());
        }
    }

    private final AuditLog audit;
    private final Problems problems;

    AdminEventsResource(AuditLog audit, Problems problems) {
        this.audit = audit;
        this.problems = problems;
    }

    @GET
    @RolesAllowed(RoleNames.ADMINISTRATOR)
    @Parameter(
            name = "user_id",
            in = ParameterIn.QUERY,
            description = "The user in whose events it appears",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "by",
            in = ParameterIn.QUERY,
            description = "The id of the administrator who has acted; or command_line, or a database role",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "type", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "outcome",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"success", "failure"}))
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Events of then or later",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "Events before then",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Number of events, 1 to 100",
            schema = @Schema(type = SchemaType.INTEGER, defaultValue = "50"))
    @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "The next_cursor of the previous page",
            schema = @Schema(type = SchemaType.STRING))
    @Operation(
            summary = "List the events of all users, newest first",
            description =
                    "A page looks at 5,000 events at most: it may have fewer than asked for, or none, while next_cursor"
                            + " says that there are more to look at.")
    @APIResponseSchema(value = AdminEventsResponse.class, responseCode = "200")
    public Response list(@Context HttpServerRequest http) {
        QueryFilters filters = new QueryFilters(http);
        EventPage.Query query = new EventPage.Query(
                filters.text("user_id", MAX_ID),
                filters.text("by", MAX_ID),
                filters.text("type", MAX_NAME),
                filters.text("outcome", MAX_NAME),
                filters.time("from"),
                filters.time("before"));
        if (!filters.errors().isEmpty()) {
            return problems.invalid(filters.errors());
        }
        return switch (PageParameters.in(http, DEFAULT_LIMIT, EventPage.Cursor::parse)) {
            case PageParameters.Invalid<EventPage.Cursor>(var error) -> problems.invalid(List.of(error));
            case PageParameters.Page<EventPage.Cursor>(int limit, var after) ->
                Response.ok(AdminEventsResponse.of(audit.search(query, after, limit)))
                        .build();
        };
    }
}
