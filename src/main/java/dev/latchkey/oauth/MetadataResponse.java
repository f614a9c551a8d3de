package dev.latchkey.oauth;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What OAuth libraries want to know of an issuer before they begin (RFC 8414 section 2). */
@RegisterForReflection
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetadataResponse(
        @Schema(examples = "https://auth.example.com") String issuer,

        @Schema(implementation = String.class, examples = "https://auth.example.com/.well-known/jwks.json") @Nullable
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
