package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SC-006: a thousand authentication requests at once, right after a start, and each gets a response that is due. */
@Tag("alone")
class ConcurrencyIT {

    private static final int REQUESTS = 1_000;
    private static final int PEOPLE = 20;

    /** Longer than any response may take, also on a busy machine: what takes longer hangs. */
    private static final Duration HANG = Duration.ofSeconds(30);

    /** What each kind of request may be answered; 503 and 429 tell when to come back. */
    private static final Map<String, Set<Integer>> DUE = Map.of(
            "signup", Set.of(201, 409, 429, 503),
            "login", Set.of(200, 401, 429, 503),
            "refresh", Set.of(200, 401, 429, 503),
            "session", Set.of(200, 401));

    private record Asked(String kind, HttpRequest request) {}

    @Test
    void servesAThousandAuthenticationRequestsAtOnce() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        List<Person> users = new ArrayList<>();
        try (Packaged unused = service(database)) {
            for (int i = 0; i < PEOPLE; i++) {
                users.add(Person.signedUp());
            }
        }
        // Another one, which has served nothing yet and is therefore slowest and takes most memory.
        try (Packaged service = service(database)) {
            List<Asked> requests = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                requests.add(request("http://localhost:" + service.port() + "/api/auth/", i, users));
            }

            Map<String, Map<Integer, Integer>> counts = new TreeMap<>();
            List<String> undue = new ArrayList<>();
            long begun = System.nanoTime();
            List<HttpResponse<String>> responses = sendAtOnce(requests);
            long took = Duration.ofNanos(System.nanoTime() - begun).toMillis();
            for (int i = 0; i < REQUESTS; i++) {
                String kind = requests.get(i).kind();
                HttpResponse<String> response = responses.get(i);
                int status = response.statusCode();
                counts.computeIfAbsent(kind, it -> new TreeMap<>()).merge(status, 1, Integer::sum);
                if (!DUE.get(kind).contains(status)
                        || (!tellsWhenToRetry(response) && (status == 429 || status == 503))) {
                    undue.add(kind + " " + status + " " + response.headers().map() + " " + response.body());
                }
            }
            System.out.printf("%d authentication requests at once, answered in %d ms: %s%n", REQUESTS, took, counts);

            assertEquals(List.of(), undue);
            counts.forEach((kind, statuses) -> assertTrue(
                    statuses.keySet().stream().anyMatch(status -> status < 300), "no " + kind + " succeeded"));
            assertEquals(200, service.managementStatus("/q/health/ready"));
            Person.signedUp().bearing().get("/api/auth/session").then().statusCode(200);
            assertFalse(service.output().contains("\"level\":\"ERROR\""), service.output());
        }
    }

    private static Packaged service(EmbeddedDatabase database) {
        return Packaged.ready(database, Map.of("LATCHKEY_THROTTLE_ENABLED", "false"))
                .addressed();
    }

    private static Asked request(String base, int i, List<Person> users) {
        Person person = users.get((i / 4) % users.size());
        return switch (i % 4) {
            // Some addresses are wanted by more than one.
            case 0 -> post(base, "signup", """
                    {"email": "new-%d@example.com", "password": "%s"}""".formatted(i % 40 == 0 ? i / 80 : i, Person.PASSWORD));
            case 1 -> post(base, "login", """
                    {"email": "%s", "password": "%s"}""".formatted(person.email(), i % 20 == 1 ? "wrong" : Person.PASSWORD));
            case 2 -> post(base, "refresh", """
                    {"refresh_token": "%s"}""".formatted(person.refreshToken()));
            default ->
                new Asked(
                        "session",
                        HttpRequest.newBuilder(URI.create(base + "session"))
                                .header("Authorization", "Bearer " + person.accessToken())
                                .timeout(HANG)
                                .build());
        };
    }

    private static Asked post(String base, String kind, String body) {
        return new Asked(
                kind,
                HttpRequest.newBuilder(URI.create(base + kind))
                        .header("Content-Type", "application/json")
                        .timeout(HANG)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build());
    }

    /** A reset or a hang is an exception here, and fails the test. */
    private static List<HttpResponse<String>> sendAtOnce(List<Asked> requests) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(HANG)
                        .build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> futures = requests.stream()
                    .map(asked -> threads.submit(() -> {
                        start.await();
                        return client.send(asked.request(), HttpResponse.BodyHandlers.ofString());
                    }))
                    .toList();
            start.countDown();
            List<HttpResponse<String>> responses = new ArrayList<>();
            for (Future<HttpResponse<String>> future : futures) {
                responses.add(future.get());
            }
            return responses;
        }
    }

    private static boolean tellsWhenToRetry(HttpResponse<String> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("[1-9]\\d*"))
                .isPresent();
    }
}
