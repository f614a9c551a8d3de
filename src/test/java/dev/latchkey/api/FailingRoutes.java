package dev.latchkey.api;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.sql.SQLException;

/** Routes that fail unexpectedly. */
@Path("/test/failing")
public class FailingRoutes {

    static final String SECRET = "the-secret-of-the-failure";

    @GET
    @PermitAll
    @Path("/unexpectedly")
    public String unexpectedly() {
        throw new IllegalStateException(SECRET, new IOException("select secret from users"));
    }

    @GET
    @PermitAll
    @Path("/in-sql")
    public String inSql() throws SQLException {
        throw new SQLException(SECRET + ": ERROR: syntax error at or near select", "42601");
    }

    @GET
    @PermitAll
    @Path("/by-error")
    public String byError() {
        throw new StackOverflowError(SECRET);
    }

    @GET
    @PermitAll
    @Path("/with-a-status")
    public String withAStatus() {
        throw new WebApplicationException(SECRET, 502);
    }

    @GET
    @PermitAll
    @Path("/for-now")
    public String forNow() throws SQLException {
        throw new SQLException(SECRET, "40001");
    }
}
