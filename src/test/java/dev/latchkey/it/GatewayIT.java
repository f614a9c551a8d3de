package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.HostileRequest;
import dev.latchkey.fixture.HostileRequests;
import dev.latchkey.fixture.HostileTokens;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Proxy;
import dev.latchkey.fixture.Proxy.Kind;
import dev.latchkey.fixture.RawConnection;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.RecordedBackend;
import dev.latchkey.fixture.RecordedBackend.ReceivedRequest;
import dev.latchkey.fixture.Relay;
import dev.latchkey.fixture.Together;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gate behind real proxies with the configurations of {@code examples/gateway}, before a backend that knows nothing of
 * tokens (SC-005). What counts is what reached the backend.
 */
@Tag("either-package")
class GatewayIT {

    /** With what a proxy refuses a request by itself; 0 when it ends the connection. */
    private static final Set<Integer> OWN_REFUSALS = Set.of(0, 400, 404, 405, 414, 431, 505);

    private static final String MARKER_OF_A = "of-a-" + UUID.randomUUID();
    private static final String MARKER_OF_B = "of-b-" + UUID.randomUUID();

    private static EmbeddedDatabase database;
    private static Relay relay;
    private static Packaged latchkey;
    private static RecordedBackend backend;
    private static final Map<Kind, Proxy> PROXIES = new EnumMap<>(Kind.class);
    private static HostileTokens people;
    private static List<HostileRequest> corpus;

    @BeforeAll
    static void start() {
        assumeTrue(Proxy.areInstalled(), "there are no proxies: src/test/gateway/fetch brings them");
        assumeTrue(RecordedBackend.isInstalled(), "there is no FastAPI: src/test/fastapi/fetch brings it");
        database = EmbeddedDatabaseResource.emptyDatabase();
        relay = Relay.to(URI.create(database.url().substring("jdbc:".length())).getPort());
        latchkey = Packaged.ready(
                        new EmbeddedDatabase(
                                database.url().replaceFirst(":[0-9]+/", ":" + relay.port() + "/"),
                                database.username(),
                                database.password()),
                        settings())
                .addressed();
        backend = RecordedBackend.started();
        for (Kind kind : Kind.values()) {
            PROXIES.put(kind, Proxy.started(kind, latchkey.port(), backend.port()));
        }
        people = HostileTokens.made(GatewayIT::makeAdmin);
        corpus = HostileRequests.all(people.cast());
        for (Person person : List.of(people.a(), people.b())) {
            String marker = person == people.a() ? MARKER_OF_A : MARKER_OF_B;
            backend.direct()
                    .contentType("application/json")
                    .body(Map.of("title", marker))
                    .post("/api/" + person.id() + "/tasks")
                    .then()
                    .statusCode(201);
            backend.direct()
                    .contentType("text/plain")
                    .body(marker)
                    .put("/teams/red/members/" + person.id() + "/note")
                    .then()
                    .statusCode(200);
        }
    }

    @BeforeEach
    void address() {
        latchkey.addressed();
    }

    @AfterAll
    static void stop() {
        PROXIES.values().forEach(Proxy::close);
        if (backend != null) {
            backend.close();
        }
        if (latchkey != null) {
            latchkey.close();
        }
    }

    private static Map<String, String> settings() {
        return Packaged.with(
                Packaged.with(HostileTokens.environment(), HostileRequests.asEnvironment(HostileRequests.rules())),
                Map.of(
                        "LATCHKEY_TRUSTED_PROXIES", "127.0.0.1/32",
                        "LATCHKEY_THROTTLE_ENABLED", "false",
                        // The users are signed up once, and a busy machine takes its time.
                        "LATCHKEY_TOKEN_ACCESS_LIFETIME", "1h",
                        "LATCHKEY_KEY_OVERLAP", "2h"));
    }

