package dev.latchkey.oauth;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.token.Issuer;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Tells OAuth libraries who issues the tokens, where the keys are and which algorithms are in force (RFC 8414). */
@Path("/.well-known/oauth-authorization-server")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Public keys")
public class MetadataResource {

    private static final List<String> METHODS = List.of("client_secret_basic", "client_secret_post");

    private final SigningKeys keys;
    private final Issuer issuer;
    private final PublicUrl publicUrl;
    private final OAuthClients backends;
    private final PublicDocuments documents;

    MetadataResource(SigningKeys keys, Issuer issuer, PublicUrl publicUrl, OAuthClients backends, PublicDocuments documents) {
        this.keys = keys;
        this.issuer = issuer;
        this.publicUrl = publicUrl;
        this.backends = backends;
        this.documents = documents;
    }

    @GET
    @PermitAll
    @Operation(summary = "The issuer, its keys' place and the algorithms in force (RFC 8414)")
    @APIResponseSchema(value = MetadataResponse.class, responseCode = "200")
    public Response metadata(@Context HttpHeaders request) {
        @Nullable List<String> methods = backends.none() ? null : METHODS;
        return documents.answer(
                new MetadataResponse(
                        issuer.name(),
                        keys.published().isEmpty() ? null : at("/.well-known/jwks.json"),
                        methods == null ? null : at("/oauth/introspect"),
                        methods,
                        methods == null ? null : at("/oauth/revoke"),
                        methods,
                        // Nobody is redirected and no token is granted here: people sign in by the API.
                        List.of(),
                        List.of(),
                        keys.inForce().stream().map(Algorithm::jose).sorted().toList()),
                request);
    }

    // Security: from the settings; who sends a Host header must not choose where keys are fetched.
    private URI at(String path) {
        return publicUrl.resolve(path);
    }
}
