package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.HostileRequest;
import dev.latchkey.fixture.HostileRequest.Token;
import dev.latchkey.fixture.HostileRequests;
import dev.latchkey.fixture.HostileTokens;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * SC-005: every line of the corpus, as raw octets, sent to routes of this service, which the filter guards, and to the
 * gate's endpoint, with the headers of every proxy. All give the result of the corpus, and so the same.
 */
@QuarkusTest
@TestProfile(GateCorpusResourceTest.WithRoutesAndRules.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class GateCorpusResourceTest {

    public static final class WithRoutesAndRules implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>(HostileRequests.rules());
            settings.putAll(HostileTokens.settings());
            settings.put("latchkey.http.trusted-proxies", "127.0.0.1,::1");
            settings.put(HostileRoutes.SWITCH, "true");
            return settings;
        }
    }

    /** How a proxy names the forwarded request. */
    enum Proxy {
        NGINX,
        /** By a URL: nginx itself refuses a target that cannot stand behind its host. */
        INGRESS_NGINX,
        /** With both headers, since it passes on the other one of the client. */
        INGRESS_NGINX_TWICE,
        TRAEFIK,
        ENVOY
    }

    /** The headers that a proxy removes from a gate request, in either spelling. */
    private static final Set<String> OVERWRITTEN =
            Set.of("x-original-method", "x-original-uri", "x-original-url", "x-forwarded-method", "x-forwarded-uri");

    private static @Nullable HostileTokens people;

    @BeforeEach
    void signUp() {
        if (people == null) {
            people = HostileTokens.made(id -> Sql.update("update users set roles = '{admin}' where id = ?", id));
        }
    }

    /**
     * Where a route refuses as the gate does, its status may be that of a path or a method that is not served here. What
     * passes has to reach the route, and that of the token's user.
     */
    @Test
    void ownRoutesDecideAsTheCorpusSays() throws Exception {
        Tally tally = new Tally("in process");
        for (HostileRequest request : corpus()) {
            // An administrator's request would be answered, and a user deleted; that of anybody else is refused there
            // too.
            if (request.target().startsWith("/api/auth/")
                    || (request.expected() == 200 && request.target().matches("/api/(a|%61)dmin/users.*"))) {
                tally.skip(request, "the service's own route");
                continue;
            }
            RawResponse answer = RawResponse.to(head(
                    request.method(), request.target(), request.hostLines("localhost"), people().linesOf(request)));
            tally.count(request, answer.status(), faultInProcess(request, answer));
        }
        tally.conclude();
    }

    private static @Nullable String faultInProcess(HostileRequest request, RawResponse answer) {
        String served = answer.header(HostileRoutes.SERVED);
        if (request.expected() == 200) {
            // The HTTP layer refuses targets that java.net.URI cannot parse.
            return isUri(request.target())
                    ? difference("200 for " + whose(request), answer.status() + " for " + served)
                    : difference("400 for ", answer.status() + " for " + served);
        }
        Set<Integer> allowed = switch (request.expected()) {
            case 401 ->
                // Routing and the response to a browser's preflight come before the token.
                request.has("Access-Control-Request-Method") ? Set.of(403) : Set.of(401, 404, 405);
            default -> Set.of(400, 403, 404, 405);
        };
        return served.isEmpty() && allowed.contains(answer.status())
                ? null
                : "not one of " + allowed + " but " + answer.status() + " for " + served;
    }

    /** Exactly the result of the corpus, and the identity of the token's user or none. */
    @ParameterizedTest
    @EnumSource
    void gateDecidesAsTheCorpusSays(Proxy proxy) throws Exception {
        Tally tally = new Tally("asked by " + proxy);
        for (HostileRequest request : corpus()) {
            if (proxy == Proxy.INGRESS_NGINX && !request.target().startsWith("/")) {
                tally.skip(request, "no part of an address");
                continue;
            }
            List<String> lines = people().linesOf(request).stream()
                    .filter(line -> !OVERWRITTEN.contains(nameOf(line).replace('_', '-')))
                    .toList();
            RawResponse answer = RawResponse.to(question(proxy, request, lines));
            tally.count(request, answer.status(), faultAtTheGate(request, answer));
        }
        tally.conclude();
    }

    private static @Nullable String faultAtTheGate(HostileRequest request, RawResponse answer) {
        List<String> named = answer.headers().getOrDefault("x-auth-user-id", List.of());
        if (answer.status() == 400 && isNoHeaderOrRequestLine(request.target())) {
            // The HTTP layer refused it before the gate.
            return request.expected() == 403 && named.isEmpty() ? null : "400";
        }
        return request.expected() == 200
                ? difference("200 for [" + userOf(request) + "]", answer.status() + " for " + named)
                : difference(request.expected() + " for []", answer.status() + " for " + named);
    }

    /** Where a proxy passes on a client's headers about the target, the gate request is unclear, and so refused. */
    @ParameterizedTest
    @EnumSource
    void gateRefusesTargetHeadersOfTheClient(Proxy proxy) throws Exception {
        Tally tally = new Tally("passed on by " + proxy);
        for (HostileRequest request : corpus()) {
            if (request.headers().stream()
                    .anyMatch(line -> OVERWRITTEN.contains(nameOf(line).replace('_', '-')))) {
                RawResponse answer = RawResponse.to(question(proxy, request, people().linesOf(request)));
                tally.count(request, answer.status(), difference("403", "" + answer.status()));
            }
        }
        tally.conclude();
    }

    private static List<HostileRequest> corpus() {
        return HostileRequests.all(people().cast());
    }

    private static HostileTokens people() {
        if (people == null) {
            throw new AssertionError("nobody has signed up");
        }
        return people;
    }

    /** The user whose data the route has to serve. */
    private static String whose(HostileRequest request) {
        if (request.reason().equals("role")) {
            return HostileRoutes.ADMINISTRATORS;
        }
        return request.target().matches("/(public|api/st).*") ? HostileRoutes.EVERYBODY : userOf(request);
    }

    /** The user whom the gate has to name. */
    private static String userOf(HostileRequest request) {
        if (!request.hasGoodToken() || request.token() == Token.FOREIGN) {
            return "";
        }
        return switch (request.token()) {
            case B -> people().b().id();
            case ADMIN -> people().admin().id();
            default -> people().a().id();
        };
    }

    private static String question(Proxy proxy, HostileRequest request, List<String> lines) {
        List<String> all = new ArrayList<>(lines);
        String url = "http://" + hostOf(request) + request.target();
        switch (proxy) {
            case NGINX ->
                all.addAll(targetHeaders("X-Original-Method", request.method(), "X-Original-URI", request.target()));
            case INGRESS_NGINX ->
                all.addAll(targetHeaders("X-Original-Method", request.method(), "X-Original-URL", url));
            case INGRESS_NGINX_TWICE -> {
                all.addAll(targetHeaders("X-Original-Method", request.method(), "X-Original-URL", url));
                all.add("X-Original-URI: " + request.target());
            }
            case TRAEFIK ->
                all.addAll(targetHeaders("X-Forwarded-Method", request.method(), "X-Forwarded-Uri", request.target()));
            case ENVOY -> {
                return head(
                        request.method(),
                        "/api/auth/verify/envoy" + request.target(),
                        List.of("Host: latchkey.internal"),
                        all);
            }
        }
        return head("GET", "/api/auth/verify", List.of("Host: latchkey.internal"), all);
    }

    private static List<String> targetHeaders(String methodName, String method, String targetName, String target) {
        return List.of(methodName + ": " + method, targetName + ": " + target);
    }

    /** The Host header that nginx would pass on: the first, and none with a slash. */
    private static String hostOf(HostileRequest request) {
        String host = request.hostLines("localhost").getFirst().substring("Host: ".length());
        return host.contains("/") || host.contains("\\") ? "localhost" : host;
    }

    private static String head(String method, String target, List<String> hosts, List<String> lines) {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nConnection: close\r\n");
        hosts.forEach(line -> head.append(line).append("\r\n"));
        lines.forEach(line -> head.append(line).append("\r\n"));
        return head.append("\r\n").toString();
    }

    private static String nameOf(String line) {
        return line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
    }

    private static boolean isUri(String target) {
        try {
            URI unused = new URI(target);
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Whether no proxy could pass it on, because it fits neither a header nor a request line. */
    private static boolean isNoHeaderOrRequestLine(String target) {
        return target.chars().anyMatch(c -> c <= ' ' || c == 0x7F);
    }

    private static @Nullable String difference(String expected, String actual) {
        return expected.equals(actual) ? null : "not " + expected + " but " + actual;
    }

    /** The results of all lines, so that a failure reports every one. */
    private static final class Tally {
        private final String where;
        /** The number of lines by expected result and by response. */
        private final Map<Integer, Map<Integer, Integer>> answers = new TreeMap<>();

        private final List<String> skipped = new ArrayList<>();
        private final List<String> errors = new ArrayList<>();

        Tally(String where) {
            this.where = where;
        }

        void count(HostileRequest request, int status, @Nullable String error) {
            answers.computeIfAbsent(request.expected(), expected -> new TreeMap<>())
                    .merge(status, 1, Integer::sum);
            if (error != null) {
                errors.add(request.id() + ": " + error);
            }
        }

        void skip(HostileRequest request, String why) {
            skipped.add(request.id() + " (" + why + ")");
        }

        void conclude() {
            long run = answers.values().stream()
                    .flatMap(statuses -> statuses.values().stream())
                    .mapToInt(Integer::intValue)
                    .sum();
            System.out.printf(
                    "Hostile requests %s: %d, by result and status %s, skipped %d %s%n",
                    where, run, answers, skipped.size(), skipped);
            assertEquals("", String.join("\n", errors));
        }
    }
}
