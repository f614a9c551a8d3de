package dev.latchkey.oauth;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.FormParameters;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.signin.SignOut;
import dev.latchkey.token.AccessTokenVerifier;
import dev.latchkey.token.VerificationResult;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerifiedToken;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Token introspection (RFC 7662) and revocation (RFC 7009) for services with client credentials. */
@Path("/oauth")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Introspection and revocation")
public class OAuthResource {

    /** The claims of a valid token, or only that the token is not active (RFC 7662 section 2.2). Times are in seconds. */
    @RegisterForReflection
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record IntrospectionResponse(
            @Schema(examples = "true") boolean active,

            @Schema(examples = "https://auth.example.com") @Nullable
            String iss,

            @Schema(examples = "019a9f0e-7c1b-7f3e-9d52-0c1f2f6a8b11") @Nullable
            String sub,

            @Schema(implementation = String.class, examples = "https://auth.example.com") @Nullable
            Object aud,

            @Schema(examples = "1795170300") @Nullable Long exp,
            @Schema(examples = "1795169400") @Nullable Long iat,

            @Schema(examples = "6f1c0a52-8d5e-4a4b-9a44-0a1f5d1e2c33") @Nullable
            String jti,

            @Schema(examples = "Bearer") @Nullable String tokenType,
            @Schema(examples = "ada@example.com") @Nullable String username,
            @Schema(examples = "true") @Nullable Boolean emailVerified,

            @Schema(examples = "019a9f0e-7c1b-7f3e-9d52-0c1f2f6a8b11") @Nullable
            String userId,

            @Schema(examples = "019a9f0e-7c3d-7a90-8f6e-5a4f1e2d3c4b") @Nullable
            String sid,

            @Nullable List<String> groups) {

        private static IntrospectionResponse inactive() {
            return new IntrospectionResponse(
                    false, null, null, null, null, null, null, null, null, null, null, null, null);
        }

        private static IntrospectionResponse of(VerifiedToken token) {
            return new IntrospectionResponse(
                    true,
                    text(token, "iss"),
                    token.userId(),
                    token.claim("aud"),
                    token.expiresAt().getEpochSecond(),
                    token.issuedAt().getEpochSecond(),
                    text(token, "jti"),
                    "Bearer",
                    token.email().isEmpty() ? null : token.email(),
                    token.emailVerified(),
                    token.userId(),
                    token.sessionId(),
                    // Security: a client that reads the roles alone must not take another issuer's for ours.
                    token.origin().ours() ? token.roles().stream().sorted().toList() : List.of());
        }

        private static @Nullable String text(VerifiedToken token, String claim) {
            return token.claim(claim) instanceof String text ? text : null;
        }
    }

    /** The form that both routes take, for the OpenAPI document; {@link FormParameters} reads it. */
    @JsonNaming(SnakeCaseStrategy.class)
    record TokenForm(
            @Schema(required = true, examples = "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.eyJ…")
            String token,

            @Schema(description = "Ignored: the token shows its type", examples = "access_token") @Nullable
            String tokenTypeHint,

            @Schema(description = "Only without an Authorization header", examples = "shop") @Nullable
            String clientId,

            @Schema(description = "Only without an Authorization header") @Nullable
            String clientSecret) {
        @Override
        public String toString() {
            return "TokenForm[hidden]";
        }
    }

    private final OAuthClients oauthClients;
    private final AccessTokenVerifier verifier;
    private final SignOut signOut;
    private final AuditLog audit;
    private final ClientResolver clients;
    private final Problems problems;

    OAuthResource(
            OAuthClients oauthClients,
            AccessTokenVerifier verifier,
            SignOut signOut,
            AuditLog audit,
            ClientResolver clients,
            Problems problems) {
        this.oauthClients = oauthClients;
        this.verifier = verifier;
        this.signOut = signOut;
        this.audit = audit;
        this.clients = clients;
        this.problems = problems;
    }

