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
class Dialect {

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
    private final RateLimits limits;
    private final Origins origins;
    private final Presences presences;
    private final SessionCookies cookies;
    private final BetterAuthConfig config;
    private final ObjectMapper json;

    Dialect(
            @All List<Chapter> chapters,
            RateLimits limits,
            Origins origins,
            Presences presences,
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

    Reply answer(Asked asked) {
        Optional<Endpoint> endpoint = endpoints.stream()
                .filter(line -> line.method().equals(asked.method()) && line.matches(asked.path()))
                .findFirst();
        // Security: what there is not counts as one path, or nobody would ever come to a limit there.
        Optional<Duration> wait =
                limits.take(asked.client(), endpoint.map(Endpoint::path).orElse(""));
        if (wait.isPresent()) {
            return Reply.tooMany(wait.get());
        }
        return endpoint.map(line -> read(asked, line)).orElseGet(Reply::unknown);
    }

    private Reply read(Asked asked, Endpoint endpoint) {
        String type = asked.header("Content-Type");
        if (asked.isSafe() || type == null) {
            return checked(asked, endpoint, MissingNode.getInstance());
        }
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        boolean form = endpoint.form() && media.equals(FORM);
        if (!media.equals(JSON) && !form) {
            return Reply.refused(
                    415,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "Content-Type \"" + shown(type) + "\" is not allowed. Allowed types: "
                            + (endpoint.form() ? FORM + ", " + JSON : JSON));
        }
        JsonNode body;
        try {
            body = form ? fields(asked.body()) : tree(asked.body());
        } catch (IOException | IllegalArgumentException malformed) {
            return Reply.refused(ErrorCode.BAD_REQUEST);
        }
        return checked(asked, endpoint, body);
    }

    private Reply checked(Asked asked, Endpoint endpoint, JsonNode body) {
        JsonNode query = fields(asked.query());
        if (!asked.isSafe()) {
            if (asked.headers().contains("Cookie")) {
                Optional<ErrorCode> origin = origins.judge(asked);
                if (origin.isPresent()) {
                    return Reply.refused(origin.get());
                }
            }
            Optional<Reply> target = badTarget(body, query);
            if (target.isPresent()) {
                return target.get();
            }
        }
        List<String> faults = new ArrayList<>(endpoint.body().faults("body", body));
        faults.addAll(endpoint.query().faults("query", query));
        if (!faults.isEmpty()) {
            return Reply.refused(400, "VALIDATION_ERROR", String.join("; ", faults));
        }
        if (endpoint.form()) {
            Optional<ErrorCode> entrance = origins.judgeEntrance(asked);
            if (entrance.isPresent()) {
                return Reply.refused(entrance.get());
            }
        }
        String callback = query.path(CALLBACK).textValue();
        if (asked.isSafe() && callback != null && !callback.isEmpty() && !origins.mayRedirectTo(callback)) {
            return Reply.refused(ErrorCode.INVALID_CALLBACK_URL);
        }
        return admitted(asked, endpoint, new Input(body), new Input(query));
    }

    private Reply admitted(Asked asked, Endpoint endpoint, Input body, Input query) {
        String rest = endpoint.rest(asked.path());
        if (endpoint.demand() == Demand.NOBODY) {
            return endpoint.answer().apply(new Call(asked, body, query, rest, null));
        }
        return switch (presences.of(asked)) {
            case Presence.Here(Caller caller)
            when endpoint.demand() == Demand.FRESH && caller.session().age().compareTo(config.freshFor()) >= 0 ->
                Reply.refused(ErrorCode.SESSION_NOT_FRESH);
            case Presence.Here(Caller caller) -> endpoint.answer().apply(new Call(asked, body, query, rest, caller));
            case Presence.Nobody() -> withoutSession(asked, endpoint, body, query);
            case Presence.Over() -> {
                Reply reply = withoutSession(asked, endpoint, body, query);
                // What the endpoint has set takes the place of what is over.
                yield reply.sets("Set-Cookie") ? reply : reply.with(cookies.expired());
            }
        };
    }

    private static Reply withoutSession(Asked asked, Endpoint endpoint, Input body, Input query) {
        return endpoint.demand() == Demand.ANYBODY
                ? endpoint.answer().apply(new Call(asked, body, query, endpoint.rest(asked.path()), null))
                : Reply.refused(ErrorCode.UNAUTHORIZED);
    }

    private Optional<Reply> badTarget(JsonNode body, JsonNode query) {
        for (Target target : TARGETS) {
            JsonNode given = body.path(target.field());
            if (target.field().equals(CALLBACK) && isNothing(given)) {
                given = query.path(CALLBACK);
            }
            if (isNothing(given)) {
                continue;
            }
            if (!given.isTextual()) {
                return Optional.of(Reply.refused(400, target.bad().message() + ": expected a string"));
            }
            if (!origins.mayRedirectTo(given.textValue())) {
                return Optional.of(Reply.refused(target.bad()));
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
