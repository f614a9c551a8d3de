package dev.latchkey.oauth;

import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.signin.SignOut;
import dev.latchkey.token.AccessTokenVerifier;
import dev.latchkey.token.VerificationResult;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerifiedToken;
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

/** What backends with credentials may do with tokens that are not their own: ask about one, and end its session. */
@Path("/oauth")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "For backends with credentials")
public class OAuthResource {

    private final OAuthClients backends;
    private final AccessTokenVerifier verifier;
    private final SignOut signOut;
    private final AuditLog audit;
    private final ClientResolver clients;
    private final Problems problems;

    OAuthResource(
            OAuthClients backends,
            AccessTokenVerifier verifier,
            SignOut signOut,
            AuditLog audit,
            ClientResolver clients,
            Problems problems) {
        this.backends = backends;
        this.verifier = verifier;
        this.signOut = signOut;
        this.audit = audit;
        this.clients = clients;
        this.problems = problems;
    }

    @POST
    @Path("/introspect")
    @PermitAll // Security: the backend's credentials are judged in asked().
    @Operation(summary = "Say whether an access token counts at this moment, and what it says (RFC 7662)")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_FORM_URLENCODED,
                            schema = @Schema(implementation = TokenForm.class)))
    @APIResponseSchema(value = IntrospectionResponse.class, responseCode = "200")
    @APIResponse(
            responseCode = "400",
            description = "invalid_request: no form, no token, or credentials in two places",
            content = @Content(schema = @Schema(implementation = OAuthError.class)))
    @APIResponse(
            responseCode = "401",
            description = "invalid_client: the credentials are not those of a backend",
            content = @Content(schema = @Schema(implementation = OAuthError.class)))
    public Response introspect(byte @Nullable [] body, @Context HttpHeaders headers, @Context HttpServerRequest http) {
        Client client = clients.of(http);
        return asked(
                body,
                headers,
                client,
                (backend, token) -> Response.ok(introspected(token, client)).build());
    }

    @POST
    @Path("/revoke")
    @PermitAll // Security: the backend's credentials are judged in asked().
    @Operation(summary = "End the session of an access or refresh token (RFC 7009)")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_FORM_URLENCODED,
                            schema = @Schema(implementation = TokenForm.class)))
    @APIResponse(responseCode = "200", description = "The token does not count, whether it ever did or not")
    @APIResponse(
            responseCode = "400",
            description = "invalid_request: no form, no token, or credentials in two places",
            content = @Content(schema = @Schema(implementation = OAuthError.class)))
    @APIResponse(
            responseCode = "401",
            description = "invalid_client: the credentials are not those of a backend",
            content = @Content(schema = @Schema(implementation = OAuthError.class)))
    public Response revoke(byte @Nullable [] body, @Context HttpHeaders headers, @Context HttpServerRequest http) {
        Client client = clients.of(http);
        return asked(body, headers, client, (backend, token) -> {
            signOut.byBackend(token, backend, client);
            return Response.ok().build();
        });
    }

    private IntrospectionResponse introspected(String presented, Client client) {
        return switch (verifier.verify(presented)) {
            // Security: a backend that looks at the user id alone must not take another issuer's user for one of ours.
            case VerificationResult.Accepted(VerifiedToken token)
            when !token.origin().sharesUsers() -> IntrospectionResponse.inactive();
            case VerificationResult.Accepted(VerifiedToken token) -> IntrospectionResponse.of(token);
            case VerificationResult.Refused refused -> {
                if (refused.reason() != Reason.EXPIRED) {
                    audit.recordLater(AuditEvent.tokenRefused(refused.reason().words(), client));
                }
                yield IntrospectionResponse.inactive();
            }
        };
    }

    private Response asked(
            byte @Nullable [] body, HttpHeaders headers, Client client, BiFunction<String, String, Response> answer) {
        if (backends.none()) {
            throw new NotFoundException();
        }
        byte[] sent = body == null ? new byte[0] : body;
        if (sent.length > 0 && !isForm(headers)) {
            return problems.of(
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the body as Content-Type: " + MediaType.APPLICATION_FORM_URLENCODED + ".");
        }
        Optional<FormParameters> form = FormParameters.parse(sent);
        if (form.isEmpty()) {
            return OAuthErrors.unreadableForm();
        }
        return switch (backends.authenticate(header(headers, HttpHeaders.AUTHORIZATION), form.get())) {
            case ClientAuthentication.Twice ignored -> OAuthErrors.twoWaysToAuthenticate();
            case ClientAuthentication.Refused refused -> {
                audit.recordLater(AuditEvent.backendRefused(refused.backend(), refused.reason(), client));
                yield OAuthErrors.invalidClient();
            }
            case ClientAuthentication.Authenticated authenticated ->
                form.get()
                        .value("token")
                        .map(token -> answer.apply(authenticated.backend(), token))
                        .orElseGet(OAuthErrors::missingToken);
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
