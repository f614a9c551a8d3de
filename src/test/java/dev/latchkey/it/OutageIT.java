package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Relay;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The database goes and comes back, again and again, while users sign up, sign in, refresh and read. */
class OutageIT {

    private static final int OUTAGES = 10;
    private static final int USERS = 4;
    private static final Pattern PORT = Pattern.compile(":(\\d+)/");

    @Test
    void answersWithoutAnInternalErrorThroughTenOutages() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        Matcher port = PORT.matcher(database.url());
        assertTrue(port.find(), database.url());
        Relay relay = Relay.to(Integer.parseInt(port.group(1)));
        try (Packaged service = Packaged.ready(
                        database,
                        Map.of(
                                "QUARKUS_DATASOURCE_JDBC_URL",
                                port.replaceFirst(":" + relay.port() + "/"),
                                "LATCHKEY_THROTTLE_ENABLED",
                                "false"))
                .addressed()) {
            AtomicBoolean over = new AtomicBoolean();
            Map<Integer, Integer> statuses = new TreeMap<>();
            List<String> wrong = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<List<Response>>> users = IntStream.range(0, USERS)
                        .mapToObj(i -> threads.submit(() -> use(over)))
                        .toList();
                try {
                    for (int outage = 0; outage < OUTAGES; outage++) {
                        if (outage % 2 == 0) {
                            relay.cut();
                        } else {
                            relay.freeze();
                        }
                        Eventually.holds("not ready", () -> service.managementStatus("/q/health/ready") == 503);
                        assertEquals(200, service.managementStatus("/q/health/live"));
                        relay.restore();
                        Eventually.holds("ready again", () -> service.managementStatus("/q/health/ready") == 200);
                        Eventually.holds("writing again", () -> signUp().statusCode() == 201);
                    }
                } finally {
                    relay.restore();
                    over.set(true);
                }
                for (Future<List<Response>> user : users) {
                    for (Response response : user.get()) {
                        statuses.merge(response.statusCode(), 1, Integer::sum);
                        if (response.statusCode() >= 500
                                && (response.statusCode() != 503 || response.header("Retry-After") == null)) {
                            wrong.add(response.statusCode() + " " + response.asString());
                        }
                    }
                }
            }
            System.out.printf("responses during %d outages: %s%n", OUTAGES, statuses);

            assertEquals(List.of(), wrong);
            assertTrue(statuses.containsKey(503), "no request met an outage: " + statuses);
        }
    }

    private static List<Response> use(AtomicBoolean over) {
        List<Response> responses = new ArrayList<>();
        while (!over.get()) {
            String email = "ada-" + UUID.randomUUID() + "@example.com";
            Response signedUp = signUp(email);
            responses.add(signedUp);
            if (signedUp.statusCode() == 201) {
                Person person = Person.of(signedUp, email, Person.PASSWORD);
                responses.add(person.bearing().get(person.own("")));
                responses.add(Person.refresh(person.refreshToken()));
                responses.add(Person.signIn(email, Person.PASSWORD));
                responses.add(person.bearing().get(person.own("/sessions")));
            }
        }
        return responses;
    }

    private static Response signUp() {
        return signUp("ada-" + UUID.randomUUID() + "@example.com");
    }

    private static Response signUp(String email) {
        return Person.post(
                "/api/auth/signup", "{\"email\": \"" + email + "\", \"password\": \"" + Person.PASSWORD + "\"}");
    }
}
