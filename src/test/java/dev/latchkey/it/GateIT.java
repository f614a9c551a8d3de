package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Packaged.Ended;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.RawResponse;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.RestAssured;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The gate of the packaged service, with its rules in the environment. */
@Tag("either-package")
class GateIT {

    private static final Map<String, String> RULES = Map.of(
            "LATCHKEY_TRUSTED_PROXIES", "127.0.0.0/8,::1",
            "LATCHKEY_GATE_RULES_0__PATH", "/api/{user_id}/**",
            "LATCHKEY_GATE_RULES_0__ALLOW", "owner",
            "LATCHKEY_GATE_RULES_1__PATH", "/teams/{team}/members/{member}",
            "LATCHKEY_GATE_RULES_1__METHODS", "GET,PUT",
            "LATCHKEY_GATE_RULES_1__ALLOW", "owner",
            "LATCHKEY_GATE_RULES_1__OWNER_PARAMETER", "member",
            "LATCHKEY_GATE_RULES_2__PATH", "/api/status",
            "LATCHKEY_GATE_RULES_2__ALLOW", "public");

    /** Slow enough that many gate requests are decided while one password is being hashed. */
    private static final Map<String, String> SLOW_HASHES = Map.of(
            "LATCHKEY_PASSWORD_ARGON2_PASSES",
            "16",
            "LATCHKEY_PASSWORD_ARGON2_MEMORY",
            // What the heap of the executable has room for.
            "20M",
            "LATCHKEY_PASSWORD_MAX_WAIT",
            "8s");

    private static EmbeddedDatabase database;
    private static Packaged service;
    private static Person ada;

    @BeforeAll
    static void start() {
        database = EmbeddedDatabaseResource.emptyDatabase();
        service = Packaged.ready(database, Packaged.with(RULES, SLOW_HASHES)).addressed();
        ada = Person.signedUp();
    }

    @BeforeEach
    void address() {
        service.addressed();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static List<String> asking(String method, String target) {
        return List.of(
                "X-Original-Method: " + method,
                "X-Original-URI: " + target,
                "Authorization: Bearer " + ada.accessToken());
    }

    private static int decision(String method, String target) throws IOException {
        return RawResponse.to("GET", "/api/auth/verify", asking(method, target), new byte[0])
                .status();
    }

    /** FR-019: by rules that the environment spells. */
    @Test
    void decidesByTheRulesOfTheEnvironment() throws Exception {
        assertEquals(200, decision("GET", "/api/" + ada.id() + "/tasks"));
        assertEquals(403, decision("GET", "/api/somebody-else/tasks"));
        assertEquals(200, decision("PUT", "/teams/red/members/" + ada.id()));
        assertEquals(403, decision("PUT", "/teams/red/members/somebody-else"));
        assertEquals(403, decision("DELETE", "/teams/red/members/" + ada.id()));
        assertEquals(200, decision("GET", "/api/status"));
        assertEquals(403, decision("GET", "/"));
    }

    /** SC-007: the signature of a known token is not computed again. */
    @Test
    void cachesVerifiedToken() throws Exception {
        decision("GET", "/api/status");
        double before = metric("latchkey_tokens_cache_hits_total");
        for (int i = 0; i < 50; i++) {
            assertEquals(200, decision("GET", "/api/" + ada.id()));
        }
        assertEquals(before + 50, metric("latchkey_tokens_cache_hits_total"));
        assertTrue(metric("latchkey_gate_decisions_total{decision=\"allowed\"") >= 50);
    }

    /** Asserted by order, not by time: the gate requests are over before the hashes that were begun first. */
    @Test
    void doesNotWaitBehindPasswords() throws Exception {
        List<CompletableFuture<Integer>> signIns = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            signIns.add(CompletableFuture.supplyAsync(
                    () -> Person.signIn(ada.email(), ada.password()).statusCode(),
                    task -> Thread.ofVirtual().start(task)));
        }
        // The service has to have received them.
        Thread.sleep(200);
        long[] busy = times("/api/auth/verify", asking("GET", "/api/" + ada.id()), 100, 200);
        assertTrue(signIns.stream().anyMatch(signIn -> !signIn.isDone()), "the hashes were over first");
        for (CompletableFuture<Integer> signIn : signIns) {
            int status = signIn.join();
            assertTrue(status == 200 || status == 503, "the status of a sign-in is " + status);
        }
        print("A decision while passwords are hashed", busy);
    }

