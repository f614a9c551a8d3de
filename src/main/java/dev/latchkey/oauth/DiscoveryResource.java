package dev.latchkey.oauth;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.Encodings;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.token.Issuer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Publishes what other services need to verify tokens: the public keys (RFC 7517) and the server metadata (RFC 8414). */
@Path("/.well-known")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Public keys")
public class DiscoveryResource {

    /** Short enough for a caching service to learn of a new key before it signs. */
    private static final String CACHE_CONTROL = "public, max-age=300";

    private static final List<String> AUTHENTICATION_METHODS = List.of("client_secret_basic", "client_secret_post");

    /** The public keys, each as a JWK. */
    @RegisterForReflection
    public record JwksResponse(List<Map<String, Object>> keys) {

        /** The public members of the keys of our algorithms (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2). */
        private static final Set<String> PUBLIC = Set.of("kty", "kid", "use", "alg", "crv", "x", "y", "n", "e");

        /** Sorted, so that all replicas write the same bytes in whatever order they read the keys. */
        static JwksResponse of(List<Map<String, Object>> published) {
            return new JwksResponse(published.stream()
                    .map(JwksResponse::publicMembers)
                    .sorted(Comparator.comparing(key -> String.valueOf(key.get("kid"))))
                    .toList());
        }

        // Security: a list of what may go out, so that a private member is left out even if one is passed in by
        // mistake.
        private static Map<String, Object> publicMembers(Map<String, Object> jwk) {
            Map<String, Object> members = new TreeMap<>(jwk);
            members.keySet().retainAll(PUBLIC);
            return members;
        }
    }

    /** Authorization server metadata (RFC 8414 section 2). */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record MetadataResponse(
            @Schema(examples = "https://auth.example.com") String issuer,

            @Schema(implementation = String.class, examples = "https://auth.example.com/.well-known/jwks.json")
            @Nullable
            URI jwksUri,

            @Schema(implementation = String.class, examples = "https://auth.example.com/oauth/introspect") @Nullable
            URI introspectionEndpoint,

            @Nullable List<String> introspectionEndpointAuthMethodsSupported,

            @Schema(implementation = String.class, examples = "https://auth.example.com/oauth/revoke") @Nullable
            URI revocationEndpoint,

            @Nullable List<String> revocationEndpointAuthMethodsSupported,
            List<String> responseTypesSupported,
            List<String> grantTypesSupported,
            List<String> accessTokenSigningAlgValuesSupported) {}

    /** The keys below the base path of the API, where Better Auth publishes them. */
    @Path("/api/auth/jwks")
    @Produces(MediaType.APPLICATION_JSON)
    @Tag(name = "Public keys")
    public static class ApiJwksResource {

        private final DiscoveryResource discovery;

        ApiJwksResource(DiscoveryResource discovery) {
            this.discovery = discovery;
        }

        @GET
        @PermitAll
        @Operation(summary = "Get the public keys that verify access tokens; empty with a shared secret")
        @APIResponseSchema(value = JwksResponse.class, responseCode = "200")
        public Response jwks(@Context HttpHeaders request) {
            return discovery.jwks(request);
        }
    }

    private final SigningKeys keys;
    private final Issuer issuer;
    private final PublicUrl publicUrl;
    private final OAuthClients clients;
    private final ObjectMapper json;

    DiscoveryResource(SigningKeys keys, Issuer issuer, PublicUrl publicUrl, OAuthClients clients, ObjectMapper json) {
        this.keys = keys;
        this.issuer = issuer;
        this.publicUrl = publicUrl;
        this.clients = clients;
        this.json = json;
    }

    @GET
    @Path("/jwks.json")
    @PermitAll
    @Operation(summary = "Get the same public keys at the well-known path")
    @APIResponseSchema(value = JwksResponse.class, responseCode = "200")
    public Response jwks(@Context HttpHeaders request) {
        return respond(JwksResponse.of(keys.published()), request);
    }

    @GET
    @Path("/oauth-authorization-server")
    @PermitAll
    @Operation(summary = "Get the authorization server metadata: issuer, key set and algorithms (RFC 8414)")
    @APIResponseSchema(value = MetadataResponse.class, responseCode = "200")
    public Response metadata(@Context HttpHeaders request) {
        @Nullable List<String> methods = clients.isEmpty() ? null : AUTHENTICATION_METHODS;
        return respond(
                new MetadataResponse(
                        issuer.name(),
                        keys.published().isEmpty() ? null : at("/.well-known/jwks.json"),
                        methods == null ? null : at("/oauth/introspect"),
                        methods,
                        methods == null ? null : at("/oauth/revoke"),
                        methods,
                        // No redirects and no grants: users sign in through the API.
                        List.of(),
                        List.of(),
                        keys.inForce().stream().map(Algorithm::jose).sorted().toList()),
                request);
    }

    // Security: from the settings, so that the Host header of a request does not choose where keys are fetched.
    private URI at(String path) {
        return publicUrl.resolve(path);
    }

    /** Responds with a cacheable document, or with 304 if the client has it already. */
    private Response respond(Object document, HttpHeaders request) {
        String body = write(document);
        // Strong, and of the bytes alone: the same on every replica that publishes the same document.
        String tag = '"' + Encodings.base64Url(Digests.sha256(body)) + '"';
        Response.ResponseBuilder response = matches(request.getRequestHeader(HttpHeaders.IF_NONE_MATCH), tag)
                ? Response.notModified()
                : Response.ok(body, MediaType.APPLICATION_JSON_TYPE);
        return response.header(HttpHeaders.ETAG, tag)
                .header(HttpHeaders.CACHE_CONTROL, CACHE_CONTROL)
                .build();
    }

    /**
     * Whether an {@code If-None-Match} header names the tag, by weak comparison (RFC 9110 sections 8.8.3.2 and 13.1.2).
     *
     * <p>By hand, because {@code Request.evaluatePreconditions} compares strongly: the {@code W/} that a compressing proxy
     * adds would never match. It takes unquoted tags, too.
     */
    static boolean matches(@Nullable List<String> ifNoneMatch, String tag) {
        return ifNoneMatch != null
                && ifNoneMatch.stream()
                        // Our tag has no comma, and no part of another tag that has one starts and ends with a quote.
                        .flatMap(line -> Arrays.stream(line.split(",")))
                        .map(String::strip)
                        .anyMatch(held -> held.equals("*") || held.equals(tag) || held.equals("W/" + tag));
    }

    private String write(Object document) {
        try {
            return json.writeValueAsString(document);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a public document holds strings and lists of strings", impossible);
        }
    }
}
