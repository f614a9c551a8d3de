package dev.latchkey.gate;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Routes of a user whose author declared no access, or opened them by mistake. */
@Path("/test")
public class ForgottenRoutes {

    @GET
    @Path("/{user_id}/forgotten")
    public String forgotten(@PathParam("user_id") String user) {
        return "private to " + user;
    }

    @GET
    @PermitAll
    @Path("/{user_id}/opened")
    public String opened(@PathParam("user_id") String user) {
        return "private to " + user;
    }

    @GET
    @PermitAll
    @NonBlocking
    @Path("/{user_id}/opened-on-the-event-loop")
    public String openedOnTheEventLoop(@PathParam("user_id") String user) {
        return "private to " + user;
    }

    @GET
    @PermitAll
    @Path("/{user_id: .+}/pattern")
    public String pattern(@PathParam("user_id") String user) {
        return "private to " + user;
    }

    @PermitAll
    @Path("/{user_id}/locator")
    public Located locator() {
        return new Located();
    }

    /** The resource that the locator returns. */
    @PermitAll
    public static class Located {

        @GET
        @PermitAll
        @Path("/deep")
        public String deep(@PathParam("user_id") String user) {
            return "private to " + user;
        }
    }
}
