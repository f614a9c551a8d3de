package dev.latchkey.api;

import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.EventPage;
import dev.latchkey.platform.http.FieldError;
import dev.latchkey.platform.http.Problems;
import io.quarkus.security.Authenticated;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.math.BigInteger;
import java.util.List;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What happened to one's own account. */
@Path("/api/users/{user_id}/events")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Your account")
public class EventsResource {

    private static final int USUAL = 50;
    private static final BigInteger MOST = BigInteger.valueOf(100);

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
            description = "how many, 1 to 100",
            schema = @Schema(type = SchemaType.INTEGER, defaultValue = "50"))
    @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "the next_cursor of the page before",
            schema = @Schema(type = SchemaType.STRING))
    @Operation(summary = "Read what happened to your account, newest first")
    @APIResponseSchema(value = EventsResponse.class, responseCode = "200")
    public Response list(@Context HttpServerRequest http) {
        String limit = QueryParameters.single(http, "limit");
        String cursor = QueryParameters.single(http, "cursor");
        int wanted = USUAL;
        if (limit != null) {
            if (!limit.matches("-?[0-9]+")) {
                return problems.invalid(List.of(FieldErrors.wrongType("limit", "a whole number")));
            }
            wanted = new BigInteger(limit).max(BigInteger.ONE).min(MOST).intValue();
        }
        EventPage.Cursor after = cursor == null ? null : EventPage.Cursor.parse(cursor).orElse(null);
        if (cursor != null && after == null) {
            return problems.invalid(
                    List.of(new FieldError("cursor", "INVALID", "Use the next_cursor of the page before, unchanged.")));
        }
        return Response.ok(EventsResponse.of(audit.page(CallerClaims.accountId(caller).value(), after, wanted)))
                .build();
    }
}
