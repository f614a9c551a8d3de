package dev.latchkey.gate;

import dev.latchkey.gate.AccessRequirement.Decision;
import dev.latchkey.token.VerifiedToken;
import io.quarkus.arc.properties.IfBuildProperty;
import io.quarkus.security.Authenticated;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;

/**
 * The rules of {@code gate/rules.properties} for a backend, as annotations on routes of this service. Each responds with the
 * id of the user whose data it serves.
 *
 * <p>They match every path below {@code /api}, so they exist only in the tests that enable them.
 */
@Path("/")
@IfBuildProperty(name = HostileRoutes.SWITCH, stringValue = "true")
public class HostileRoutes {

    static final String SWITCH = "test.hostile-routes";
    static final String SERVED = "X-Test-Served";
    static final String EVERYBODY = "everybody";
    static final String ADMINISTRATORS = "administrators";

    private static final AccessRequirement USER =
            AccessRequirement.ofOurUsers(new AccessRequirement.Allow.Authenticated());

    private final SecurityIdentity identity;

    HostileRoutes(SecurityIdentity identity) {
        this.identity = identity;
    }

    /** A method that no framework knows. */
    @HttpMethod("PROPFIND")
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Propfind {}

    /** Another one. */
    @HttpMethod("delete")
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface LowerCaseDelete {}

    @GET
    @PermitAll
    @Path("/api/{user_id}")
    public Response own(@PathParam("user_id") String user) {
        return served(user);
    }

    @GET
    @PermitAll
    @Path("/api/{user_id}/{rest: .*}")
    public Response get(@PathParam("user_id") String user) {
        return served(user);
    }

    @POST
    @PermitAll
    @Path("/api/{user_id}/{rest: .*}")
    public Response post(@PathParam("user_id") String user) {
        return served(user);
    }

    @PUT
    @PermitAll
    @Path("/api/{user_id}/{rest: .*}")
    public Response put(@PathParam("user_id") String user) {
        return served(user);
    }

    @PATCH
    @PermitAll
    @Path("/api/{user_id}/{rest: .*}")
    public Response patch(@PathParam("user_id") String user) {
        return served(user);
    }

    @DELETE
    @PermitAll
    @Path("/api/{user_id}/{rest: .*}")
    public Response delete(@PathParam("user_id") String user) {
        return served(user);
    }

    @OPTIONS
    @PermitAll
    @Path("/api/{user_id}/{rest: .*}")
    public Response options(@PathParam("user_id") String user) {
        return served(user);
    }

    @Propfind
    @PermitAll
    @Path("/api/{user_id}/{rest: .*}")
    public Response propfind(@PathParam("user_id") String user) {
        return served(user);
    }

    @GET
    @PermitAll
    @Path("/teams/{team}/members/{user_id}")
    public Response member(@PathParam("user_id") String user) {
        return served(user);
    }

    @GET
    @PermitAll
    @Path("/teams/{team}/members/{user_id}/{rest: .*}")
    public Response ofMember(@PathParam("user_id") String user) {
        return served(user);
    }

    @PUT
    @PermitAll
    @Path("/teams/{team}/members/{user_id}/{rest: .*}")
    public Response putOfMember(@PathParam("user_id") String user) {
        return served(user);
    }

    // Not named user_id, which the filter guards: the route is not its owner's.

    @GET
    @RolesAllowed("admin")
    @Path("/api/{whose}/exports")
    public Response exports() {
        return served(ADMINISTRATORS);
    }

    @GET
    @RolesAllowed("admin")
    @Path("/api/{whose}/exports/{rest: .*}")
    public Response export() {
        return served(ADMINISTRATORS);
    }

    @POST
    @RolesAllowed("admin")
    @Path("/api/{whose}/exports{slash: /?}")
    public Response createExport() {
        return served(ADMINISTRATORS);
    }

    @GET
    @RolesAllowed("admin")
    @Path("/api/admin")
    public Response admin() {
        return served(ADMINISTRATORS);
    }

    @GET
    @RolesAllowed("admin")
    @Path("/api/admin/{rest: .*}")
    public Response getAsAdmin() {
        return served(ADMINISTRATORS);
    }

    @DELETE
    @RolesAllowed("admin")
    @Path("/api/admin/{rest: .*}")
    public Response deleteAsAdmin() {
        return served(ADMINISTRATORS);
    }

    @GET
    @RolesAllowed("admin")
    @Path("/reports")
    public Response reports() {
        return served(ADMINISTRATORS);
    }

    @POST
    @Authenticated
    @Path("/reports")
    public Response createReport() {
        return servedToUser();
    }

    @GET
    @Authenticated
    @Path("/reports/{rest: .+}")
    public Response report() {
        return servedToUser();
    }

    @DELETE
    @RolesAllowed("admin")
    @Path("/reports/{rest: .+}")
    public Response deleteReport() {
        return served(ADMINISTRATORS);
    }

    @LowerCaseDelete
    @Authenticated
    @Path("/reports/{rest: .+}")
    public Response deleteReportInLowerCase() {
        return servedToUser();
    }

    @GET
    @PermitAll
    @Path("/files/{any}/{user_id}")
    public Response file(@PathParam("user_id") String user) {
        return served(user);
    }

    @GET
    @Authenticated
    @Path("/api/me")
    public Response me() {
        return servedToUser();
    }

    /** Without it the framework would respond as for GET, and to OPTIONS below by itself. */
    @HEAD
    @DenyAll
    @Path("/api/me")
    public Response headOfMe() {
        throw new ForbiddenException();
    }

    @GET
    @PermitAll
    @Path("/api/status")
    public Response status() {
        return served(EVERYBODY);
    }

    @OPTIONS
    @DenyAll
    @Path("/api/status")
    public Response optionsOfStatus() {
        throw new ForbiddenException();
    }

    @GET
    @PermitAll
    @Path("/public")
    public Response open() {
        return served(EVERYBODY);
    }

    @GET
    @PermitAll
    @Path("/public/{rest: .*}")
    public Response openDeeper() {
        return served(EVERYBODY);
    }

    @OPTIONS
    @PermitAll
    @Path("/public/{rest: .*}")
    public Response optionsOfOpen() {
        throw new ForbiddenException();
    }

    /** {@code @Authenticated} allows users of other issuers too, who are refused here as on our own such route. */
    private Response servedToUser() {
        if (identity.getPrincipal() instanceof VerifiedToken.Principal verified
                && USER.decide(verified.verified(), parameter -> List.of())
                        instanceof Decision.Granted(VerifiedToken user)
                && user != null) {
            return served(user.userId());
        }
        throw new ForbiddenException();
    }

    private static Response served(String whose) {
        return Response.ok().header(SERVED, whose).build();
    }
}
