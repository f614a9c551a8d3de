package dev.latchkey.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Users who go on all the time, each request at a replica chosen at random among those that are in rotation, as behind a load
 * balancer. Each holds a session of the JSON API and one of a Better Auth cookie, and neither must ever end.
 */
final class UpgradeTraffic implements AutoCloseable {

    /** A backend's secret with which tokens are introspected; see {@link #settings()}. */
    private static final String SHOP = "secret-of-the-shop-0123456789-abcdefgh";

    private static final String COOKIE = "better-auth.session_token";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Longer than any response may take, also on a busy machine. */
    private static final Duration HANG = Duration.ofSeconds(30);

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(HANG)
            .build();
    private final List<Replica> rotation = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    /** The number of requests by phase and replica, and by what was requested. */
    private final Map<String, Map<String, Integer>> byPhase = new LinkedHashMap<>();

    private final Map<String, Integer> byKind = new TreeMap<>();
    private String phase = "";
    private int phases;
    private volatile boolean isStopped;

    /** A process in rotation, with the number of requests that it is working on. */
    private record Replica(String name, Packaged process, AtomicInteger running) {}

    /** What the services of the test have to be told. */
    static Map<String, String> settings() {
        return Map.of(
                "LATCHKEY_TRUSTED_PROXIES", "127.0.0.0/8,::1",
                "LATCHKEY_GATE_RULES_0__PATH", "/api/{user_id}/**",
                "LATCHKEY_GATE_RULES_0__ALLOW", "owner",
                "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET", SHOP,
                "LATCHKEY_PASSWORD_MAX_WAIT", "7s",
                "LATCHKEY_THROTTLE_ENABLED", "false");
    }

    synchronized void add(String name, Packaged process) {
        rotation.add(new Replica(name, process, new AtomicInteger()));
    }

