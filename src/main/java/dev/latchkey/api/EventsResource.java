package dev.latchkey.api;

import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.EventCursor;
import io.quarkus.security.Authenticated;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigInteger;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What happened to one's own account. */
@Path("/api/users/{user_id}/events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Your account")
public class EventsResource {

    private static final int USUAL = 50;
    private static final int MOST = 100;

    private final AuditLog audit;
    private final Caller caller;
    private final Problems problems;

    EventsResource(AuditLog audit, Caller caller, Problems problems) {
        this.audit = audit;
        this.caller = caller;
        this.problems = problems;
    }

    @GET
    @Authenticated
    @Operation(summary = "Read what happened to your account, newest first")
    @APIResponseSchema(value = EventsResponse.class, responseCode = "200")
    public Response list(@QueryParam("limit") @Nullable String limit, @QueryParam("cursor") @Nullable String cursor) {
        int wanted = USUAL;
        if (limit != null) {
            if (!limit.matches("-?[0-9]{1,100}")) {
                return problems.invalid(List.of(FieldErrors.wrongType("limit", "a whole number")));
            }
            wanted = new BigInteger(limit)
                    .min(BigInteger.valueOf(MOST))
                    .max(BigInteger.ONE)
                    .intValue();
        }
        EventCursor after = cursor == null ? null : EventCursor.parse(cursor).orElse(null);
        if (cursor != null && after == null) {
            return problems.invalid(
                    List.of(new FieldError("cursor", "INVALID", "Use the next_cursor of the page before, unchanged.")));
        }
        return Response.ok(EventsResponse.of(audit.page(caller.user().value(), after, wanted)))
                .build();
    }
}
