package dev.latchkey.betterauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.latchkey.betterauth.Endpoint.Demand;
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
 * Takes a request through what the original checks, in its order: how often, which endpoint, what kind of body, where from
 * and where to, what shape, who, and how fresh. Then the endpoint answers.
 */
@ApplicationScoped
class BetterAuthRouter {

    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String CALLBACK = "callbackURL";

    /** The fields that name a place to go to, and what is said of a bad one. */
    private static final List<Target> TARGETS = List.of(
            new Target(CALLBACK, ErrorCode.INVALID_CALLBACK_URL),
            new Target("redirectTo", ErrorCode.INVALID_REDIRECT_URL),
            new Target("errorCallbackURL", ErrorCode.INVALID_ERROR_CALLBACK_URL),
            new Target("newUserCallbackURL", ErrorCode.INVALID_NEW_USER_CALLBACK_URL));

    private record Target(String field, ErrorCode bad) {}

    private final List<Endpoint> endpoints;
    private final RequestRateLimits limits;
    private final AllowedOrigins origins;
    private final SessionLookup presences;
    private final SessionCookies cookies;
    private final BetterAuthConfig config;
    private final ObjectMapper json;

    BetterAuthRouter(
            @All List<RouteGroup> chapters,
            RequestRateLimits limits,
            AllowedOrigins origins,
            SessionLookup presences,
            SessionCookies cookies,
            BetterAuthConfig config,
            ObjectMapper json) {
        this.endpoints = chapters.stream()
                .flatMap(chapter -> chapter.endpoints().stream())
                .toList();
        this.limits = limits;
        this.origins = origins;
        this.presences = presences;
        this.cookies = cookies;
        this.config = config;
        this.json = json;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    BetterAuthResponse answer(BetterAuthRequest asked) {
        Optional<Endpoint> endpoint = endpoints.stream()
                .filter(line -> line.method().equals(asked.method()) && line.matches(asked.path()))
                .findFirst();
        // Security: what there is not counts as one path, or nobody would ever come to a limit there.
        Optional<Duration> wait =
                limits.take(asked.client(), endpoint.map(Endpoint::path).orElse(""));
        if (wait.isPresent()) {
            return BetterAuthResponse.tooMany(wait.get());
        }
        return endpoint.map(line -> read(asked, line)).orElseGet(BetterAuthResponse::unknown);
    }

    private BetterAuthResponse read(BetterAuthRequest asked, Endpoint endpoint) {
        String type = asked.header("Content-Type");
        if (asked.isSafe() || type == null) {
            return checked(asked, endpoint, MissingNode.getInstance());
        }
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        boolean form = endpoint.form() && media.equals(FORM);
        if (!media.equals(JSON) && !form) {
            return BetterAuthResponse.refused(
                    415,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "Content-Type \"" + shown(type) + "\" is not allowed. Allowed types: "
                            + (endpoint.form() ? FORM + ", " + JSON : JSON));
        }
        JsonNode body;
        try {
            body = form ? fields(asked.body()) : tree(asked.body());
        } catch (IOException | IllegalArgumentException malformed) {
            return BetterAuthResponse.refused(ErrorCode.BAD_REQUEST);
        }
        return checked(asked, endpoint, body);
    }

    private BetterAuthResponse checked(BetterAuthRequest asked, Endpoint endpoint, JsonNode body) {
        JsonNode query = fields(asked.query());
        if (!asked.isSafe()) {
            if (asked.headers().contains("Cookie")) {
                Optional<ErrorCode> origin = origins.judge(asked);
                if (origin.isPresent()) {
                    return BetterAuthResponse.refused(origin.get());
                }
            }
            Optional<BetterAuthResponse> target = badTarget(body, query);
            if (target.isPresent()) {
                return target.get();
            }
        }
        List<String> faults = new ArrayList<>(endpoint.body().faults("body", body));
        faults.addAll(endpoint.query().faults("query", query));
        if (!faults.isEmpty()) {
            return BetterAuthResponse.refused(400, "VALIDATION_ERROR", String.join("; ", faults));
        }
        if (endpoint.form()) {
            Optional<ErrorCode> entrance = origins.judgeEntrance(asked);
            if (entrance.isPresent()) {
                return BetterAuthResponse.refused(entrance.get());
            }
        }
        String callback = query.path(CALLBACK).textValue();
        if (asked.isSafe() && callback != null && !callback.isEmpty() && !origins.mayRedirectTo(callback)) {
            return BetterAuthResponse.refused(ErrorCode.INVALID_CALLBACK_URL);
        }
        return admitted(asked, endpoint, new JsonInput(body), new JsonInput(query));
    }

    private BetterAuthResponse admitted(BetterAuthRequest asked, Endpoint endpoint, JsonInput body, JsonInput query) {
        String rest = endpoint.rest(asked.path());
        if (endpoint.demand() == Demand.NOBODY) {
            return endpoint.answer().apply(new RouteCall(asked, body, query, rest, null));
        }
        return switch (presences.of(asked)) {
            case SessionLookupResult.Here(Caller caller)
            when endpoint.demand() == Demand.FRESH && caller.session().age().compareTo(config.freshFor()) >= 0 ->
                BetterAuthResponse.refused(ErrorCode.SESSION_NOT_FRESH);
            case SessionLookupResult.Here(Caller caller) ->
                endpoint.answer().apply(new RouteCall(asked, body, query, rest, caller));
            case SessionLookupResult.Nobody() -> withoutSession(asked, endpoint, body, query);
            case SessionLookupResult.Over() -> {
                BetterAuthResponse reply = withoutSession(asked, endpoint, body, query);
                // What the endpoint has set takes the place of what is over.
                yield reply.sets("Set-Cookie") ? reply : reply.with(cookies.expired());
            }
        };
    }

    private static BetterAuthResponse withoutSession(
            BetterAuthRequest asked, Endpoint endpoint, JsonInput body, JsonInput query) {
        return endpoint.demand() == Demand.ANYBODY
                ? endpoint.answer().apply(new RouteCall(asked, body, query, endpoint.rest(asked.path()), null))
                : BetterAuthResponse.refused(ErrorCode.UNAUTHORIZED);
    }

    private Optional<BetterAuthResponse> badTarget(JsonNode body, JsonNode query) {
        for (Target target : TARGETS) {
            JsonNode given = body.path(target.field());
            if (target.field().equals(CALLBACK) && isNothing(given)) {
                given = query.path(CALLBACK);
            }
            if (isNothing(given)) {
                continue;
            }
            if (!given.isTextual()) {
                return Optional.of(BetterAuthResponse.refused(400, target.bad().message() + ": expected a string"));
            }
            if (!origins.mayRedirectTo(given.textValue())) {
                return Optional.of(BetterAuthResponse.refused(target.bad()));
            }
        }
        return Optional.empty();
    }

    /** What counts as not given, as the original's language has it. */
    private static boolean isNothing(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || (value.isTextual() && value.textValue().isEmpty())
                || (value.isBoolean() && !value.booleanValue())
                || (value.isNumber() && value.doubleValue() == 0);
    }

    private JsonNode tree(byte[] body) throws IOException {
        return new String(body, StandardCharsets.UTF_8).isBlank() ? MissingNode.getInstance() : json.readTree(body);
    }

    private ObjectNode fields(MultiMap values) {
        ObjectNode fields = json.createObjectNode();
        for (String name : values.names()) {
            List<String> all = values.getAll(name);
            if (all.size() == 1) {
                fields.put(name, all.getFirst());
            } else {
                ArrayNode several = fields.putArray(name);
                all.forEach(value -> several.add(TextNode.valueOf(value)));
            }
        }
        return fields;
    }

    private ObjectNode fields(byte[] form) {
        ObjectNode fields = json.createObjectNode();
        for (String pair : new String(form, StandardCharsets.UTF_8).split("&")) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                fields.put(formText(parts[0]), parts.length == 2 ? formText(parts[1]) : "");
            }
        }
        return fields;
    }

    private static String formText(String encoded) {
        return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }

    private static String shown(String type) {
        return type.length() <= 100 ? type : type.substring(0, 100);
    }
}
