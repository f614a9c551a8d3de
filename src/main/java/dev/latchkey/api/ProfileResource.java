package dev.latchkey.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.ProfileChange;
import dev.latchkey.account.ProfileText;
import dev.latchkey.api.RequestSourceFilters.JsonBody;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.ClientResolver;
import dev.latchkey.platform.http.Problem.FieldError;
import dev.latchkey.platform.http.ProblemCode;
import dev.latchkey.platform.http.Problems;
import dev.latchkey.selfservice.AccountDeletion;
import dev.latchkey.selfservice.Reauthentication;
import dev.latchkey.selfservice.Refusals;
import io.quarkus.security.Authenticated;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Reads, changes and deletes the caller's account. */
@Path("/api/users/{user_id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Your account")
public class ProfileResource {

    /** The changes to a profile. JSON nodes, because an absent field keeps its value and {@code null} removes it. */
    public record ProfileRequest(
            @Schema(implementation = String.class, nullable = true, maxLength = 200, examples = "Ada") @Nullable
            JsonNode name,

            @Schema(
                    implementation = String.class,
                    nullable = true,
                    maxLength = 2048,
                    examples = "https://example.com/ada.png")
            @Nullable
            JsonNode image,

            @Schema(
                    implementation = String.class,
                    nullable = true,
                    maxLength = 35,
                    description = "The language of e-mails to you, as a tag of BCP 47",
                    examples = "de-AT")
            @Nullable
            JsonNode locale) {}

    /** The password, which a recent sign-in replaces. */
    public record DeleteAccountRequest(
            @Schema(examples = "correct horse battery") @Nullable
            String password) {
        @Override
        public String toString() {
            return "DeleteAccountRequest[hidden]";
        }
    }

    private final Accounts accounts;
    private final AccountDeletion deletion;
    private final JsonWebToken caller;
    private final ClientResolver clients;
    private final SessionCookie cookie;
    private final Problems problems;

    ProfileResource(
            Accounts accounts,
            AccountDeletion deletion,
            JsonWebToken caller,
            ClientResolver clients,
            SessionCookie cookie,
            Problems problems) {
        this.accounts = accounts;
        this.deletion = deletion;
        this.caller = caller;
        this.clients = clients;
        this.cookie = cookie;
        this.problems = problems;
    }

    @GET
    @Authenticated
    @Operation(summary = "Read your account")
    @APIResponseSchema(value = UserResponse.class, responseCode = "200")
    public Response read() {
        return accounts.readActive(CallerClaims.accountId(caller))
                .map(profile -> Response.ok(UserResponse.of(profile)).build())
                .orElseGet(this::gone);
    }

    @PATCH
    @JsonBody
    @Authenticated
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Change your name, image or language; null removes it")
    @APIResponseSchema(value = UserResponse.class, responseCode = "200")
    public Response change(@Nullable ProfileRequest request, @Context HttpServerRequest http) {
        if (request == null) {
            return problems.of(ProblemCode.MALFORMED_JSON);
        }
        List<FieldError> errors = new ArrayList<>();
        check("name", request.name(), ProfileText.MAX_NAME, errors);
        check("image", request.image(), ProfileText.MAX_IMAGE, errors);
        Optional<String> locale = locale(request.locale(), errors);
        if (!errors.isEmpty()) {
            return problems.invalid(errors);
        }
        ProfileChange change = new ProfileChange(
                request.name() != null,
                text(request.name()),
                request.image() != null,
                text(request.image()),
                request.locale() != null,
                locale.orElse(null));
        return accounts.changeProfile(CallerClaims.accountId(caller), change, clients.of(http))
                .map(profile -> Response.ok(UserResponse.of(profile)).build())
                .orElseGet(this::gone);
    }

    @DELETE
    @JsonBody
    @Authenticated
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Delete your account; requires the password or a recent sign-in")
    @APIResponse(responseCode = "204", description = "Done")
    public Response delete(@Nullable DeleteAccountRequest request, @Context HttpServerRequest http) {
        Password password = request == null || request.password() == null ? null : Password.of(request.password());
        return switch (deletion.delete(
                CallerClaims.accountId(caller), CallerClaims.sessionId(caller), password, clients.of(http))) {
            case AccountDeletion.Deleted _ ->
                Response.noContent()
                        .header(HttpHeaders.SET_COOKIE, cookie.cleared())
                        .build();
            case Reauthentication.WrongPassword _ ->
                problems.forbidden(ProblemCode.INVALID_CREDENTIALS, "The password is wrong.");
            case Refusals.NotFresh _ -> problems.of(ProblemCode.NOT_FRESH);
            case Refusals.RateLimited limited -> problems.later(ProblemCode.TOO_MANY_REQUESTS, limited.retryAfter());
            case Refusals.Busy busy -> problems.later(ProblemCode.BUSY, busy.retryAfter());
            case Refusals.UserGone _ -> gone();
        };
    }

    /** The token is valid, but its user no longer exists. */
    private Response gone() {
        return problems.of(ProblemCode.INVALID_TOKEN);
    }

    private static void check(String field, @Nullable JsonNode value, int maximum, List<FieldError> errors) {
        if (value == null || value.isNull()) {
            return;
        }
        if (!value.isTextual()) {
            errors.add(FieldErrors.wrongType(field, "a string or null"));
            return;
        }
        ProfileText.Reason reason = ProfileText.check(value.textValue(), maximum);
        if (reason != null) {
            errors.add(FieldErrors.text(field, reason, maximum));
        }
    }

    private static Optional<String> locale(@Nullable JsonNode value, List<FieldError> errors) {
        int before = errors.size();
        check("locale", value, ProfileText.MAX_LOCALE, errors);
        String tag = text(value);
        if (tag == null || errors.size() > before) {
            return Optional.empty();
        }
        Optional<String> canonical = ProfileText.canonicalLocale(tag);
        if (canonical.isEmpty()) {
            errors.add(FieldErrors.locale());
        }
        return canonical;
    }

    private static @Nullable String text(@Nullable JsonNode value) {
        return value == null ? null : value.textValue();
    }
}
