package dev.latchkey.platform.db;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSource.FlushMode;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** PostgreSQL ends connections in the middle of transactions, as it does when it is restarted or fails over. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class TerminatedConnectionsResourceTest {

    private static final int THREADS = 4;
    private static final int OPERATIONS = 120;

    /** Those that do something now: the others are only found to be dead later. Also some of the others. */
    private static final String TERMINATE = """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
            where pid <> pg_backend_pid() and datname = current_database() and backend_type = 'client backend'
              and application_name <> 'latchkey-listener'
              and (state <> 'idle' or xact_start is not null or random() < 0.1)""";

    @Inject
    AgroalDataSource pool;

    /** Those that were idle are still in the pool, and each would fail a later test that needs several at once. */
    @AfterEach
    void dropDeadConnections() {
        pool.flush(FlushMode.GRACEFUL);
    }

    @Test
    void answersWithoutAnInternalErrorWhileConnectionsAreTerminated() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger terminated = new AtomicInteger();
        Map<String, Integer> statuses = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1)) {
            Future<?> terminator = threads.submit(() -> {
                while (!over.get()) {
                    terminated.addAndGet((int) Sql.count(TERMINATE));
                    pause();
                }
            });
            List<Future<List<Response>>> users = IntStream.range(0, THREADS)
                    .mapToObj(i -> threads.submit(() -> use(new Random(i))))
                    .toList();
            for (Future<List<Response>> user : users) {
                for (Response response : user.get()) {
                    int status = response.statusCode();
                    statuses.merge(Integer.toString(status), 1, Integer::sum);
                    if (status >= 500 && !isUnavailable(response)) {
                        wrong.add(status + " " + response.headers() + " " + response.asString());
                    }
                }
            }
            over.set(true);
            terminator.get();
        }
        System.out.printf("%d connections were terminated; responses: %s%n", terminated.get(), statuses);

        assertEquals(List.of(), wrong);
        assertTrue(terminated.get() > 20, "terminated: " + terminated);
        assertTrue(statuses.containsKey("503"), "no request met a terminated connection: " + statuses);
        Eventually.holds("everything works again", () -> signUp().statusCode() == 201);
    }

    private static List<Response> use(Random random) {
        List<Response> responses = new ArrayList<>();
        Person person = null;
        while (responses.size() < OPERATIONS) {
            if (person == null) {
                String email = "ada-" + UUID.randomUUID() + "@example.com";
                Response response = signUp(email);
                responses.add(response);
                person = response.statusCode() == 201 ? Person.of(response, email, Person.PASSWORD) : null;
                continue;
            }
            Response response = operation(person, random.nextInt(12));
            responses.add(response);
            if (response.statusCode() == 200 && response.body().asString().contains("\"refresh_token\"")) {
                person = person.with(response);
            } else if (response.statusCode() == 401 || random.nextInt(20) == 0) {
                // Ended by an operation of its own, or enough of it.
                person = null;
            }
        }
        return responses;
    }

    private static Response operation(Person person, int number) {
        String json = "{\"name\": \"Ada " + number + "\"}";
        return switch (number) {
            case 0 -> person.bearing().get(person.own(""));
            case 1 -> person.bearing().contentType(ContentType.JSON).body(json).patch(person.own(""));
            case 2 -> person.bearing().get(person.own("/sessions"));
            case 3 -> person.bearing().get(person.own("/events"));
            case 4 -> Person.signIn(person.email(), person.password());
            case 5 -> Person.signIn(person.email(), "not the password");
            case 6, 7 -> Person.refresh(person.refreshToken());
            case 8 ->
                given().header("Origin", "http://localhost:8080")
                        .contentType(ContentType.JSON)
                        .body(Map.of("email", person.email(), "password", person.password()))
                        .post("/api/auth/sign-in/email");
            case 9 -> Person.post("/api/auth/password-reset", "{\"email\": \"" + person.email() + "\"}");
            case 10 -> person.bearing().delete(person.own("/sessions?keep=current"));
            default -> Person.post("/api/auth/logout", "{\"refresh_token\": \"" + person.refreshToken() + "\"}");
        };
    }

    private static Response signUp() {
        return signUp("ada-" + UUID.randomUUID() + "@example.com");
    }

    private static Response signUp(String email) {
        return Person.post(
                "/api/auth/signup", "{\"email\": \"" + email + "\", \"password\": \"" + Person.PASSWORD + "\"}");
    }

    private static boolean isUnavailable(Response response) {
        String retryAfter = response.header("Retry-After");
        return response.statusCode() == 503 && retryAfter != null && retryAfter.matches("[1-9]\\d*");
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(15);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
