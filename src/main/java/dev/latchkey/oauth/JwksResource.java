package dev.latchkey.oauth;

import dev.latchkey.key.SigningKeys;
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

/** Publishes the keys by which every backend can check a token (RFC 7517). */
@Path("/api/auth/jwks")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Public keys")
public class JwksResource {

    private final SigningKeys keys;
    private final PublicDocuments documents;

    JwksResource(SigningKeys keys, PublicDocuments documents) {
        this.keys = keys;
        this.documents = documents;
    }

    @GET
    @PermitAll
    @Operation(summary = "The keys by which backends verify tokens; empty with a shared secret")
    @APIResponseSchema(value = JwksResponse.class, responseCode = "200")
    public Response jwks(@Context HttpHeaders request) {
        return documents.answer(JwksResponse.of(keys.published()), request);
    }
}
