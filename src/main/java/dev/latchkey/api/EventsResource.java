package dev.latchkey.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.EventPage;
import dev.latchkey.platform.http.Problem.FieldError;
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
import java.math.BigInteger;
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
    private static final BigInteger MAX_LIMIT = BigInteger.valueOf(100);

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
        String limit = parameter(http, "limit");
        // Clamped rather than refused, however many digits it has.
        if (limit != null && !limit.matches("-?[0-9]+")) {
            return problems.invalid(List.of(FieldErrors.wrongType("limit", "a whole number")));
        }
        int size = limit == null
                ? DEFAULT_LIMIT
                : new BigInteger(limit).max(BigInteger.ONE).min(MAX_LIMIT).intValue();
        String cursor = parameter(http, "cursor");
        EventPage.Cursor after =
                cursor == null ? null : EventPage.Cursor.parse(cursor).orElse(null);
        if (cursor != null && after == null) {
            return problems.invalid(List.of(
                    new FieldError("cursor", "INVALID", "Send the next_cursor of the previous page unchanged.")));
        }
        return Response.ok(EventsResponse.of(
                        audit.page(CallerClaims.accountId(caller).value(), after, size)))
                .build();
    }

    /**
     * The value as it was sent, several as one that is valid nowhere; null if there is none. The framework's own
     * parameters take an empty value for none, and the first of several.
     */
    private static @Nullable String parameter(HttpServerRequest request, String name) {
        List<String> values = request.params().getAll(name);
        return values.isEmpty() ? null : String.join("\n", values);
    }
}
