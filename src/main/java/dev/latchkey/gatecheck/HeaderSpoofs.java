package dev.latchkey.gatecheck;

import static dev.latchkey.gatecheck.TestRequest.refused;
import static dev.latchkey.gatecheck.TestRequest.unaffected;

import dev.latchkey.gatecheck.TestRequest.Credential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Headers with which a client may imitate the proxy or the gate, and forms of the credential. */
final class HeaderSpoofs {

    /** Headers in which proxies, and some frameworks, pass on the requested path. */
    private static final List<String> PATH_HEADERS = List.of(
            "X-Original-URI",
            "X-Original-URL",
            "X_Original_URI",
            "X_Original_URL",
            "X-Forwarded-Uri",
            "X_Forwarded_Uri",
            "X-Forwarded-Path",
            "X-Forwarded-Prefix",
            "X-Rewrite-URL",
            "X-Envoy-Original-Path");

    private static final List<String> HOP_BY_HOP = List.of(
            "Authorization",
            "X-Auth-User-Id",
            "X-Original-URI",
            "X-Original-URL",
            "X-Original-Method",
            "X-Forwarded-Uri",
            "X-Forwarded-Method",
            "X-Forwarded-For");

    /** RFC 6455's own example. */
    private static final String[] WEBSOCKET = {
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    };

    /** RFC 7540, 3.2; the settings are three of the usual ones. */
    private static final String[] HTTP_2 = {
        "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"
    };

    private final Routes routes;
    private final Deployment deployment;
    private final List<TestRequest> requests = new ArrayList<>();

    private HeaderSpoofs(Routes routes, Deployment deployment) {
        this.routes = routes;
        this.deployment = deployment;
    }

    static List<TestRequest> of(Routes routes, Deployment deployment) {
        HeaderSpoofs spoofs = new HeaderSpoofs(routes, deployment);
        spoofs.pathHeaders();
        spoofs.identityHeaders();
        spoofs.hopByHop();
        spoofs.credentials();
        spoofs.upgrades();
        spoofs.gateEndpoint();
        return List.copyOf(spoofs.requests);
    }

    /** One path in the request line, the other in a header. */
    private void pathHeaders() {
        headersNaming(routes.own())
                .forEach((name, lines) -> requests.add(refused(name + "-to-own", routes.other(), lines)));
        headersNaming(routes.other())
                .forEach((name, lines) -> requests.add(unaffected(name + "-to-other", routes.own(), lines)));
        for (String header : List.of("X-Original-Method", "X_Original_Method", "X-Forwarded-Method")) {
            requests.add(refused(name(header) + "-options", routes.other(), header + ": OPTIONS"));
        }
        requests.add(refused("x-forwarded-host", routes.other(), "X-Forwarded-Host: latchkey.invalid"));
    }

    private Map<String, String[]> headersNaming(String path) {
        Map<String, String[]> lines = new LinkedHashMap<>();
        PATH_HEADERS.forEach(header -> lines.put(name(header), new String[] {header + ": " + path}));
        lines.put("x-original-url-absolute", new String[] {"X-Original-URL: " + deployment.origin() + path});
        lines.put("x-original-pair", new String[] {"X-Original-Method: GET", "X-Original-URI: " + path});
        lines.put("x-forwarded-pair", new String[] {"X-Forwarded-Method: GET", "X-Forwarded-Uri: " + path});
        lines.put(
                "x-forwarded-host-and-path", new String[] {"X-Forwarded-Host: " + deployment.authority() + path + "#"});
        return lines;
    }