    private static void makeAdmin(String userId) {
        try (Connection connection = database.connect();
                PreparedStatement statement =
                        connection.prepareStatement("update users set roles = array['admin'] where id = ?")) {
            statement.setString(1, userId);
            assertEquals(1, statement.executeUpdate());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // --- Hostile requests ---

    /**
     * SC-005: whatever the corpus tries, through each of the proxies. Where a proxy does something of its own it is listed,
     * so that none of it grows unnoticed.
     */
    @ParameterizedTest
    @EnumSource
    void allowsOwnRoutesOnly(Kind kind) {
        Run run = new Run(PROXIES.get(kind));
        corpus.forEach(run::send);

        System.out.println(run.summary());
        assertEquals(List.of(), run.violations);
        assertEquals(peculiarities(kind), run.peculiarities());
    }

    /**
     * What a proxy does by itself, by the names of lines.
     *
     * @param refused although the gate would let it pass
     * @param rewritten so that it passes, although the gate would refuse it as it was sent; what passes is one's own
     * @param respelt on its way to the backend, and to the gate likewise
     * @param otherStatus refused in another way than the gate would, and still refused
     */
    private record Peculiarities(
            Set<String> refused, Set<String> rewritten, Set<String> respelt, Set<String> otherStatus) {}

    private static Peculiarities peculiarities(Kind kind) {
        return switch (kind) {
            case NGINX ->
                new Peculiarities(
                        // A method in lower case; a line above 8 KiB; two headers of which there should be one.
                        Set.of("exact-case-of-a-method", "open-tree-longest-path", "open-two", "open-two-in-the-tree"),
                        // It takes scheme and host off an absolute target.
                        Set.of(
                                "form-absolute",
                                "form-absolute-https",
                                "form-absolute-open",
                                "form-absolute-other-host",
                                "form-absolute-upper"),
                        Set.of(),
                        Set.of());
            case CADDY ->
                new Peculiarities(
                        Set.of(),
                        // It takes scheme and host off an absolute target, and encodes octets beyond ASCII.
                        Set.of(
                                "form-absolute",
                                "form-absolute-https",
                                "form-absolute-one-slash",
                                "form-absolute-open",
                                "form-absolute-other-host",
                                "form-absolute-upper",
                                "form-absolute-user",
                                "form-file",
                                "raw-low-octet-dots",
                                "raw-umlaut-utf8"),
                        // It encodes what a URI must not hold.
                        Set.of("spelt-raw-bar", "spelt-raw-caret-and-quote"),
                        // OPTIONS * and Expect it responses itself; headers that "Connection" names it passes to
                        // nobody.
                        Set.of("form-asterisk 200", "hop-drops-authorization 401", "more-expect-the-impossible 417"));
            case HAPROXY ->
                new Peculiarities(
                        // A target with octets that a URI must not hold.
                        Set.of("query-raw-hash", "query-raw-utf8"),
                        Set.of(),
                        Set.of(),
                        // Its gate request is none that HTTP allows.
                        Set.of("control-raw-delete 503"));
        };
    }

    /** Configurations that forget something: the test above would find each. */
    @ParameterizedTest
    @EnumSource
    void detectsIncompleteProxyConfiguration(Kind kind) {
        for (Map.Entry<String, UnaryOperator<String>> spoiler : spoilers(kind).entrySet()) {
            try (Proxy spoilt = Proxy.started(kind, latchkey.port(), backend.port(), spoiler.getValue())) {
                Run run = new Run(spoilt);
                corpus.stream()
                        .filter(request -> CONTROLS.contains(request.id()))
                        .forEach(run::send);
                assertEquals(CONTROLS.size(), run.sent);
                assertTrue(
                        run.findings().stream().anyMatch(finding -> finding.contains(spoiler.getKey())),
                        kind + " without a word about '" + spoiler.getKey() + "': " + run.findings());
            }
        }
    }

    private static final Set<String> CONTROLS =
            Set.of("own-list", "other-list", "person-identity-own-route", "spelt-first-letter");

    /** What is forgotten, by what is then found. */
    private static Map<String, UnaryOperator<String>> spoilers(Kind kind) {
        return switch (kind) {
            case NGINX ->
                Map.of(
                        "other-list: the gate says 403",
                        text -> text.replace("auth_request      /_latchkey;", ""),
                        "the backend was told X-Auth-User-Id",
                        text -> text.replace("proxy_set_header X-Auth-User-Id         $gate_user_id;", ""),
                        "spelt-first-letter: it was spelt in another way",
                        text -> text.replace("proxy_pass http://backend;", "proxy_pass http://backend/;"));
            case CADDY ->
                Map.of(
                        "other-list: the gate says 403",
                        text -> text.replace(
                                "reverse_proxy latchkey:8080 {",
                                "reverse_proxy backend:8000\nreverse_proxy latchkey:8080 {"),
                        "the backend was told X-Auth-User-Id",
                        text -> text.replace("request_header -X-Auth-*", "")
                                .replace("header_up X-Auth-User-Id {http.reverse_proxy.header.X-Auth-User-Id}", ""),
                        "spelt-first-letter: it was spelt in another way",
                        text -> text.replace(
                                "reverse_proxy backend:8000 {", "uri strip_prefix /api\nreverse_proxy backend:8000 {"));
            case HAPROXY ->
                Map.of(
                        "other-list: the gate says 403",
                        text -> text.replace("http-request lua.latchkey", "")
                                .replace("http-request deny deny_status 503", "http-request deny if FALSE #"),
                        "the backend was told X-Auth-User-Id",
                        text -> text.replace("http-request del-header X-Auth- -m beg", "")
                                .replace("txn.http:req_set_header(name, values[0])", ""),
                        "spelt-first-letter: it was spelt in another way",
                        text -> text.replace(
                                "default_backend guarded",
                                "http-request set-path %[path,url_dec]\n    default_backend guarded"));
        };
    }

    /** What became of some lines of the corpus at one proxy. */
    private static final class Run {

        private final Proxy proxy;
        private final Map<String, Integer> outcomes = new TreeMap<>();
        private final List<String> violations = new ArrayList<>();
        private final Set<String> refused = new TreeSet<>();
        private final Set<String> rewritten = new TreeSet<>();
        private final Set<String> respelt = new TreeSet<>();
        private final Set<String> otherStatus = new TreeSet<>();
        private String rowsOfB = backend.rows(people.b().id());
        private int sent;

        Run(Proxy proxy) {
            this.proxy = proxy;
            assertTrue(rowsOfB.contains(MARKER_OF_B), rowsOfB);
        }

        void send(HostileRequest request) {
            sent++;
            List<String> lines = new ArrayList<>(request.hostLines("localhost"));
            if (!request.has("Connection")) {
                lines.add("Connection: close");
            }
            lines.addAll(people.linesOf(request));
            long mark = backend.mark();
            RawResponse response = proxy.ask(request.method(), request.target(), lines);
            List<ReceivedRequest> received = backend.requestsSince(mark);

            look(request, response, received);
            received.forEach(passed -> look(request, passed));
            if (!isOf(request, people.b()) && response.body().contains(MARKER_OF_B)) {
                violation(request, "B's data were read");
            }
            if (!received.isEmpty()) {
                String rows = backend.rows(people.b().id());
                if (!isOf(request, people.b()) && !rows.equals(rowsOfB)) {
                    violation(request, "B's rows were changed to " + rows);
                }
                rowsOfB = rows;
            }
        }

        private void look(HostileRequest request, RawResponse response, List<ReceivedRequest> received) {
            boolean reached = !received.isEmpty();
            if (received.size() > 1) {
                violation(request, "it was received more than once: " + received);
            }
            if (reached && request.expected() != 200) {
                rewritten.add(request.id());
                count("rewritten and passed");
                if (received.stream().anyMatch(passed -> passed.target().equals(request.target()))) {
                    violation(request, "it reached the backend as it was");
                }
            } else if (reached) {
                count("passed");
                if (!received.getFirst().target().equals(request.target())) {
                    respelt.add(request.id());
                }
                if (response.status() == 401 || response.status() == 403 || response.status() >= 500) {
                    violation(request, "it passed, with the status " + response.status());
                }
                if (request.id().equals("own-list") && !response.body().contains(MARKER_OF_A)) {
                    violation(request, "A's own data did not come back");
                }
            } else if (response.status() == 401 || response.status() == 403) {
                count("refused by the gate: " + response.status());
                if (request.expected() == 200) {
                    violation(request, "it was refused");
                } else if (response.status() != request.expected()) {
                    otherStatus.add(request.id() + " " + response.status());
                }
                if (response.status() == 401
                        && !response.header("WWW-Authenticate").startsWith("Bearer")) {
                    violation(request, "there was no challenge");
                }
            } else {
                count("refused by the proxy itself: " + response.status());
                if (request.expected() == 200) {
                    refused.add(request.id());
                } else if (!OWN_REFUSALS.contains(response.status())) {
                    otherStatus.add(request.id() + " " + response.status());
                }
            }
        }

        private void look(HostileRequest request, ReceivedRequest passed) {
            if (passed.target().startsWith("/api/auth/verify")) {
                violation(request, "a gate request reached the backend: " + passed);
            }
            int decision = decision(passed);
            if (decision != 200) {
                violation(request, "the gate says " + decision + " to what reached the backend: " + passed);
            }
            Map<String, String> identity = identity(request);
            for (Map.Entry<String, String> header : passed.headers()) {
                String name = header.getKey().toLowerCase(Locale.ROOT);
                String meant = name.replaceAll("[^a-z0-9]", "-");
                if (Proxy.REDIRECTING.contains(meant)) {
                    violation(request, "the client's " + name + " reached the backend");
                }
                if (!name.equals(meant) && identity.keySet().stream().anyMatch(meant::equalsIgnoreCase)) {
                    violation(request, "the client's " + name + " reached the backend");
                }
            }
            identity.forEach((name, value) -> {
                List<String> told = passed.values(name);
                if (!told.equals(List.of(value)) && !(value.isEmpty() && told.isEmpty())) {
                    violation(request, "the backend was told " + name + " " + told + " instead of " + value);
                }
            });
            if (!passed.values("X-Forwarded-For").equals(List.of("127.0.0.1"))) {
                violation(request, "the backend was told X-Forwarded-For " + passed.values("X-Forwarded-For"));
            }
            for (String connection : passed.values("Connection")) {
                if (!Set.of("upgrade", "close", "keep-alive").contains(connection.toLowerCase(Locale.ROOT))) {
                    violation(request, "the backend was told Connection " + connection);
                }
            }
        }

        Peculiarities peculiarities() {
            return new Peculiarities(refused, rewritten, respelt, otherStatus);
        }

        List<String> findings() {
            return Stream.concat(violations.stream(), respelt.stream().map(id -> id + ": it was spelt in another way"))
                    .toList();
        }

        private void violation(HostileRequest request, String what) {
            violations.add(request.id() + ": " + what);
        }

        private void count(String outcome) {
            outcomes.merge(outcome, 1, Integer::sum);
        }

        String summary() {
            return "%s: %d requests of the corpus, %s".formatted(proxy.kind(), sent, outcomes);
        }
    }

    // --- Under load ---

    private static final int CONNECTIONS = 16;
    private static final int REQUESTS_EACH = 125;

    /** On connections that are kept, no response and no gate request goes astray. */
    @ParameterizedTest
    @EnumSource
    void mixesNoUsersUnderLoad(Kind kind) {
        Proxy proxy = PROXIES.get(kind);
        long mark = backend.mark();
        List<Integer> passed = Together.times(CONNECTIONS, number -> {
            int allowed = 0;
            try (KeptConnection connection = new KeptConnection(proxy)) {
                for (int i = 0; i < REQUESTS_EACH; i++) {
                    allowed += mixed(connection, number + i);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return allowed;
        });

        int sum = passed.stream().mapToInt(Integer::intValue).sum();
        assertNoQuestionReachedTheBackend(mark);
        assertEquals(sum, backend.pathsSince(mark).size(), "what was let pass, and nothing else, reached the backend");
        System.out.printf(
                "%s: %d requests by %d connections, %d let pass%n",
                kind, CONNECTIONS * REQUESTS_EACH, CONNECTIONS, sum);
    }

    /** One of six requests, and 1 if it had to pass. */
    private static int mixed(KeptConnection connection, int number) throws IOException {
        String ofA = "/api/" + people.a().id() + "/tasks";
        String ofB = "/api/" + people.b().id() + "/tasks";
        switch (number % 6) {
            case 0 -> expect(connection, ofA, bearing(people.a()), 200, MARKER_OF_A, MARKER_OF_B);
            case 1 -> expect(connection, ofB, bearing(people.b()), 200, MARKER_OF_B, MARKER_OF_A);
            case 2 -> expect(connection, ofB, bearing(people.a()), 403, "", MARKER_OF_B);
            case 3 -> expect(connection, ofA, bearing(people.b()), 403, "", MARKER_OF_A);
            case 4 -> expect(connection, ofB, List.of("Authorization: Bearer e30.e30.e30"), 401, "", MARKER_OF_B);
            default -> expect(connection, ofA, List.of(), 401, "", MARKER_OF_A);
        }
        return number % 6 < 2 ? 1 : 0;
    }

    private static void expect(
            KeptConnection connection, String target, List<String> lines, int status, String with, String without)
            throws IOException {
        RawResponse response = connection.get(target, lines);
        assertEquals(status, response.status(), target);
        assertTrue(response.body().contains(with), response::body);
        assertFalse(response.body().contains(without), response::body);
    }

    /** Opened again only when the proxy has ended it. */
    private static final class KeptConnection implements AutoCloseable {

        private final Proxy proxy;
        private RawConnection connection;

        KeptConnection(Proxy proxy) throws IOException {
            this.proxy = proxy;
            this.connection = RawConnection.to(proxy.port());
        }

        RawResponse get(String target, List<String> lines) throws IOException {
            List<String> all =
                    Stream.concat(Stream.of("Host: localhost"), lines.stream()).toList();
            RawResponse response = connection.ask("GET", target, all);
            if (response.status() == 0) {
                reopen();
                response = connection.ask("GET", target, all);
            }
            if (response.header("Connection").equalsIgnoreCase("close")) {
                reopen();
            }
            return response;
        }

        private void reopen() throws IOException {
            connection.close();
            connection = RawConnection.to(proxy.port());
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    // --- When things fail ---

    /** "The gate decides from memory while the database is unavailable." */
    @Test
    void decidesFromMemoryWithoutDatabase() {
        for (Runnable failure : List.<Runnable>of(relay::cut, relay::freeze)) {
            failure.run();
            try {
                // Before the outage is detected, and after.
                PROXIES.values().forEach(GatewayIT::verifiesAsBefore);
                Eventually.holds("it is known", () -> latchkey.managementStatus("/q/health/ready") == 503);
                PROXIES.values().forEach(GatewayIT::verifiesAsBefore);
            } finally {
                relay.restore();
            }
            latchkey.awaitReadiness();
            PROXIES.values().forEach(GatewayIT::verifiesAsBefore);
        }
    }

    /** However the gate fails, nothing passes that it has not let pass, and the client gets a response. */
    @Test
    void refusesWhileTheGateIsSlowFrozenOrDead() throws InterruptedException {
        Map<Kind, Proxy> proxies = new EnumMap<>(Kind.class);
        // The same secret and the same users: the tokens count here as well.
        try (Packaged failing = Packaged.ready(database, settings())) {
            for (Kind kind : Kind.values()) {
                proxies.put(kind, Proxy.started(kind, failing.port(), backend.port()));
            }
            proxies.values().forEach(GatewayIT::verifiesAsBefore);

            AtomicBoolean enough = new AtomicBoolean();
            Thread brake = Thread.ofPlatform().daemon().start(() -> {
                while (!enough.get()) {
                    failing.freeze();
                    pause(400);
                    failing.thaw();
                    pause(20);
                }
            });
            proxies.values().forEach(proxy -> letsNothingElsePass(proxy, true));
            enough.set(true);
            brake.join();
            proxies.values().forEach(GatewayIT::verifiesAsBefore);

            failing.freeze();
            proxies.values().forEach(proxy -> letsNothingElsePass(proxy, false));
            failing.thaw();
            for (Proxy proxy : proxies.values()) {
                Eventually.holds("it verifies again", () -> status(proxy, "own") == 200);
                verifiesAsBefore(proxy);
            }

            failing.close();
            proxies.values().forEach(proxy -> letsNothingElsePass(proxy, false));
        } finally {
            proxies.values().forEach(Proxy::close);
        }
    }

    /** While requests are on their way. */
    @Test
    void refusesWhenTheGateDiesUnderLoad() {
        List<Proxy> proxies = new ArrayList<>();
        try (Packaged dying = Packaged.ready(database, settings())) {
            long mark = backend.mark();
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                Proxy proxy = Proxy.started(kind, dying.port(), backend.port());
                proxies.add(proxy);
                tasks.addAll(Collections.nCopies(CONNECTIONS, () -> passedUntilDeath(proxy)));
            }
            tasks.add(() -> {
                TimeUnit.SECONDS.sleep(1);
                dying.close();
                return 0;
            });
            int passed =
                    Together.all(tasks).stream().mapToInt(Integer::intValue).sum();

            assertNoQuestionReachedTheBackend(mark);
            assertTrue(passed > 0);
            assertEquals(Collections.nCopies(passed, "/api/" + people.a().id() + "/tasks"), backend.pathsSince(mark));
        } finally {
            proxies.forEach(Proxy::close);
        }
    }

    /** Asks for one's own and for another's in turn until the gate is gone, and some times more. */
    private static int passedUntilDeath(Proxy proxy) throws IOException {
        int passed = 0;
        int refused = 0;
        try (KeptConnection connection = new KeptConnection(proxy)) {
            while (refused < 5) {
                RawResponse own = connection.get("/api/" + people.a().id() + "/tasks", bearing(people.a()));
                RawResponse other = connection.get("/api/" + people.b().id() + "/tasks", bearing(people.a()));
                assertTrue(own.status() == 200 || own.status() >= 500, "own: " + own);
                assertTrue(other.status() == 403 || other.status() >= 500, "other: " + other);
                assertFalse((own.body() + other.body()).contains(MARKER_OF_B));
                if (own.status() == 200) {
                    passed++;
                } else {
                    refused++;
                }
            }
        }
        return passed;
    }

    private static int status(Proxy proxy, String which) {
        return switch (which) {
            case "own" -> ask(proxy, "/api/" + people.a().id() + "/tasks", bearing(people.a()));
            case "open" -> ask(proxy, "/api/status", List.of());
            case "other" -> ask(proxy, "/api/" + people.b().id() + "/tasks", bearing(people.a()));
            case "nobody" -> ask(proxy, "/api/" + people.b().id() + "/tasks", List.of());
            case "forged" ->
                ask(proxy, "/api/" + people.b().id() + "/tasks", List.of("Authorization: Bearer e30.e30.e30"));
            default -> throw new IllegalArgumentException(which);
        };
    }

    private static int ask(Proxy proxy, String target, List<String> lines) {
        List<String> all = Stream.of(List.of("Host: localhost", "Connection: close"), lines)
                .flatMap(List::stream)
                .toList();
        RawResponse response = proxy.ask("GET", target, all);
        assertFalse(target.contains(people.b().id()) && response.body().contains(MARKER_OF_B), "B's data were read");
        return response.status();
    }

    private static void verifiesAsBefore(Proxy proxy) {
        long mark = backend.mark();
        assertEquals(200, status(proxy, "own"), proxy.kind() + ", own");
        assertEquals(200, status(proxy, "open"), proxy.kind() + ", open");
        assertEquals(403, status(proxy, "other"), proxy.kind() + ", other");
        assertEquals(401, status(proxy, "nobody"), proxy.kind() + ", nobody");
        assertEquals(401, status(proxy, "forged"), proxy.kind() + ", forged");
        assertEquals(
                List.of("/api/" + people.a().id() + "/tasks", "/api/status"),
                backend.pathsSince(mark),
                proxy.kind().toString());
    }

    /** Several at once, for each may have to wait. */
    private static void letsNothingElsePass(Proxy proxy, boolean mayPass) {
        long mark = backend.mark();
        List<String> kinds = List.of("own", "open", "other", "nobody", "forged");
        List<Integer> statuses = Together.times(kinds.size() * 2, i -> status(proxy, kinds.get(i % kinds.size())));
        for (int i = 0; i < statuses.size(); i++) {
            String which = kinds.get(i % kinds.size());
            int status = statuses.get(i);
            boolean refused = status >= 500 || status == 403 || (mayPass && status == 401);
            boolean passed = mayPass && i % kinds.size() < 2 && status == 200;
            assertTrue(refused || passed, proxy.kind() + ", " + which + ": " + status);
        }
        Set<String> allowed = mayPass ? Set.of("/api/" + people.a().id() + "/tasks", "/api/status") : Set.of();
        Set<String> reached = new TreeSet<>(backend.pathsSince(mark));
        reached.removeAll(allowed);
        assertEquals(Set.of(), reached, proxy.kind().toString());
        if (!mayPass) {
            assertEquals("", backend.wireSince(mark), proxy.kind() + " sent something to the backend");
        }
        System.out.println(proxy.kind() + (mayPass ? ", slow gate: " : ", no gate: ") + statuses);
    }

    private static void assertNoQuestionReachedTheBackend(long mark) {
        assertFalse(backend.wireSince(mark).contains("/api/auth/verify"), "a gate request reached the backend");
    }

    private static List<String> bearing(Person person) {
        return List.of("Authorization: Bearer " + person.accessToken());
    }

    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // --- What is right ---

    private static boolean isOf(HostileRequest request, Person person) {
        return identity(request).containsValue(person.id());
    }

    /** What the backend has to be told; empty for nobody. */
    private static Map<String, String> identity(HostileRequest request) {
        Person person = !request.hasGoodToken()
                ? null
                : switch (request.token()) {
                    case A, LOWER -> people.a();
                    case B -> people.b();
                    case ADMIN -> people.admin();
                    default -> null;
                };
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("X-Auth-User-Id", person == null ? "" : person.id());
        // Nobody of them has verified their address.
        identity.put("X-Auth-Email", "");
        identity.put("X-Auth-Email-Verified", person == null ? "" : "false");
        identity.put("X-Auth-Issuer", person == null ? "" : "http://localhost");
        identity.put("X-Auth-Session-Id", person == null ? "" : person.sessionId());
        identity.put("X-Auth-Roles", person == people.admin() ? "admin" : "");
        return identity;
    }

    /** The decision of the gate, requested directly and properly, on what reached the backend. */
    private static int decision(ReceivedRequest passed) {
        List<String> headers =
                new ArrayList<>(List.of("X-Original-Method: " + passed.method(), "X-Original-URI: " + passed.target()));
        passed.values("Authorization").forEach(value -> headers.add("Authorization: " + value));
        try {
            return RawResponse.to("GET", "/api/auth/verify", headers, new byte[0])
                    .status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
