package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.fixture.HostileRequests;
import dev.latchkey.fixture.HostileRequests.Cast;
import dev.latchkey.fixture.PermissiveGate;
import dev.latchkey.fixture.Proxy;
import dev.latchkey.fixture.Proxy.Kind;
import dev.latchkey.fixture.RawConnection;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.RecordedBackend;
import dev.latchkey.fixture.RecordedBackend.ReceivedRequest;
import dev.latchkey.fixture.SwitchingBackend;
import dev.latchkey.platform.http.CanonicalPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the proxies of {@code examples/gateway} ask a gate, and what they do when it says yes: the gate of these tests says
 * yes to nearly everything, so that what comes out behind a proxy can be compared with what it asked.
 */
class ProxiesIT {

    private static final Cast NOBODY = new Cast("attacker-1", "victim-1", "a.a.a", "b.b.b");
    private static final Map<String, String> SPELLINGS = spellings();

    private static RecordedBackend backend;
    private static PermissiveGate gate;

    @BeforeAll
    static void start() {
        assumeTrue(Proxy.areInstalled(), "there are no proxies: src/test/gateway/fetch brings them");
        assumeTrue(RecordedBackend.isInstalled(), "there is no FastAPI: src/test/fastapi/fetch brings it");
        backend = RecordedBackend.started();
        gate = PermissiveGate.started();
    }

    @AfterAll
    static void stop() {
        if (gate != null) {
            gate.close();
            backend.close();
        }
    }

