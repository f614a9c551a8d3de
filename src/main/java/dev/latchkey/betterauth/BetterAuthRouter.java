package dev.latchkey.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.latchkey.betterauth.Endpoint.Access;
import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
import io.quarkus.arc.All;
import io.vertx.core.MultiMap;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds a request's endpoint, makes Better Auth's checks in Better Auth's order, and calls the endpoint's handler: rate
 * limit, route, media type, syntax, origin and redirect targets, schema, session, freshness.
 *
 * <p>Hand-written, since clients see that order: a body that does not fit is 400 even without a session, a foreign origin is
 * 403 even with a body that does not fit, and an unknown route is an empty 404 that counts towards a rate limit. The order of
 * Jakarta REST (route, authentication, body, validation) and its responses are others, and cannot be configured to be these
 * (ADR 0011).
 */
@ApplicationScoped
class BetterAuthRouter {

    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String CALLBACK = "callbackURL";

    /** The fields that a client may be redirected by, and the error for a target that is not allowed. */
    private static final List<RedirectField> REDIRECT_FIELDS = List.of(
            new RedirectField(CALLBACK, ErrorCode.INVALID_CALLBACK_URL),
            new RedirectField("redirectTo", ErrorCode.INVALID_REDIRECT_URL),
            new RedirectField("errorCallbackURL", ErrorCode.INVALID_ERROR_CALLBACK_URL),
            new RedirectField("newUserCallbackURL", ErrorCode.INVALID_NEW_USER_CALLBACK_URL));

    private record RedirectField(String name, ErrorCode error) {}

    private final List<Endpoint> endpoints;
    private final RequestRateLimits rateLimits;
    private final AllowedOrigins origins;
    private final SessionLookup sessions;
    private final SessionCookies cookies;
    private final RefusedRequests refused;
    private final BetterAuthConfig config;
    private final ObjectMapper json;