    /** Side by side, for docs/performance.md; asserts nothing about time. */
    @Test
    void printsTimeOfADecision() throws Exception {
        List<String> asking = asking("GET", "/api/" + ada.id());
        List<String> bearing = asking.subList(2, 3);
        for (int round = 0; round < 2; round++) {
            times("/api/auth/verify", asking, 2_000, 200);
            times("/api/auth/session", bearing, 2_000, 200);
            times("/api/auth/jwks", List.of(), 2_000, 200);
        }
        long[] decision = times("/api/auth/verify", asking, 5_000, 200);
        long[] check = times("/api/auth/session", bearing, 5_000, 200);
        long[] bare = times("/api/auth/jwks", List.of(), 5_000, 200);
        print("A decision", decision);
        print("A route of ours with a token", check);
        print("A route of ours without", bare);
        assertEquals(5_000, decision.length);
    }

    @Test
    void explainsWhichRuleDecides() {
        Ended ended = explain("gate", "explain", "GET", "/api/42/tasks", "--user", "42");
        assertEquals(0, ended.code(), ended.error());
        assertTrue(ended.output().contains("latchkey.gate.rules[0] (/api/{user_id}/**, owner)"), ended.output());
        assertTrue(ended.output().contains("200"), ended.output());
        assertTrue(explain("gate", "explain", "GET", "/api/42/tasks", "--user", "43")
                .output()
                .contains("403"));
        assertTrue(explain("gate", "explain", "GET", "/api/42/tasks").output().contains("401"));
        assertTrue(explain("gate", "explain", "GET", "/api/42/../43").output().contains("dot segment"));
        assertEquals(2, explain("gate", "explain", "GET").code());
    }

    private static Ended explain(String... arguments) {
        return Packaged.command(Packaged.with(Packaged.settings(database), RULES), arguments);
    }

    /** Rules that cannot be meant stop the boot with words that name them. */
    @Test
    void refusesToStartWithContradictoryRules() throws Exception {
        Map<String, String> contradiction = Map.of(
                "LATCHKEY_GATE_RULES_3__PATH", "/api/*/**",
                "LATCHKEY_GATE_RULES_3__ALLOW", "public");
        try (Packaged launched =
                Packaged.launched(Packaged.with(Packaged.settings(database), Packaged.with(RULES, contradiction)))) {
            assertEquals(OptionalInt.of(1), launched.exitCode(Duration.ofSeconds(60)), launched::output);
            assertTrue(launched.output().contains("rules[3] (/api/*/**, public)"), launched.output());
            assertTrue(launched.output().contains("contradicts"), launched.output());
        }
        Map<String, String> typo = Map.of("LATCHKEY_GATE_RULES_3__ALOW", "public");
        try (Packaged launched =
                Packaged.launched(Packaged.with(Packaged.settings(database), Packaged.with(RULES, typo)))) {
            assertEquals(OptionalInt.of(1), launched.exitCode(Duration.ofSeconds(60)), launched::output);
            assertTrue(launched.output().contains("LATCHKEY_GATE_RULES_3__ALOW"), launched.output());
        }
    }

    /** One sample of a metric; a name may end within its labels. */
    private static double metric(String name) {
        String all = RestAssured.given()
                .port(service.managementPort())
                .get("/q/metrics")
                .asString();
        return all.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in\n" + all));
    }

    /** Nanoseconds of each of so many requests on one connection, in order of size. */
    private static long[] times(String target, List<String> headers, int count, int status) throws IOException {
        byte[] request = ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", headers)
                        + (headers.isEmpty() ? "" : "\r\n") + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        long[] times = new long[count];
        try (Socket socket = new Socket("127.0.0.1", service.port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(10_000);
            InputStream responses = new BufferedInputStream(socket.getInputStream());
            for (int i = 0; i < count; i++) {
                long begun = System.nanoTime();
                socket.getOutputStream().write(request);
                assertEquals(status, response(responses));
                times[i] = System.nanoTime() - begun;
            }
        }
        Arrays.sort(times);
        return times;
    }

    /** Reads one response to its end and says its status. */
    private static int response(InputStream responses) throws IOException {
        int status = Integer.parseInt(line(responses).split(" ", 3)[1]);
        int length = 0;
        for (String line = line(responses); !line.isEmpty(); line = line(responses)) {
            String lower = line.toLowerCase(Locale.ROOT);
            assertFalse(lower.startsWith("transfer-encoding"), line);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        assertEquals(length, responses.readNBytes(length).length);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection ended");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static void print(String what, long[] sorted) {
        System.out.printf(
                Locale.ROOT,
                "%s: %d µs (p50), %d µs (p99), %d µs (max) of %d%n",
                what,
                sorted[sorted.length / 2] / 1000,
                sorted[sorted.length * 99 / 100] / 1000,
                sorted[sorted.length - 1] / 1000,
                sorted.length);
    }
}
