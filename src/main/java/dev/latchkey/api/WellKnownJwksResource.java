package dev.latchkey.api;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The same keys where standard clients look for them. */
@Path("/.well-known/jwks.json")
@Produces(MediaType.APPLICATION_JSON)
public class WellKnownJwksResource {

    private final JwksResource keys;

    WellKnownJwksResource(JwksResource keys) {
        this.keys = keys;
    }

    @GET
    @PermitAll
    public Response jwks() {
        return keys.jwks();
    }
}