    /** The headers in which the gate names the user to a backend, sent by the client. */
    private void identityHeaders() {
        String id = Routes.inHeader(routes.otherId());
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("X-Auth-User-Id", id);
        identity.put("X-Auth-Email", id + "@example.com");
        identity.put("X-Auth-Email-Verified", "true");
        identity.put("X-Auth-Issuer", "https://issuer.invalid");
        identity.put("X-Auth-Roles", "admin");
        identity.put("X-Auth-Session-Id", id);
        for (boolean underscores : new boolean[] {false, true}) {
            List<String> lines = identity.entrySet().stream()
                    .map(header -> (underscores ? header.getKey().replace('-', '_') : header.getKey()) + ": "
                            + header.getValue())
                    .toList();
            lines.forEach(line -> forBothRoutes(name(line.substring(0, line.indexOf(':'))), line));
            forBothRoutes(underscores ? "x_auth_all" : "x-auth-all", lines.toArray(String[]::new));
        }
    }

    private void forBothRoutes(String name, String... lines) {
        requests.add(refused(name + "-no-token-own", routes.own(), lines).with(Credential.NONE));
        requests.add(refused(name + "-no-token-other", routes.other(), lines).with(Credential.NONE));
        requests.add(unaffected(name + "-own", routes.own(), lines));
        requests.add(refused(name + "-other", routes.other(), lines));
    }

    /** RFC 9110, 7.6.1: a proxy removes what Connection names, and may do so after it has set it. */
    private void hopByHop() {
        for (String header : HOP_BY_HOP) {
            requests.add(unaffected("hop-by-hop-" + name(header), routes.own(), "Connection: close, " + header));
        }
        String user = "X-Auth-User-Id: ";
        requests.add(unaffected(
                "hop-by-hop-other-user",
                routes.own(),
                "Connection: close, X-Auth-User-Id",
                user + Routes.inHeader(routes.otherId())));
        requests.add(refused(
                        "hop-by-hop-user-no-token",
                        routes.own(),
                        "Connection: close, X-Auth-User-Id",
                        user + Routes.inHeader(routes.ownId()))
                .with(Credential.NONE));
        for (String header : List.of("X-Original-URI", "X-Original-URL", "X-Forwarded-Uri")) {
            requests.add(refused(
                    "hop-by-hop-" + name(header) + "-to-own",
                    routes.other(),
                    "Connection: close, " + header,
                    header + ": " + routes.own()));
        }
    }

    private void credentials() {
        for (Credential credential : List.of(
                Credential.TWICE,
                Credential.OWN_AND_ALTERED,
                Credential.ALTERED_AND_OWN,
                Credential.GARBAGE,
                Credential.BASIC,
                Credential.TO_PROXY)) {
            String name = credential.name().toLowerCase(Locale.ROOT).replace('_', '-');
            requests.add(refused("token-" + name, routes.own()).with(credential));
        }
        requests.add(refused("token-in-query", routes.own() + "?access_token=" + TestRequest.TOKEN)
                .with(Credential.NONE));
    }

    /** Requests on an upgraded connection do not pass the gate any more. */
    private void upgrades() {
        requests.add(refused("websocket-other", routes.other(), WEBSOCKET));
        requests.add(refused("websocket-no-token", routes.own(), WEBSOCKET).with(Credential.NONE));
        requests.add(refused("http-2-other", routes.other(), HTTP_2));
        requests.add(unaffected("http-2-own", routes.own(), HTTP_2));
    }

    /** The decision endpoint is for proxies only: any other client could try out tokens and rules on it. */
    private void gateEndpoint() {
        String gate = "/api/auth/verify";
        requests.add(refused("gate", gate));
        for (String path : List.of(routes.own(), routes.other())) {
            String whose = path.equals(routes.own()) ? "own" : "other";
            requests.add(
                    refused("gate-x-original-uri-" + whose, gate, "X-Original-Method: GET", "X-Original-URI: " + path));
            requests.add(refused(
                    "gate-x-original-url-" + whose,
                    gate,
                    "X-Original-Method: GET",
                    "X-Original-URL: " + deployment.origin() + path));
            requests.add(refused(
                    "gate-x-forwarded-uri-" + whose, gate, "X-Forwarded-Method: GET", "X-Forwarded-Uri: " + path));
            requests.add(refused("gate-envoy-" + whose, gate + "/envoy" + path));
        }
    }

    private static String name(String header) {
        return header.toLowerCase(Locale.ROOT);
    }
}