    @POST
    @Path("/introspect")
    @PermitAll // Security: withToken() verifies the client's credentials.
    @Operation(summary = "Tell whether an access token is valid now, and its claims (RFC 7662)")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_FORM_URLENCODED,
                            schema = @Schema(implementation = TokenForm.class)))
    @APIResponseSchema(value = IntrospectionResponse.class, responseCode = "200")
    @APIResponse(
            responseCode = "400",
            description = "invalid_request: not a form, no token, or credentials in two places",
            content = @Content(schema = @Schema(implementation = OAuthError.class)))
    @APIResponse(
            responseCode = "401",
            description = "invalid_client: missing or wrong client credentials",
            content = @Content(schema = @Schema(implementation = OAuthError.class)))
    public Response introspect(byte @Nullable [] body, @Context HttpHeaders headers, @Context HttpServerRequest http) {
        Client client = clients.of(http);
        return withToken(
                body,
                headers,
                client,
                (clientId, token) -> Response.ok(introspect(token, client)).build());
    }

    @POST
    @Path("/revoke")
    @PermitAll // Security: withToken() verifies the client's credentials.
    @Operation(summary = "End the session of an access or refresh token (RFC 7009)")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_FORM_URLENCODED,
                            schema = @Schema(implementation = TokenForm.class)))
    @APIResponse(responseCode = "200", description = "The token is not valid from now on, or never was")
    @APIResponse(
            responseCode = "400",
            description = "invalid_request: not a form, no token, or credentials in two places",
            content = @Content(schema = @Schema(implementation = OAuthError.class)))
    @APIResponse(
            responseCode = "401",
            description = "invalid_client: missing or wrong client credentials",
            content = @Content(schema = @Schema(implementation = OAuthError.class)))
    public Response revoke(byte @Nullable [] body, @Context HttpHeaders headers, @Context HttpServerRequest http) {
        Client client = clients.of(http);
        return withToken(body, headers, client, (clientId, token) -> {
            signOut.byBackend(token, clientId, client);
            return Response.ok().build();
        });
    }

    private IntrospectionResponse introspect(String token, Client client) {
        return switch (verifier.verify(token)) {
            // Security: a client that reads the user id alone must not take another issuer's user for one of ours.
            case VerificationResult.Accepted(VerifiedToken verified)
            when !verified.origin().sharesUsers() -> IntrospectionResponse.inactive();
            case VerificationResult.Accepted(VerifiedToken verified) -> IntrospectionResponse.of(verified);
            case VerificationResult.Refused refused -> {
                if (refused.reason() != Reason.EXPIRED) {
                    audit.recordLater(AuditEvent.tokenRefused(refused.reason().words(), client));
                }
                yield IntrospectionResponse.inactive();
            }
        };
    }

    private Response withToken(
            byte @Nullable [] body, HttpHeaders headers, Client client, BiFunction<String, String, Response> respond) {
        if (oauthClients.isEmpty()) {
            throw new NotFoundException();
        }
        byte[] bytes = body == null ? new byte[0] : body;
        if (bytes.length > 0 && !isForm(headers)) {
            return problems.of(
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the body as Content-Type: " + MediaType.APPLICATION_FORM_URLENCODED + ".");
        }
        Optional<FormParameters> form = FormParameters.parse(bytes);
        if (form.isEmpty()) {
            return OAuthError.malformedForm();
        }
        return switch (oauthClients.authenticate(header(headers, HttpHeaders.AUTHORIZATION), form.get())) {
            case OAuthClients.Authentication.SeveralCredentials ignored -> {
                audit.recordLater(AuditEvent.backendRefused(null, "several_credentials", client));
                yield OAuthError.severalCredentials();
            }
            case OAuthClients.Authentication.Refused refused -> {
                audit.recordLater(AuditEvent.backendRefused(refused.clientId(), refused.reason(), client));
                yield OAuthError.invalidClient();
            }
            case OAuthClients.Authentication.Authenticated authenticated ->
                form.get()
                        .value("token")
                        .map(token -> respond.apply(authenticated.clientId(), token))
                        .orElseGet(OAuthError::missingToken);
        };
    }

    private static boolean isForm(HttpHeaders headers) {
        List<String> types = header(headers, HttpHeaders.CONTENT_TYPE);
        return types.size() == 1
                && types.getFirst().split(";", 2)[0].strip().equalsIgnoreCase(MediaType.APPLICATION_FORM_URLENCODED);
    }

    private static List<String> header(HttpHeaders headers, String name) {
        List<String> values = headers.getRequestHeader(name);
        return values == null ? List.of() : values;
    }
}
