package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.deploy.Chart;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.Ingress;
import dev.latchkey.fixture.Ingress.Passed;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Nextjs;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Proxy;
import dev.latchkey.fixture.RawConnection;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.fixture.RecordedBackend;
import dev.latchkey.fixture.RecordedBackend.ReceivedRequest;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Two replicas on one database behind an nginx that terminates TLS (FR-024). The environment of the replicas is what the Helm
 * chart makes of its default values, the ingress, and the addresses of this machine. Each client has a loopback address of its
 * own; the ingress asks from 127.0.0.1, which is the trusted proxy.
 */
@Tag("alone")
@Tag("either-package")
class IngressIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MOUNTED = "/run/secrets/latchkey";
    private static final List<String> EVIL = List.of(
            "X-Forwarded-Host: evil.example",
            "X-Forwarded-Proto: http",
            "X-Forwarded-Port: 666",
            "X-Forwarded-Prefix: /evil.example",
            "X-Original-Host: evil.example",
            "Forwarded: for=203.0.113.7;host=evil.example;proto=http");

    private static final List<Packaged> REPLICAS = new ArrayList<>();
    private static Ingress ingress;
    private static EmbeddedDatabase database;
    private static MailSink mail;
    private static RecordedBackend backend;
    private static Chart.Manifests chart;
    private static Map<String, String> environment;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Proxy.areInstalled(), "there is no nginx: src/test/gateway/fetch brings it");
        assumeTrue(RecordedBackend.isInstalled(), "there is no FastAPI: src/test/fastapi/fetch brings it");
        ingress = Ingress.prepared();
        database = EmbeddedDatabaseResource.emptyDatabase();
        mail = MailSink.inClearText();
        backend = RecordedBackend.started();
        chart = Chart.render(Chart.WITH_PROXIES, values());
        environment = environment(chart);
        REPLICAS.add(Packaged.launched(environment));
        REPLICAS.add(Packaged.launched(environment));
        REPLICAS.forEach(Packaged::awaitReadiness);
        ingress.start(backend.port(), REPLICAS);
    }

    @AfterAll
    static void stop() {
        Stream.of(ingress, backend, mail).filter(Objects::nonNull).forEach(IngressIT::close);
        REPLICAS.forEach(Packaged::close);
    }

    private static void close(AutoCloseable started) {
        try {
            started.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What an installation gives, besides the default values. */
    private static String values() {
        URI address = URI.create(database.url().substring("jdbc:".length()));
        return """
                publicUrl: %s
                trustedProxies: [127.0.0.1/32]
                trustedOrigins: [%s]
                ingress: { enabled: true }
                database: { host: %s, port: %d, name: %s, user: %s, sslMode: disable }
                mail: { host: 127.0.0.1, port: %d, security: none, from: latchkey@example.com }
                # A machine that does other work, too, is slow: that is no failure.
                config: { LATCHKEY_PASSWORD_MAX_WAIT: 8s }
                gate:
                  rules:
                    - { path: "/api/{user_id}/**", allow: owner }
                    - { path: /api/status, allow: public, methods: [GET, HEAD] }
                """.formatted(
                        ingress.url(),
                        ingress.appOrigin(),
                        address.getHost(),
                        address.getPort(),
                        address.getPath().substring(1),
                        database.username(),
                        mail.port());
    }

    /** The environment of the container, with the Secrets that are mounted in another folder. */
    private static Map<String, String> environment(Chart.Manifests manifests) throws IOException {
        Container container = container(manifests);
        assertEquals(
                List.of("QUARKUS_DATASOURCE_PASSWORD"),
                container.getEnv().stream().map(EnvVar::getName).toList());
        assertEquals(1, container.getEnvFrom().size());
        assertEquals(List.of(), container.getArgs());

        Path secrets = Files.createTempDirectory(Files.createDirectories(Path.of("target", "proxies")), "secrets-");
        Files.writeString(secrets.resolve("master-secret"), EmbeddedDatabaseResource.SECRET);
        Map<String, String> all = new HashMap<>(manifests.only(ConfigMap.class).getData());
        all.replaceAll(
                (name, value) -> value.replace(MOUNTED, secrets.toAbsolutePath().toString()));
        all.put("QUARKUS_DATASOURCE_PASSWORD", database.password());
        return all;
    }

    private static Container container(Chart.Manifests manifests) {
        return manifests
                .only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
    }

    // --- Cookies and headers ---

    @Test
    void cookiesAreSecureOnBothInterfaces() {
        Client client = new Client("127.0.1.1");
        Person ada = client.signedUp();
        String credentials = credentials(ada);

        List<String> ours = cookies(client.post("/api/auth/login", credentials));
        List<String> betterAuth = cookies(client.post("/api/auth/sign-in/email", credentials));

        assertEquals(Set.of("__Host-latchkey_session", "__Host-latchkey_device"), names(ours), ours::toString);
        assertTrue(names(betterAuth).contains("__Secure-better-auth.session_token"), betterAuth::toString);
        Stream.concat(ours.stream(), betterAuth.stream()).forEach(cookie -> {
            assertTrue(cookie.contains("; Secure"), cookie);
            assertTrue(cookie.contains("; HttpOnly"), cookie);
            assertTrue(cookie.contains("; Path=/"), cookie);
            assertFalse(cookie.contains("Domain="), cookie);
        });
        // By what only a client that speaks plain HTTP could have got, nobody is signed in.
        String value = ours.stream()
                .filter(cookie -> cookie.startsWith("__Host-latchkey_session="))
                .findFirst()
                .orElseThrow()
                .replaceAll("^[^=]*=|;.*", "");
        List<String> origin = List.of("Origin: " + ingress.url());
        assertEquals(
                401,
                client.post("/api/auth/refresh", "{}", with(origin, "Cookie: latchkey_session=" + value))
                        .status());
        assertEquals(
                200,
                client.post("/api/auth/refresh", "{}", with(origin, "Cookie: __Host-latchkey_session=" + value))
                        .status());
    }

    @Test
    void everyResponseHasHsts() {
        Client client = new Client("127.0.1.2");
        Person ada = client.signedUp();
        Map<String, Integer> expected = Map.of(
                "/api/users/" + ada.id(),
                200,
                "/api/users/" + UUID.randomUUID(),
                403,
                "/api/auth/no-such-route",
                404,
                "/api/auth/jwks",
                200,
                "/links/no-such-page",
                404);
        expected.forEach((path, status) -> {
            RawResponse response = client.get(path, bearing(ada));
            assertEquals(status, response.status(), path);
            assertTrue(
                    response.header("Strict-Transport-Security").startsWith("max-age="), () -> path + ": " + response);
        });
        assertTrue(client.get("/api/auth/session")
                .header("Strict-Transport-Security")
                .startsWith("max-age="));
    }

    @Test
    void plainHttpIsRedirectedBeforeTheServiceIsReached() throws IOException {
        String target = "/api/auth/session?from=http";
        try (RawConnection connection = RawConnection.to(ingress.plainPort(), "127.0.1.3")) {
            RawResponse response = connection.ask("GET", target, List.of("Host: localhost", "Connection: close"));
            assertEquals(308, response.status());
            assertEquals(ingress.url() + target, response.header("Location"));
            assertEquals(List.of(), cookies(response));
        }
        assertNothingReachedTheServiceFrom("127.0.1.3");
    }

    // --- What comes from the public URL ---

    @Test
    void issuerComesFromThePublicUrlWhateverTheClientSays() {
        Client client = new Client("127.0.1.4");
        Person ada = client.signedUp();
        String path = "/.well-known/oauth-authorization-server";
        for (RawResponse response : List.of(
                client.get(path),
                client.get(path, EVIL),
                client.direct("GET", path, with(EVIL, "Host: evil.example"), ""),
                new Client("127.0.0.1").direct("GET", path, with(EVIL, "Host: evil.example"), ""))) {
            assertEquals(200, response.status());
            assertEquals(ingress.url(), response.json().path("issuer").asText());
            assertEquals(
                    ingress.url() + "/.well-known/jwks.json",
                    response.json().path("jwks_uri").asText());
            assertFalse(response.toString().contains("evil.example"), response::toString);
        }
        String body = credentials(ada);
        for (RawResponse response : List.of(
                client.post("/api/auth/login", body),
                client.post("/api/auth/login", body, EVIL),
                client.direct("POST", "/api/auth/login", with(EVIL, "Host: evil.example"), body))) {
            assertEquals(200, response.status());
            assertEquals(
                    ingress.url(),
                    claims(response.json().path("access_token").asText())
                            .path("iss")
                            .asText());
        }
    }

    @Test
    void linksInEmailsComeFromThePublicUrlWhateverTheClientSays() {
        Client client = new Client("127.0.1.5");
        Person ada = client.signedUp();
        String body = "{\"email\": \"" + ada.email() + "\"}";
        String path = "/api/auth/password-reset";
        assertEquals(202, client.post(path, body, EVIL).status());
        assertEquals(
                202,
                client.direct("POST", path, with(EVIL, "Host: evil.example"), body)
                        .status());
        Eventually.holds("both were sent", () -> resets(ada) == 2);
        mail.emailsTo(ada.email()).forEach(email -> {
            assertTrue(email.link().startsWith(ingress.url() + "/"), email.link());
            assertFalse(email.message().contains("evil.example"), email.message());
        });
    }

    private static long resets(Person ada) {
        return mail.emailsTo(ada.email()).stream()
                .filter(email ->
                        email.link().contains("/links/") || email.link().contains("reset"))
                .count();
    }

    @Test
    void otherHostsLeadNowhere() throws IOException {
        for (String host : List.of("evil.example", "localhost.evil.example", "127.0.0.1", "")) {
            try (RawConnection connection = RawConnection.secured(ingress.port(), "127.0.1.6", ingress.trust())) {
                RawResponse response =
                        connection.ask("GET", "/api/auth/jwks", List.of("Host: " + host, "Connection: close"));
                assertTrue(response.status() == 404 || response.status() == 400, host + ": " + response);
                assertFalse(response.body().contains("keys"), response::body);
            }
        }
        assertNothingReachedTheServiceFrom("127.0.1.6");
    }

    /** By the log, which has a request soon after its response: once it has a later one of the same client, it has all. */
    private static void assertNothingReachedTheServiceFrom(String client) {
        assertEquals(200, new Client(client).get("/api/auth/jwks").status());
        Eventually.holds("the last request is in the log", () -> passed(client) > 0);
        assertEquals(1, passed(client));
    }

    private static long passed(String client) {
        return ingress.log().stream()
                .filter(request -> request.client().equals(client))
                .count();
    }

    // --- Client addresses ---

    @Test
    void auditHasTheAddressOfTheClientAndNotTheOneItClaims() {
        Client client = new Client("127.0.2.1");
        Person ada = client.signedUp();
        List<String> forged = List.of(
                "X-Forwarded-For: 203.0.113.7",
                "X-Forwarded-For: 203.0.113.8, 127.0.0.1",
                "X-Real-IP: 203.0.113.9",
                "Forwarded: for=203.0.113.10",
                "X-Client-IP: 203.0.113.11",
                "X-Original-Forwarded-For: 203.0.113.12");
        assertEquals(
                200, client.post("/api/auth/login", credentials(ada), forged).status());
        assertEquals(
                401,
                client.post("/api/auth/login", credentials(ada).replace("correct", "wrong"), forged)
                        .status());
        awaitEvents(ada, 3);
        assertEquals(Set.of("127.0.2.1"), addresses(ada));

        // Past the ingress it is no trusted proxy either.
        Client past = new Client("127.0.2.2");
        assertEquals(
                200,
                past.direct("POST", "/api/auth/login", with(forged, "Host: localhost"), credentials(ada))
                        .status());
        awaitEvents(ada, 4);
        assertEquals(Set.of("127.0.2.1", "127.0.2.2"), addresses(ada));

        // The address of the ingress is believed, so that it is the header that counts, and who sends it.
        Client asIngress = new Client("127.0.0.1");
        assertEquals(
                200,
                asIngress
                        .direct(
                                "POST",
                                "/api/auth/login",
                                List.of("Host: localhost", "X-Forwarded-For: 127.0.2.3"),
                                credentials(ada))
                        .status());
        awaitEvents(ada, 5);
        assertEquals(Set.of("127.0.2.1", "127.0.2.2", "127.0.2.3"), addresses(ada));
    }

    private static void awaitEvents(Person ada, int count) {
        Eventually.holds(count + " events", () -> events(ada).size() >= count);
    }

    private static Set<String> addresses(Person ada) {
        return new TreeSet<>(events(ada));
    }

    /** The addresses of the user's sign-ups and sign-ins. */
    private static List<String> events(Person ada) {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(
                        "select ip from audit_events where user_id = ? and type in ('sign_up', 'sign_in')")) {
            statement.setString(1, ada.id());
            List<String> addresses = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    addresses.add(rows.getString(1));
                }
            }
            return addresses;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // --- The gate ---

    @Test
    void gateAllowsOwnersOnlyAndTellsTheBackendWhoTheyAre() {
        Client client = new Client("127.0.3.1");
        Person ada = client.signedUp();
        Person eve = client.signedUp();
        List<String> asAda = forged(ada);
        List<String> asEve = forged(eve);
        String target = "/api/" + ada.id() + "/tasks";

        long mark = backend.mark();
        assertEquals(403, client.toBackend(target, join(bearing(eve), asAda)).status());
        assertEquals(401, client.toBackend(target, asAda).status());
        assertEquals(
                401,
                client.toBackend(target, List.of("Authorization: Bearer e30.e30.e30"))
                        .status());
        assertEquals("", backend.wireSince(mark));

        assertEquals(200, client.toBackend(target, join(bearing(ada), asEve)).status());
        assertEquals(200, client.toBackend("/api/status", asEve).status());
        List<ReceivedRequest> received = backend.requestsSince(mark);
        assertEquals(2, received.size());
        ReceivedRequest own = received.getFirst();
        assertEquals(List.of(ada.id()), own.values("X-Auth-User-Id"));
        assertEquals(List.of(ada.sessionId()), own.values("X-Auth-Session-Id"));
        assertEquals(List.of(ingress.url()), own.values("X-Auth-Issuer"));
        assertEquals(List.of(), own.values("X-Auth-Email"));
        assertEquals(List.of(), own.values("X-Auth-Roles"));
        assertEquals(List.of("127.0.3.1"), own.values("X-Forwarded-For"));
        assertEquals(List.of("https"), own.values("X-Forwarded-Proto"));
        ReceivedRequest open = received.getLast();
        for (String name : List.of("X-Auth-User-Id", "X-Auth-Email", "X-Auth-Roles", "X_Auth_User_Id")) {
            assertEquals(List.of(), open.values(name), name);
        }
    }

    private static List<String> forged(Person person) {
        return List.of(
                "X-Auth-User-Id: " + person.id(),
                "X-Auth-Email: ada@example.com",
                "X-Auth-Roles: admin",
                "X_Auth_User_Id: " + person.id(),
                "X-Forwarded-For: 203.0.113.7");
    }

    // --- What the ingress leads to ---

    /** The chart has each path once, and the example has them in one expression. */
    @Test
    void ingressLeadsToThePathsOfTheChart() {
        Client client = new Client("127.0.4.1");
        List<String> paths = chart
                .only(io.fabric8.kubernetes.api.model.networking.v1.Ingress.class)
                .getSpec()
                .getRules()
                .getFirst()
                .getHttp()
                .getPaths()
                .stream()
                .map(HTTPIngressPath::getPath)
                .toList();
        assertEquals(5, paths.size());
        paths.forEach(path -> assertTrue(isFromTheService(client.get(path)), path));
        for (String path : List.of("/", "/oauth/introspect", "/api", "/api/authx", "/apiXusers", "/.well-known/")) {
            RawResponse response = client.get(path);
            assertEquals(404, response.status(), path);
            assertFalse(isFromTheService(response), path);
        }
    }

    @Test
    void nothingLeadsToTheManagementPort() {
        Client client = new Client("127.0.4.2");
        Packaged replica = REPLICAS.getFirst();
        for (String path : List.of("/q/health/ready", "/q/health/live", "/q/metrics", "/q/openapi", "/q")) {
            for (String way : List.of(
                    path,
                    "/api/auth/../.." + path,
                    "/api/auth/%2e%2e/%2e%2e" + path,
                    "/api/auth/..%2f.." + path,
                    "/api/auth//../../.." + path,
                    "https://localhost:9000" + path,
                    "//localhost:" + replica.managementPort() + path)) {
                RawResponse response = client.get(way);
                assertTrue(response.status() == 404 || response.status() == 400, way + ": " + response);
            }
            assertEquals(
                    404,
                    client.direct("GET", path, List.of("Host: localhost:9000"), "")
                            .status(),
                    path);
        }
        assertEquals(200, replica.managementStatus("/q/health/ready"));
        assertEquals(200, replica.managementStatus("/q/metrics"));
    }

    private static boolean isFromTheService(RawResponse response) {
        return !response.header("X-Content-Type-Options").isEmpty();
    }

    // --- A rolling restart ---

    private static final int CLIENTS = 6;

    /**
     * As the chart's Deployment and Kubernetes do it: a new replica is started, is given requests once it is ready, and one of
     * the old ones is told to end; its address is taken away once it says that it is not ready any more.
     */
    @Test
    void rollingRestartFailsNoRequest() {
        Deployment deployment = chart.only(Deployment.class);
        RollingUpdateDeployment strategy = deployment.getSpec().getStrategy().getRollingUpdate();
        assertEquals(1, strategy.getMaxSurge().getIntVal());
        assertEquals(0, strategy.getMaxUnavailable().getIntVal());
        assertTrue(container(chart).getLifecycle() == null, "there is no preStop: the service itself waits");
        Duration grace =
                Duration.ofSeconds(deployment.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds());
        int before = ingress.log().size();
        Set<String> all = new TreeSet<>();
        int sent;
        try (Load load = new Load(CLIENTS, Load::wholeSession)) {
            load.awaitMore(10 * CLIENTS);
            for (Packaged old : List.copyOf(REPLICAS)) {
                Packaged next = Packaged.launched(environment);
                REPLICAS.add(next);
                next.awaitReadiness();
                ingress.route(REPLICAS);
                load.awaitMore(10 * CLIENTS);

                old.terminate();
                Eventually.holds("it says so", () -> old.managementStatus("/q/health/ready") == 503);
                REPLICAS.remove(old);
                ingress.route(REPLICAS);
                assertTrue(old.exitCode(grace).isPresent(), "it goes on:\n" + old.output());
                old.close();
                all.add("127.0.0.1:" + old.port());
                all.add("127.0.0.1:" + next.port());
                load.awaitMore(10 * CLIENTS);
            }
            sent = load.end();
            List<Passed> log = awaitLog(before, CLIENTS + sent);
            System.out.printf(
                    "rolling restart: %d requests, %d failures, %d retries by the ingress, %s%n",
                    sent,
                    load.failures().size(),
                    log.stream().mapToInt(Passed::retries).sum(),
                    load.counts());
            assertEquals(List.of(), load.failures(), ingress::errors);
            assertEquals(
                    all,
                    log.stream()
                            .map(Passed::upstreams)
                            .flatMap(List::stream)
                            .collect(Collectors.toCollection(TreeSet::new)),
                    "each of the four had its share");
            assertEquals(
                    List.of(),
                    log.stream().filter(request -> request.status() >= 500).toList());
        }
        assertEquals(4, all.size());
    }

    /** A replica that is lost with requests in flight: the test above would find it. */
    @Test
    void killedReplicaFailsRequests() {
        int before = ingress.log().size();
        List<Packaged> withDoomed = new ArrayList<>(REPLICAS);
        try (Packaged doomed = Packaged.launched(environment);
                Load load = new Load(CLIENTS, Load::signIn)) {
            doomed.awaitReadiness();
            withDoomed.add(doomed);
            ingress.route(withDoomed);
            load.awaitMore(10 * CLIENTS);

            doomed.freeze();
            Eventually.holds("all wait for it", load::waits);
            doomed.close();
            ingress.route(REPLICAS);
            load.awaitMore(10 * CLIENTS);
            int sent = load.end();

            List<Passed> log = awaitLog(before, CLIENTS + sent);
            System.out.printf(
                    "killed replica: %d requests, %d failures, %d retries by the ingress%n",
                    sent,
                    load.failures().size(),
                    log.stream().mapToInt(Passed::retries).sum());
            assertFalse(load.failures().isEmpty());
            assertEquals(
                    load.failures().size(),
                    log.stream().filter(request -> request.status() == 502).count(),
                    () -> load.failures() + "\n" + log);
        } finally {
            ingress.route(REPLICAS);
        }
    }

    /** A request is in the log a moment after its response; the clients' sign-ups are there too. */
    private static List<Passed> awaitLog(int before, int sent) {
        Eventually.holds("all are in the log", () -> ingress.log().size() - before >= sent);
        List<Passed> log = ingress.log();
        return log.subList(before, log.size());
    }

    /**
     * Clients that send requests without a pause, each with an account and many addresses. Each request has a connection of its
     * own, since the nginx of the test closes connections without a request when its replicas change; an ingress controller does
     * not.
     */
    private static final class Load implements AutoCloseable {

        /** What a client does again and again. */
        interface Round {
            void run(Load load, Client client, Person person);
        }

        private final List<Thread> threads = new ArrayList<>();
        private final AtomicInteger answered = new AtomicInteger();
        private final AtomicInteger[] counts = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private volatile boolean enough;

        Load(int clients, Round round) {
            List<Person> people = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                people.add(new Client("127.1." + (i + 1) + ".1").signedUp());
            }
            for (int i = 0; i < clients; i++) {
                int number = i + 1;
                Person person = people.get(i);
                threads.add(Thread.ofPlatform().daemon().name("load-" + number).start(() -> {
                    for (int n = 0; !enough; n++) {
                        round.run(this, new Client("127.1." + number + "." + (n % 250 + 1)), person);
                    }
                }));
            }
        }

        /** Sign-in, two reads, a refresh, a read with the new token, sign-out. */
        void wholeSession(Client client, Person person) {
            RawResponse tokens = signIn(client, person);
            if (tokens.status() != 200) {
                return;
            }
            read(client, "/api/auth/session", tokens);
            read(client, person.own(""), tokens);
            RawResponse refreshed = send(client, 1, "POST", "/api/auth/refresh", List.of(), refreshToken(tokens), 200);
            if (refreshed.status() != 200) {
                return;
            }
            read(client, person.own("/sessions?limit=1"), refreshed);
            send(client, 1, "POST", "/api/auth/logout", List.of(), refreshToken(refreshed), 204);
        }

        RawResponse signIn(Client client, Person person) {
            return send(client, 0, "POST", "/api/auth/login", List.of(), credentials(person), 200);
        }

        private void read(Client client, String path, RawResponse tokens) {
            List<String> token = List.of("Authorization: Bearer "
                    + tokens.json().path("access_token").asText());
            send(client, 2, "GET", path, token, "", 200);
        }

        private static String refreshToken(RawResponse tokens) {
            return "{\"refresh_token\": \""
                    + tokens.json().path("refresh_token").asText() + "\"}";
        }

        private RawResponse send(
                Client client, int kind, String method, String path, List<String> headers, String body, int expected) {
            RawResponse response;
            try {
                response = client.send(method, path, headers, body);
            } catch (AssertionError connectionFailed) {
                response = new RawResponse(0, Map.of(), String.valueOf(connectionFailed.getCause()));
            }
            counts[kind].incrementAndGet();
            answered.incrementAndGet();
            if (response.status() != expected) {
                failures.add(method + " " + path + ": " + response.status() + " " + response.body());
            }
            return response;
        }

        List<String> failures() {
            return List.copyOf(failures);
        }

        String counts() {
            return "%s sign-ins, %s refreshes and sign-outs, %s reads".formatted((Object[]) counts);
        }

        /** Waits until so many more requests were answered. */
        void awaitMore(int requests) {
            int enoughThen = answered.get() + requests;
            await("%d more requests; failed: %s".formatted(requests, failures), () -> answered.get() >= enoughThen);
        }

        /** Whether nothing was answered for as long as some sign-ins take. */
        boolean waits() {
            int now = answered.get();
            pause(1_000);
            return answered.get() == now;
        }

        /** Ends it and returns how many requests were sent. */
        int end() {
            enough = true;
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return answered.get();
        }

        @Override
        public void close() {
            end();
        }

        private static void await(String what, BooleanSupplier condition) {
            long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
            while (!condition.getAsBoolean()) {
                assertTrue(System.nanoTime() < end, what);
                pause(20);
            }
        }

        private static void pause(int millis) {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    // --- A browser ---

    @Test
    @EnabledIf(
            value = "dev.latchkey.fixture.Nextjs#canBeWalkedThrough",
            disabledReason =
                    "there is no browser, or the app is not built: .ci/run sees to them where npm and apt-get are")
    void browserWalksThroughTheNextjsExampleByHttps() {
        int before = ingress.log().size();
        try (Nextjs app = Nextjs.started("http://localhost:" + ingress.appServerPort(), ingress.url())) {
            ExternalProcess.Ended walk = Nextjs.walk(ingress.appOrigin(), ingress.url(), ingress.certificate());

            assertEquals(0, walk.code(), walk.output() + "\nThe app said:\n" + app.output());
        }
        List<Passed> log = ingress.log().subList(before, ingress.log().size());
        assertTrue(log.size() > 20, log::toString);
        assertEquals(
                List.of(),
                log.stream().filter(request -> request.status() >= 500).toList());
    }

    // --- Clients ---

    /** A client on a loopback address of its own. */
    private record Client(String address) {

        Person signedUp() {
            String email = "ada-" + UUID.randomUUID() + "@example.com";
            RawResponse response = post("/api/auth/signup", """
                    {"email": "%s", "password": "%s", "name": "Ada"}""".formatted(email, Person.PASSWORD));
            assertEquals(201, response.status(), response::toString);
            JsonNode tokens = response.json();
            return new Person(
                    tokens.at("/user/id").asText(),
                    email,
                    Person.PASSWORD,
                    tokens.path("access_token").asText(),
                    tokens.path("refresh_token").asText(),
                    tokens.path("session_id").asText());
        }

        RawResponse get(String path) {
            return get(path, List.of());
        }

        RawResponse get(String path, List<String> headers) {
            return send("GET", path, headers, "");
        }

        RawResponse post(String path, String json) {
            return post(path, json, List.of());
        }

        RawResponse post(String path, String json, List<String> headers) {
            return send("POST", path, headers, json);
        }

        /** Sends a request by HTTPS through the ingress. */
        RawResponse send(String method, String path, List<String> headers, String body) {
            return secured(ingress.port(), method, path, headers, body);
        }

        /** Sends a request by HTTPS to the backend, which is behind the gate. */
        RawResponse toBackend(String path, List<String> headers) {
            return secured(ingress.backendPort(), "GET", path, headers, "");
        }

        private RawResponse secured(int port, String method, String path, List<String> headers, String body) {
            try (RawConnection connection = RawConnection.secured(port, address, ingress.trust())) {
                return exchange(connection, method, path, with(headers, "Host: localhost:" + port), body);
            } catch (IOException e) {
                throw new AssertionError(method + " " + path, e);
            }
        }

        /** Sends a request by plain HTTP to a replica, past the ingress. */
        RawResponse direct(String method, String path, List<String> headers, String body) {
            try (RawConnection connection = RawConnection.to(REPLICAS.getFirst().port(), address)) {
                return exchange(connection, method, path, headers, body);
            } catch (IOException e) {
                throw new AssertionError(method + " " + path, e);
            }
        }

        private static RawResponse exchange(
                RawConnection connection, String method, String path, List<String> headers, String body)
                throws IOException {
            List<String> lines = with(headers, "Connection: close");
            if (!body.isEmpty()) {
                lines = join(lines, List.of("Content-Type: application/json", "Content-Length: " + body.length()));
            }
            String request = method + " " + path + " HTTP/1.1\r\n" + String.join("\r\n", lines) + "\r\n\r\n" + body;
            connection.send(request.getBytes(StandardCharsets.ISO_8859_1));
            return connection.response(method);
        }
    }

    private static String credentials(Person person) {
        return """
                {"email": "%s", "password": "%s"}""".formatted(person.email(), person.password());
    }

    private static List<String> bearing(Person person) {
        return List.of("Authorization: Bearer " + person.accessToken());
    }

    private static List<String> with(List<String> headers, String another) {
        return join(headers, List.of(another));
    }

    private static List<String> join(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static List<String> cookies(RawResponse response) {
        return response.headers().getOrDefault("set-cookie", List.of());
    }

    private static Set<String> names(List<String> cookies) {
        Set<String> names = new TreeSet<>();
        cookies.forEach(cookie -> names.add(cookie.substring(0, cookie.indexOf('='))));
        return names;
    }

    private static JsonNode claims(String token) {
        try {
            return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