    /**
     * The gate is told of exactly the method and target that the backend gets, for every line of the corpus and every
     * spelling, and is asked once. (But for one form, of which the gate is told what it refuses.) What the proxies make of each spelling is printed for docs/gate.md.
     */
    @Test
    void sendTheGateThePathThatTheBackendReceives() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        SPELLINGS.forEach((name, target) -> table.put(name, new ArrayList<>()));
        for (Kind kind : Kind.values()) {
            try (Proxy proxy = Proxy.started(kind, gate.port(), backend.port())) {
                HostileRequests.all(NOBODY).forEach(request -> {
                    List<String> lines = new ArrayList<>(request.hostLines("localhost"));
                    lines.add("Authorization: Bearer a.a.a");
                    lines.addAll(request.otherLines());
                    outcome(proxy, request.method(), request.target(), lines);
                });
                SPELLINGS.forEach((name, target) ->
                        table.get(name).add(outcome(proxy, "GET", target, List.of("Host: localhost"))));
            }
        }
        System.out.println("| Spelling | Sent | nginx | Caddy | HAProxy |\n|---|---|---|---|---|");
        table.forEach((name, cells) ->
                System.out.printf("| %s | %s | %s |%n", name, code(SPELLINGS.get(name)), String.join(" | ", cells)));
    }

    /** The mistake that is made most: nginx then sends the backend what it makes of the target. */
    @Test
    void aPathBehindTheBackendsNameWouldBeNoticed() {
        try (Proxy spoilt = Proxy.started(
                Kind.NGINX,
                gate.port(),
                backend.port(),
                text -> text.replace("proxy_pass http://backend;", "proxy_pass http://backend/;"))) {
            List<String> lines = List.of("Host: localhost");
            assertEquals("as sent", outcome(spoilt, "GET", "/a/b", lines));
            for (String target : List.of("/%61/b", "/a/../b", "/a//b", "/a%2fb", "/a%3fb")) {
                assertThrows(AssertionError.class, () -> outcome(spoilt, "GET", target, lines), target);
            }
        }
    }

    /** What the proxy made of the target, in a word; fails if the gate was told something else than the backend. */
    private static String outcome(Proxy proxy, String method, String target, List<String> lines) {
        gate.questions();
        long mark = backend.mark();
        RawResponse response = proxy.ask(method, target, closing(lines));
        List<ReceivedRequest> arrivals = backend.requestsSince(mark);
        List<Map<String, List<String>>> questions = gate.questions();
        String what = "%s: %s %s".formatted(proxy.kind(), method, shown(target));

        assertEquals(questions.size(), arrivals.size(), what);
        if (arrivals.isEmpty()) {
            // OPTIONS * is about the server itself; Caddy responses it. 404 is what this gate says to what is no
            // question.
            assertTrue(response.status() == 0 || response.status() >= 400 || target.equals("*"), what);
            assertNotEquals(404, response.status(), what);
            return "refused, " + response.status();
        }
        assertEquals(1, arrivals.size(), what);
        ReceivedRequest arrival = arrivals.getFirst();
        Map<String, List<String>> question = questions.getFirst();
        boolean original = proxy.kind() != Kind.CADDY;
        assertEquals(
                List.of(arrival.method()), question.get(original ? "X-Original-Method" : "X-Forwarded-Method"), what);
        List<String> told = question.getOrDefault(original ? "X-Original-URI" : "X-Forwarded-Uri", List.of());
        if (proxy.kind() == Kind.NGINX && target.startsWith("http://localhost?")) {
            // It adds the slash that is missing for the backend only; the gate refuses what it is told.
            assertEquals(told.stream().map("/"::concat).toList(), List.of(arrival.target()), what);
            assertInstanceOf(CanonicalPath.Ambiguous.class, CanonicalPath.read(told.getFirst()), what);
        } else {
            assertEquals(List.of(arrival.target()), told, what);
        }
        for (String other : original
                ? List.of("X-Original-URL", "X-Forwarded-Method", "X-Forwarded-Uri")
                : List.of("X-Original-URL", "X-Original-Method", "X-Original-URI")) {
            assertFalse(question.containsKey(other), what);
        }
        assertEquals(List.of("127.0.0.1"), question.get("X-Forwarded-For"), what);
        assertTrue(
                Set.of("/api/auth/verify", "/api/auth/verify?")
                        .containsAll(question.getOrDefault(PermissiveGate.TARGET, List.of())),
                what);
        assertEquals(sorted(arrival.values("Authorization")), sorted(question.get("Authorization")), what);
        return arrival.target().equals(target) ? "as sent" : code(arrival.target());
    }

    /** To the gate's reader of headers a tab is a blank, and none are none. */
    private static List<String> sorted(@Nullable List<String> values) {
        return values == null
                ? List.of()
                : values.stream()
                        .map(value -> value.replace('\t', ' '))
                        .sorted()
                        .toList();
    }

    private static List<String> closing(List<String> lines) {
        return lines.stream().anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith("connection:"))
                ? lines
                : Stream.concat(lines.stream(), Stream.of("Connection: close")).toList();
    }

    /** Not as it stands, and not in a spelling that CGI, WSGI and others take for it. */
    @ParameterizedTest
    @EnumSource
    void passNoIdentityHeadersOfTheClientOn(Kind kind) {
        List<String> lines = new ArrayList<>(List.of("Host: localhost", "Connection: close"));
        for (String name : Stream.concat(Proxy.IDENTITY.stream(), Proxy.REDIRECTING.stream())
                .toList()) {
            lines.add(name + ": forged");
            lines.add(name.toUpperCase(Locale.ROOT) + ": forged");
            // All that RFC 9110 allows in a name besides letters, digits and the hyphen.
            for (char c : "!#$%&'*+.^_`|~".toCharArray()) {
                lines.add(name.replace('-', c) + ": forged");
                lines.add(name.replaceFirst("-", Matcher.quoteReplacement(Character.toString(c))) + ": forged");
            }
        }
        try (Proxy proxy = Proxy.started(kind, gate.port(), backend.port())) {
            for (int from = 2; from < lines.size(); from += 40) {
                List<String> some = new ArrayList<>(lines.subList(0, 2));
                some.addAll(lines.subList(from, Math.min(from + 40, lines.size())));
                long mark = backend.mark();
                assertEquals(200, proxy.ask("GET", "/api/status", some).status(), some::toString);
                assertFalse(backend.wireSince(mark).contains("forged"), () -> backend.wireSince(mark));
            }
        }
    }

    /** Neither behind a refusal, which leaves it unread, nor behind a request that passes. */
    @ParameterizedTest
    @EnumSource
    void takeNoBodyForARequest(Kind kind) throws IOException {
        String hidden = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";
        String length = "Content-Length: " + hidden.length() + "\r\n\r\n" + hidden;
        String chunked = "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(hidden.length()) + "\r\n" + hidden
                + "\r\n0\r\n\r\n";
        try (Proxy proxy = Proxy.started(kind, gate.port(), backend.port())) {
            for (String method : List.of("POST", "GET")) {
                for (String body : List.of(length, chunked)) {
                    for (String target : List.of(PermissiveGate.CLOSED, "/first")) {
                        gate.questions();
                        long mark = backend.mark();
                        try (RawConnection connection = RawConnection.to(proxy.port())) {
                            String head = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
                            connection.send((head + body).getBytes(StandardCharsets.US_ASCII));
                            assertTrue(connection.response(method).status() >= 400);
                            connection.ask("GET", "/second", List.of("Host: localhost", "Connection: close"));
                        }
                        List<String> arrived = backend.requestsSince(mark).stream()
                                .map(ReceivedRequest::target)
                                .toList();
                        assertEquals(
                                target.equals("/first") ? List.of("/first", "/second") : List.of("/second"), arrived);
                        assertEquals(2, gate.questions().size());
                    }
                }
            }
        }
    }

    private static final List<String> HANDSHAKE = List.of(
            "Host: localhost",
            "Sec-WebSocket-Version: 13",
            // Key and acceptance are the example of RFC 6455, 1.3.
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");

    @ParameterizedTest
    @EnumSource
    void switchToAWebSocketWhereTheGateAllowsAndToNothingElse(Kind kind) throws IOException {
        try (SwitchingBackend switching = SwitchingBackend.started();
                Proxy proxy = Proxy.started(kind, gate.port(), switching.port())) {
            List<String> websocket = List.of("Connection: keep-alive, Upgrade", "Upgrade: websocket");
            assertEquals(
                    403,
                    switched(proxy, "GET", PermissiveGate.CLOSED, websocket).status());
            assertEquals(List.of(), switching.heads());

            try (RawConnection connection = RawConnection.to(proxy.port())) {
                assertEquals(
                        101,
                        connection.ask("GET", "/events", handshake(websocket)).status());
                connection.send(new byte[] {42});
                assertEquals(42, connection.read());
            }
            assertEquals(1, switching.heads().size());

            // By "h2c", or through a tunnel, a client would send requests that nobody asks about.
            switched(proxy, "GET", "/events", List.of("Connection: Upgrade, HTTP2-Settings, close", "Upgrade: h2c"));
            switched(proxy, "GET", "/events", List.of("Connection: Upgrade, close", "Upgrade: websocket, h2c"));
            switched(
                    proxy,
                    "GET",
                    "/events",
                    List.of("Connection: Upgrade, close", "Upgrade: h2c", "Upgrade: websocket"));
            for (String head : switching.heads()) {
                assertFalse(head.toLowerCase(Locale.ROOT).contains("h2c"), head);
            }
            int before = switching.heads().size();
            for (String target : List.of("localhost:80", "/events")) {
                int status = switched(proxy, "CONNECT", target, List.of("Connection: close"))
                        .status();
                assertTrue(status == 400 || status == 405, kind + ", CONNECT " + target + ": " + status);
            }
            assertEquals(before, switching.heads().size());
        }
    }

    private static RawResponse switched(Proxy proxy, String method, String target, List<String> upgrade)
            throws IOException {
        try (RawConnection connection = RawConnection.to(proxy.port())) {
            return connection.ask(method, target, handshake(upgrade));
        }
    }

    private static List<String> handshake(List<String> upgrade) {
        return Stream.concat(HANDSHAKE.stream(), upgrade.stream()).toList();
    }

    private static Map<String, String> spellings() {
        Map<String, String> spellings = new LinkedHashMap<>();
        spellings.put("a plain path", "/a/b?c=d");
        spellings.put("an encoded letter", "/%61/b");
        spellings.put("lower-case hexadecimal digits", "/a/%c3%bc");
        spellings.put("a dot segment", "/a/../b");
        spellings.put("an encoded dot segment", "/a/%2e%2E/b");
        spellings.put("an empty segment", "/a//b");
        spellings.put("two slashes in front", "//a/b");
        spellings.put("a trailing slash", "/a/");
        spellings.put("an encoded slash", "/a%2fb");
        spellings.put("a backslash", "/a\\b");
        spellings.put("an encoded backslash", "/a%5cb");
        spellings.put("a semicolon", "/a;b=c/d");
        spellings.put("an encoded semicolon", "/a%3Bb");
        spellings.put("a hash", "/a#b");
        spellings.put("an encoded hash", "/a%23b");
        spellings.put("an encoded question mark", "/a%3fb");
        spellings.put("a second encoding", "/a%252eb");
        spellings.put("a broken escape", "/a%zzb");
        spellings.put("a percent sign at the end", "/a%");
        spellings.put("an escape of IIS", "/a%u002eb");
        spellings.put("an encoded NUL", "/a%00b");
        spellings.put("an encoded line break", "/a%0d%0ab");
        spellings.put("overlong UTF-8, encoded", "/a%c0%aeb");
        spellings.put("octets beyond ASCII", "/a\u00c3\u00bcb");
        spellings.put("a control character", "/a\u0001b");
        spellings.put("a blank", "/a b");
        spellings.put("a bar, a caret, a backtick", "/a|^`b");
        spellings.put("quotes and angles", "/a\"<>b");
        spellings.put("braces", "/a{b}");
        spellings.put("brackets", "/a[b]");
        spellings.put("sub-delimiters", "/a!$&'()*+,=:@b");
        spellings.put("an empty query", "/a?");
        spellings.put("a hash in the query", "/a?b#c");
        spellings.put("octets beyond ASCII in the query", "/a?\u00c3\u00bc");
        spellings.put("a broken escape in the query", "/a?b=%zz");
        spellings.put("the absolute form", "http://localhost/a/b");
        spellings.put("the absolute form of another host", "http://example.com/a/b");
        spellings.put("the absolute form without a path", "http://localhost");
        spellings.put("the asterisk form", "*");
        spellings.put("the authority form", "localhost:80");
        spellings.put("no slash in front", "a/b");
        spellings.put("a query alone", "?a");
        spellings.put("8 KiB", "/" + "a".repeat(8 * 1024 - 1));
        spellings.put("12 KiB", "/" + "a".repeat(12 * 1024 - 1));
        return spellings;
    }

    private static String code(String target) {
        String quote = target.contains("`") ? "``" : "`";
        return quote + shown(target) + quote;
    }

    /** As it can stand in a table. */
    private static String shown(String target) {
        String text = target.length() > 60 ? target.substring(0, 8) + "..." : target;
        StringBuilder shown = new StringBuilder();
        for (char c : text.toCharArray()) {
            shown.append(c < ' ' || c > '~' ? "\\x%02x".formatted((int) c) : c == '|' ? "\\|" : Character.toString(c));
        }
        return shown.toString();
    }
}
