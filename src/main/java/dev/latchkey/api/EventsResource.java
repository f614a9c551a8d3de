package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.EventPage;
import dev.latchkey.platform.http.Problems;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.Authenticated;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Lists the audit events of the caller's account. */
@Path("/api/users/{user_id}/events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Your account")
public class EventsResource {

    private static final int DEFAULT_LIMIT = 50;

    /** A page of audit events, newest first. */
    @JsonNaming(SnakeCaseStrategy.class)
    @RegisterForReflection
    public record EventsResponse(
            List<Item> events, @Nullable String nextCursor) {

        @RegisterForReflection
        @Schema(name = "Event")
        @JsonNaming(SnakeCaseStrategy.class)
        public record Item(
                String id,
                String type,
                Instant at,
                String ip,
                String userAgent,
                String outcome,
                Map<String, String> details) {}

        private static EventsResponse of(EventPage page) {
            List<Item> items = page.events().stream()
                    .map(event -> new Item(
                            event.id().toString(),
                            event.type(),
                            event.at(),
                            event.client().ip(),
                            event.client().userAgent(),
                            event.outcome(),
                            event.details()))
                    .toList();
            return new EventsResponse(
                    items, page.next() == null ? null : page.next().text());
        }
    }

    private final AuditLog audit;
    private final JsonWebToken caller;
    private final Problems problems;

    EventsResource(AuditLog audit, JsonWebToken caller, Problems problems) {
        this.audit = audit;
        this.caller = caller;
        this.problems = problems;
    }

    @GET
    @Authenticated
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
    @Operation(summary = "List the events of your account, newest first")
    @APIResponseSchema(value = EventsResponse.class, responseCode = "200")
    public Response list(@Context HttpServerRequest http) {
        return switch (PageParameters.in(http, DEFAULT_LIMIT, EventPage.Cursor::parse)) {
            case PageParameters.Invalid<EventPage.Cursor>(var error) -> problems.invalid(List.of(error));
            case PageParameters.Page<EventPage.Cursor>(int limit, var after) ->
                Response.ok(EventsResponse.of(
                                audit.page(CallerClaims.accountId(caller).value(), after, limit)))
                        .build();
        };
    }
}