    BetterAuthRouter(
            @All List<RouteGroup> groups,
            RequestRateLimits rateLimits,
            AllowedOrigins origins,
            SessionLookup sessions,
            SessionCookies cookies,
            RefusedRequests refused,
            BetterAuthConfig config,
            ObjectMapper json) {
        this.endpoints =
                groups.stream().flatMap(group -> group.endpoints().stream()).toList();
        this.rateLimits = rateLimits;
        this.origins = origins;
        this.sessions = sessions;
        this.cookies = cookies;
        this.refused = refused;
        this.config = config;
        this.json = json;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    /** Finds the endpoint for a method and a path below the base path. */
    Optional<Endpoint> find(String method, String path) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.method().equals(method) && endpoint.matches(path))
                .findFirst();
    }

    BetterAuthResponse handle(BetterAuthRequest request) {
        Optional<Endpoint> found = find(request.method(), request.path());
        // Security: all unknown routes share one limit, or a client that tries many of them would never reach one.
        Optional<Duration> retryAfter =
                rateLimits.take(request.client(), found.map(Endpoint::path).orElse(""));
        if (retryAfter.isPresent()) {
            found.ifPresent(endpoint -> refused.recordLimited(endpoint, request.client()));
            return BetterAuthResponse.rateLimited(retryAfter.get());
        }
        return found.map(endpoint -> parseBody(request, endpoint)).orElseGet(BetterAuthResponse::notFound);
    }

    private BetterAuthResponse parseBody(BetterAuthRequest request, Endpoint endpoint) {
        String contentType = request.header("Content-Type");
        if (request.isSafe() || contentType == null) {
            return check(request, endpoint, MissingNode.getInstance());
        }
        String mediaType = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        boolean form = endpoint.acceptsForms() && mediaType.equals(FORM);
        if (!mediaType.equals(JSON) && !form) {
            return BetterAuthResponse.refused(
                    415,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "Content-Type \"" + truncated(contentType) + "\" is not allowed. Allowed types: "
                            + (endpoint.acceptsForms() ? FORM + ", " + JSON : JSON));
        }
        JsonNode body;
        try {
            body = form ? formFields(request.body()) : parseJson(request.body());
        } catch (IOException | IllegalArgumentException malformed) {
            return BetterAuthResponse.refused(ErrorCode.BAD_REQUEST);
        }
        return check(request, endpoint, body);
    }

    private BetterAuthResponse check(BetterAuthRequest request, Endpoint endpoint, JsonNode body) {
        JsonNode query = queryFields(request.query());
        if (!request.isSafe()) {
            if (request.hasCookies()) {
                Optional<ErrorCode> originError = origins.check(request);
                if (originError.isPresent()) {
                    return refuse(request, endpoint, originError.get());
                }
            }
            Optional<BetterAuthResponse> redirectError = checkRedirectTargets(request, endpoint, body, query);
            if (redirectError.isPresent()) {
                return redirectError.get();
            }
        }
        RequestSchema.Parsed parsedBody = endpoint.body().parse("body", body);
        RequestSchema.Parsed parsedQuery = endpoint.query().parse("query", query);
        List<String> errors = new ArrayList<>(parsedBody.errors());
        errors.addAll(parsedQuery.errors());
        if (!errors.isEmpty()) {
            return BetterAuthResponse.invalid(String.join("; ", errors));
        }
        if (endpoint.acceptsForms()) {
            Optional<ErrorCode> originError = origins.checkSignIn(request);
            if (originError.isPresent()) {
                return refuse(request, endpoint, originError.get());
            }
        }
        String callback = query.path(CALLBACK).textValue();
        if (request.isSafe() && callback != null && !callback.isEmpty() && !origins.allows(callback)) {
            return refuse(request, endpoint, ErrorCode.INVALID_CALLBACK_URL);
        }
        return authorize(
                endpoint,
                new RouteCall(
                        request,
                        parsedBody.input(),
                        parsedQuery.input(),
                        endpoint.pathParameter(request.path()),
                        null));
    }

    /** Refuses a request before its handler is called, and records it. */
    private BetterAuthResponse refuse(BetterAuthRequest request, Endpoint endpoint, ErrorCode error) {
        refused.record(endpoint, error, request.client());
        return BetterAuthResponse.refused(error);
    }

    private BetterAuthResponse authorize(Endpoint endpoint, RouteCall call) {
        if (endpoint.access() == Access.PUBLIC) {
            return endpoint.handler().apply(call);
        }
        return switch (sessions.find(call.request())) {
            case SessionLookup.Result.SignedIn(Caller caller)
            when endpoint.access() == Access.FRESH_SESSION
                    && caller.session().age().compareTo(config.freshFor()) >= 0 ->
                refuse(call.request(), endpoint, ErrorCode.SESSION_NOT_FRESH);
            case SessionLookup.Result.SignedIn(Caller caller) ->
                endpoint.handler().apply(call.with(caller));
            case SessionLookup.Result.NoSession() -> withoutSession(endpoint, call);
            case SessionLookup.Result.SessionEnded() -> {
                BetterAuthResponse response = withoutSession(endpoint, call);
                // Cookies that the handler has set take the place of those of the ended session.
                yield response.hasHeader("Set-Cookie") ? response : response.with(cookies.expireAll());
            }
        };
    }

    private static BetterAuthResponse withoutSession(Endpoint endpoint, RouteCall call) {
        return endpoint.access() == Access.OPTIONAL_SESSION
                ? endpoint.handler().apply(call)
                : BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED);
    }

    private Optional<BetterAuthResponse> checkRedirectTargets(
            BetterAuthRequest request, Endpoint endpoint, JsonNode body, JsonNode query) {
        for (RedirectField field : REDIRECT_FIELDS) {
            JsonNode target = body.path(field.name());
            if (field.name().equals(CALLBACK) && isFalsy(target)) {
                target = query.path(CALLBACK);
            }
            if (isFalsy(target)) {
                continue;
            }
            if (!target.isTextual()) {
                return Optional.of(BetterAuthResponse.refused(400, field.error().message() + ": expected a string"));
            }
            if (!origins.allows(target.textValue())) {
                return Optional.of(refuse(request, endpoint, field.error()));
            }
        }
        return Optional.empty();
    }

    /** Returns whether JavaScript, in which Better Auth is written, would treat a value as false: as not given. */
    private static boolean isFalsy(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.textValue().isEmpty())
                || (value.isBoolean() && !value.booleanValue())
                || (value.isNumber() && value.doubleValue() == 0);
    }

    private JsonNode parseJson(byte[] body) throws IOException {
        return new String(body, StandardCharsets.UTF_8).isBlank() ? MissingNode.getInstance() : json.readTree(body);
    }

    private ObjectNode queryFields(MultiMap parameters) {
        ObjectNode fields = json.createObjectNode();
        for (String name : parameters.names()) {
            List<String> values = parameters.getAll(name);
            if (values.size() == 1) {
                fields.put(name, values.getFirst());
            } else {
                ArrayNode array = fields.putArray(name);
                values.forEach(value -> array.add(TextNode.valueOf(value)));
            }
        }
        return fields;
    }

    private ObjectNode formFields(byte[] body) {
        ObjectNode fields = json.createObjectNode();
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&")) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                fields.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
            }
        }
        return fields;
    }

    /** Decodes a form field, leniently as the form parser of browsers does, unlike the strict one of the OAuth endpoints. */
    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String truncated(String contentType) {
        return contentType.length() <= 100 ? contentType : contentType.substring(0, 100);
    }
}
