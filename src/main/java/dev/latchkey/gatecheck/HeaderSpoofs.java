package dev.latchkey.gatecheck;

import static dev.latchkey.gatecheck.TestRequest.refused;
import static dev.latchkey.gatecheck.TestRequest.unaffected;

import dev.latchkey.gatecheck.TestRequest.Credential;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Headers by which a client may try to speak for the proxy or for the gate, and forms of the credential. */
final class HeaderSpoofs {

    /** By which headers proxies tell each other, and some frameworks, what was asked for. */
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

    /** Of RFC 6455's own example. */
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
    private final List<TestRequest> attempts = new ArrayList<>();

    private HeaderSpoofs(Routes routes, Deployment deployment) {
        this.routes = routes;
        this.deployment = deployment;
    }

    static List<TestRequest> of(Routes routes, Deployment deployment) {
        HeaderSpoofs spoofs = new HeaderSpoofs(routes, deployment);
        spoofs.paths();
        spoofs.users();
        spoofs.hopByHop();
        spoofs.credentials();
        spoofs.upgrades();
        spoofs.gateItself();
        return List.copyOf(spoofs.attempts);
    }

    /** One path in the request line, the other in a header. */
    private void paths() {
        pointing(routes.own()).forEach((name, lines) -> attempts.add(refused(name + "-to-own", routes.other(), lines)));
        pointing(routes.other())
                .forEach((name, lines) -> attempts.add(unaffected(name + "-to-other", routes.own(), lines)));
        for (String header : List.of("X-Original-Method", "X_Original_Method", "X-Forwarded-Method")) {
            attempts.add(refused(name(header) + "-options", routes.other(), header + ": OPTIONS"));
        }
        attempts.add(refused("x-forwarded-host", routes.other(), "X-Forwarded-Host: latchkey.invalid"));
    }

    private Map<String, String[]> pointing(String path) {
        Map<String, String[]> lines = new LinkedHashMap<>();
        PATH_HEADERS.forEach(header -> lines.put(name(header), new String[] {header + ": " + path}));
        lines.put("x-original-url-absolute", new String[] {"X-Original-URL: " + deployment.origin() + path});
        lines.put("x-original-pair", new String[] {"X-Original-Method: GET", "X-Original-URI: " + path});
        lines.put("x-forwarded-pair", new String[] {"X-Forwarded-Method: GET", "X-Forwarded-Uri: " + path});
        lines.put(
                "x-forwarded-host-and-path", new String[] {"X-Forwarded-Host: " + deployment.authority() + path + "#"});
        return lines;
    }

    /** What the gate tells a backend about the user, told by the client. */
    private void users() {
        String id = Routes.inHeader(routes.otherId());
        Map<String, String> told = new LinkedHashMap<>();
        told.put("X-Auth-User-Id", id);
        told.put("X-Auth-Email", id + "@example.com");
        told.put("X-Auth-Roles", "admin");
        told.put("X-Auth-Session-Id", id);
        for (boolean underscores : new boolean[] {false, true}) {
            List<String> lines = told.entrySet().stream()
                    .map(header -> (underscores ? header.getKey().replace('-', '_') : header.getKey()) + ": "
                            + header.getValue())
                    .toList();
            lines.forEach(line -> forAll(name(line.substring(0, line.indexOf(':'))), line));
            forAll(underscores ? "x_auth_all" : "x-auth-all", lines.toArray(String[]::new));
        }
    }

    private void forAll(String name, String... lines) {
        attempts.add(refused(name + "-no-token-own", routes.own(), lines).with(Credential.NONE));
        attempts.add(refused(name + "-no-token-other", routes.other(), lines).with(Credential.NONE));
        attempts.add(unaffected(name + "-own", routes.own(), lines));
        attempts.add(refused(name + "-other", routes.other(), lines));
    }

    /** RFC 9110, 7.6.1: a proxy removes what Connection names, and may do so after it has set it. */
    private void hopByHop() {
        for (String header : HOP_BY_HOP) {
            attempts.add(unaffected("hop-by-hop-" + name(header), routes.own(), "Connection: close, " + header));
        }
        String user = "X-Auth-User-Id: ";
        attempts.add(unaffected(
                "hop-by-hop-other-user",
                routes.own(),
                "Connection: close, X-Auth-User-Id",
                user + Routes.inHeader(routes.otherId())));
        attempts.add(refused(
                        "hop-by-hop-user-no-token",
                        routes.own(),
                        "Connection: close, X-Auth-User-Id",
                        user + Routes.inHeader(routes.ownId()))
                .with(Credential.NONE));
        for (String header : List.of("X-Original-URI", "X-Original-URL", "X-Forwarded-Uri")) {
            attempts.add(refused(
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
            attempts.add(refused("token-" + name, routes.own()).with(credential));
        }
        attempts.add(refused("token-in-query", routes.own() + "?access_token=" + TestRequest.TOKEN)
                .with(Credential.NONE));
    }

    /** Behind an upgraded connection nobody asks the gate any more. */
    private void upgrades() {
        attempts.add(refused("websocket-other", routes.other(), WEBSOCKET));
        attempts.add(refused("websocket-no-token", routes.own(), WEBSOCKET).with(Credential.NONE));
        attempts.add(refused("http-2-other", routes.other(), HTTP_2));
        attempts.add(unaffected("http-2-own", routes.own(), HTTP_2));
    }

    /** The decision endpoint answers proxies only; a stranger who is answered could try tokens and rules on it. */
    private void gateItself() {
        String gate = "/api/auth/verify";
        attempts.add(refused("gate", gate));
        for (String path : List.of(routes.own(), routes.other())) {
            String whose = path.equals(routes.own()) ? "own" : "other";
            attempts.add(
                    refused("gate-x-original-uri-" + whose, gate, "X-Original-Method: GET", "X-Original-URI: " + path));
            attempts.add(refused(
                    "gate-x-original-url-" + whose,
                    gate,
                    "X-Original-Method: GET",
                    "X-Original-URL: " + deployment.origin() + path));
            attempts.add(refused(
                    "gate-x-forwarded-uri-" + whose, gate, "X-Forwarded-Method: GET", "X-Forwarded-Uri: " + path));
            attempts.add(refused("gate-envoy-" + whose, gate + "/envoy" + path));
        }
    }

    private static String name(String header) {
        return header.toLowerCase(Locale.ROOT);
    }
}
