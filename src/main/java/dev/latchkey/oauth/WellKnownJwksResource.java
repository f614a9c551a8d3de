package dev.latchkey.oauth;

import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The same keys where standard clients look for them. */
@Path("/.well-known/jwks.json")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Public keys")
public class WellKnownJwksResource {

    private final JwksResource keys;

    WellKnownJwksResource(JwksResource keys) {
        this.keys = keys;
    }

    @GET
    @PermitAll
    @Operation(summary = "The same keys where standard clients look for them")
    @APIResponseSchema(value = JwksResponse.class, responseCode = "200")
    public Response jwks(@Context HttpHeaders request) {
        return keys.jwks(request);
    }
}
