package dev.latchkey.ceilings;

import dev.latchkey.platform.db.SingleStatements;
import io.vertx.ext.web.Router;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** What a route costs that does nothing else, in this very build: what the service's own routes are measured against. */
@Path("/bench")
@PermitAll
@Produces(MediaType.TEXT_PLAIN)
public class BareRoutes {

    private final SingleStatements statements;

    BareRoutes(SingleStatements statements) {
        this.statements = statements;
    }

    static void register(@Observes Router router) {
        router.get("/bench/event-loop").handler(request -> request.response().end("ok"));
    }

    /** Handed to a worker thread, as every route is that may have to wait. */
    @GET
    @Path("/worker")
    public String worker() {
        return "ok";
    }

    /** Reads one row by its key. */
    @GET
    @Path("/row")
    public String row() {
        return statements
                .row("select email from users where id = ?", row -> row.getString(1), "nobody")
                .orElse("ok");
    }
}
