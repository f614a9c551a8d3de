package dev.latchkey.api;

import dev.latchkey.gate.ClientSource;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import io.quarkus.security.Authenticated;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One's own devices: see them, end them one by one or all. */
@Path("/api/users/{user_id}/sessions")
@Produces(MediaType.APPLICATION_JSON)
public class SessionsResource {

    private final Sessions sessions;
    private final Caller caller;
    private final ClientSource clients;
    private final SessionCookie cookie;
    private final Problems problems;

    SessionsResource(Sessions sessions, Caller caller, ClientSource clients, SessionCookie cookie, Problems problems) {
        this.sessions = sessions;
        this.caller = caller;
        this.clients = clients;
        this.cookie = cookie;
        this.problems = problems;
    }

    @GET
    @Authenticated
    public SessionsResponse list() {
        return SessionsResponse.of(sessions.living(caller.user()), caller.session());
    }

    @DELETE
    @Path("/{session_id}")
    @Authenticated
    public Response end(@PathParam("session_id") String sessionId, HttpServerRequest http) {
        SessionId id = new SessionId(sessionId);
        if (!sessions.close(caller.user(), id, clients.of(http))) {
            return problems.of(ProblemCode.NOT_FOUND, "You have no such session.");
        }
        return ended(id.equals(caller.session()));
    }

    @DELETE
    @Authenticated
    public Response endAll(@QueryParam("keep") @Nullable String keep, HttpServerRequest http) {
        // The framework takes an empty value for none, and none would end the caller's session too.
        boolean bad = keep == null ? http.params().contains("keep") : !keep.equals("current");
        if (bad) {
            return problems.invalid(List.of(new FieldError("keep", "INVALID", "Leave it out, or write keep=current.")));
        }
        sessions.closeAll(caller.user(), keep == null ? null : caller.session(), clients.of(http));
        return ended(keep == null);
    }

    private Response ended(boolean own) {
        Response.ResponseBuilder answer = Response.noContent();
        return (own ? answer.header(HttpHeaders.SET_COOKIE, cookie.cleared()) : answer).build();
    }
}