    /** Takes a process out of rotation, and waits for the responses that are due from it. */
    void remove(Packaged process) throws InterruptedException {
        Replica removed;
        synchronized (this) {
            removed = rotation.stream()
                    .filter(replica -> replica.process() == process)
                    .findFirst()
                    .orElseThrow();
            rotation.remove(removed);
        }
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (removed.running().get() > 0) {
            if (System.nanoTime() > end) {
                throw new AssertionError("requests do not end");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Signs users up at what is in rotation, and lets them go on from then. */
    void start(int users) throws Exception {
        enter("sign-up");
        for (int i = 0; i < users; i++) {
            Client client = new Client(new Random(i));
            client.signUp();
            clients.add(client);
        }
        for (Client client : clients) {
            threads.add(Thread.ofPlatform().name("traffic").start(client::goOn));
        }
    }

    /** Begins a phase, in the order of whose names their counts are printed. */
    synchronized void enter(String name) {
        phases++;
        phase = phases + " " + name;
    }

    /** Waits until each user has been round twice in this phase, and fails as soon as anything has. */
    void awaitRounds() throws InterruptedException {
        List<Integer> before =
                clients.stream().map(client -> client.rounds.get()).toList();
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (true) {
            if (!failures().isEmpty()) {
                throw new AssertionError(failures().toString());
            }
            boolean all = true;
            for (int i = 0; i < clients.size(); i++) {
                // The first of three may have begun in the phase before.
                all &= clients.get(i).rounds.get() >= before.get(i) + 3;
            }
            if (all) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("no progress in phase " + phase);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    synchronized List<String> failures() {
        return List.copyOf(failures);
    }

    /** Returns how many requests each replica has had in each phase. */
    synchronized Map<String, Map<String, Integer>> byPhase() {
        return new LinkedHashMap<>(byPhase);
    }

    synchronized Map<String, Integer> byKind() {
        return new TreeMap<>(byKind);
    }

    void stop() throws InterruptedException {
        isStopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        isStopped = true;
        http.close();
    }

    /** A user with their two sessions. */
    private final class Client {

        private final AtomicInteger rounds = new AtomicInteger();
        private final Random random;
        private final String email = "ada-" + UUID.randomUUID() + "@example.com";
        private String id = "";
        private String session = "";
        private String accessToken = "";
        private String refreshToken = "";
        private String cookie = "";

        Client(Random random) {
            this.random = random;
        }

        void signUp() throws Exception {
            JsonNode signedUp =
                    json(201, "sign-up", post("/api/auth/signup", Map.of("email", email, "password", Person.PASSWORD)));
            id = signedUp.at("/user/id").textValue();
            session = signedUp.path("session_id").textValue();
            take(signedUp);
            HttpResponse<String> signedIn = expect(
                    200,
                    "sign-in by cookie",
                    post("/api/auth/sign-in/email", Map.of("email", email, "password", Person.PASSWORD)));
            cookie = signedIn.headers().allValues("set-cookie").stream()
                    .filter(it -> it.startsWith(COOKIE + "="))
                    .map(it -> it.substring(0, it.indexOf(';')))
                    .findFirst()
                    .orElseThrow();
        }

        void goOn() {
            while (!isStopped && failures().isEmpty()) {
                try {
                    readOwnRoute(accessToken);
                    passTheGate();
                    readSessionOfCookie();
                    introspect();
                    refresh();
                    readOwnRoute(tokenOfCookie());
                    if (rounds.get() % 3 == 0) {
                        signInAndOutElsewhere();
                    }
                } catch (Exception | AssertionError e) {
                    fail(String.valueOf(e));
                }
                rounds.incrementAndGet();
            }
        }

        private void readOwnRoute(String token) throws Exception {
            JsonNode user = json(200, "own route", bearing("/api/users/" + id, token));
            require(user.path("id").asText().equals(id), "own route of another user: " + user);
        }

        private void passTheGate() throws Exception {
            expect(200, "gate, own", gate("/api/" + id + "/tasks"));
            expect(403, "gate, of another", gate("/api/somebody-else/tasks"));
        }

        private HttpRequest.Builder gate(String uri) {
            return bearing("/api/auth/verify", accessToken)
                    .header("X-Original-Method", "GET")
                    .header("X-Original-URI", uri);
        }

        private void readSessionOfCookie() throws Exception {
            JsonNode found = json(
                    200,
                    "session of a cookie",
                    request("/api/auth/get-session").header("Cookie", cookie).GET());
            require(found.at("/user/id").asText().equals(id), "signed out of the cookie's session: " + found);
        }

        private String tokenOfCookie() throws Exception {
            return json(
                            200,
                            "token of a cookie",
                            request("/api/auth/token").header("Cookie", cookie).GET())
                    .path("token")
                    .asText();
        }

        private void introspect() throws Exception {
            String shop = Base64.getEncoder().encodeToString(("shop:" + SHOP).getBytes(StandardCharsets.UTF_8));
            JsonNode found = json(
                    200,
                    "introspection",
                    request("/oauth/introspect")
                            .header("Authorization", "Basic " + shop)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString("token=" + accessToken)));
            require(found.path("active").asBoolean(), "introspection refuses the token: " + found);
        }

        /** A client that got no response sends the same token once more, maybe to another replica. */
        private void refresh() throws Exception {
            String spent = refreshToken;
            JsonNode first = json(200, "refresh", post("/api/auth/refresh", Map.of("refresh_token", spent)));
            JsonNode again = json(200, "repeated refresh", post("/api/auth/refresh", Map.of("refresh_token", spent)));
            require(
                    first.path("refresh_token").equals(again.path("refresh_token")),
                    "a spent refresh token has two successors");
            require(first.path("session_id").asText().equals(session), "another session: " + first.path("session_id"));
            take(random.nextBoolean() ? first : again);
        }

        /** Of another device; this one's sessions go on. */
        private void signInAndOutElsewhere() throws Exception {
            JsonNode other =
                    json(200, "sign-in", post("/api/auth/login", Map.of("email", email, "password", Person.PASSWORD)));
            String secret = other.path("refresh_token").asText();
            readOwnRoute(other.path("access_token").asText());
            expect(204, "sign-out", post("/api/auth/logout", Map.of("refresh_token", secret)));
            expect(401, "refresh after sign-out", post("/api/auth/refresh", Map.of("refresh_token", secret)));
        }

        private void take(JsonNode tokens) {
            accessToken = tokens.path("access_token").asText();
            refreshToken = tokens.path("refresh_token").asText();
        }

        private HttpRequest.Builder bearing(String path, String token) {
            return request(path).header("Authorization", "Bearer " + token).GET();
        }

        private HttpRequest.Builder post(String path, Map<String, String> body) {
            return request(path)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(JSON.valueToTree(body).toString()));
        }

        /** The host and port are set when it is sent. */
        private HttpRequest.Builder request(String path) {
            return HttpRequest.newBuilder(URI.create("http://localhost" + path)).timeout(HANG);
        }

        private JsonNode json(int status, String kind, HttpRequest.Builder request) throws Exception {
            return JSON.readTree(expect(status, kind, request).body());
        }

        private HttpResponse<String> expect(int status, String kind, HttpRequest.Builder request) throws Exception {
            Replica replica = choose(random, kind);
            try {
                URI uri = request.build().uri();
                HttpResponse<String> response = http.send(
                        request.uri(URI.create(
                                        "http://localhost:" + replica.process().port() + uri.getPath()))
                                .build(),
                        BodyHandlers.ofString());
                require(
                        response.statusCode() == status,
                        "%s at %s: %d instead of %d %s"
                                .formatted(kind, replica.name(), response.statusCode(), status, response.body()));
                return response;
            } catch (IOException e) {
                throw new AssertionError(kind + " at " + replica.name() + ": no response", e);
            } finally {
                replica.running().decrementAndGet();
            }
        }
    }

    private synchronized Replica choose(Random random, String kind) {
        Replica replica = rotation.get(random.nextInt(rotation.size()));
        replica.running().incrementAndGet();
        byPhase.computeIfAbsent(phase, it -> new TreeMap<>()).merge(replica.name(), 1, Integer::sum);
        byKind.merge(kind, 1, Integer::sum);
        return replica;
    }

    private synchronized void fail(String reason) {
        failures.add("in phase " + phase + ": " + reason);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
