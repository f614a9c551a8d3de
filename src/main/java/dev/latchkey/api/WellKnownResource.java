package dev.latchkey.api;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The published keys where other software looks for them first (RFC 8615). */
@Path("/.well-known/jwks.json")
@Produces(MediaType.APPLICATION_JSON)
public class WellKnownResource {

    private final JwksResource keys;

    WellKnownResource(JwksResource keys) {
        this.keys = keys;
    }

    @GET
    @PermitAll
    public Response jwks() {
        return keys.jwks();
    }
}
