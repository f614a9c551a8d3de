package dev.latchkey.password;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Wherever a password is chosen, by either interface, one that is known from a breach is refused; at sign-in none is looked up. */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
@WithTestResource(BreachedPasswordsResourceTest.RangeApi.class)
class BreachedPasswordsResourceTest {

    private static final String BREACHED = "a phrase that leaked once";
    private static final String UNCHECKED = "a phrase without a response";
    private static final String HELD = "a phrase that takes its time";
    private static final String WANTED = "another horse, another battery";

    @Inject
    MeterRegistry meters;

    private MailSink mail;

    /** Its state is in system properties, since it has another class loader than the test. */
    public static final class RangeApi implements QuarkusTestResourceLifecycleManager {

        private static final String IS_HOLDING = RangeApi.class.getName() + ".holding";
        private static final String IS_FREE = RangeApi.class.getName() + ".free";

        private HttpServer server;

        @Override
        public Map<String, String> start() {
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/range/", exchange -> {
                String prefix = exchange.getRequestURI().getPath().substring("/range/".length());
                if (sha1(HELD).startsWith(prefix)) {
                    hold();
                }
                int status = sha1(UNCHECKED).startsWith(prefix) ? 503 : 200;
                byte[] body = ((sha1(BREACHED).startsWith(prefix)
                                        ? sha1(BREACHED).substring(5) + ":7\r\n"
                                        : "") + "0".repeat(35) + ":0")
                        .getBytes(StandardCharsets.US_ASCII);
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
            return Map.of(
                    "latchkey.password.breach-check-url",
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/range/",
                    "latchkey.password.breach-check-timeout",
                    "5s",
                    "latchkey.password.max-wait",
                    "3s");
        }

        private static void hold() {
            System.setProperty(IS_HOLDING, "true");
            for (int i = 0; i < 400 && !Boolean.getBoolean(IS_FREE); i++) {
                try {
                    TimeUnit.MILLISECONDS.sleep(10);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void stop() {
            server.stop(0);
        }
    }

    @BeforeEach
    void startMailServer() {
        mail = MailSink.ofService();
    }

    @AfterEach
    void stopMailServer() {
        mail.close();
    }

    @Test
    void refusesBreachedPasswordAtSignUp() {
        String email = newAddress();
        signUp(email, BREACHED)
                .then()
                .statusCode(400)
                .body("code", equalTo("VALIDATION_FAILED"))
                .body("errors", hasSize(1))
                .body("errors[0].field", equalTo("password"))
                .body("errors[0].code", equalTo("PASSWORD_BREACHED"))
                .body("errors[0].message", containsString("choose another"));
        Person.post("/api/auth/sign-up/email", """
                {"name": "Ada", "email": "%s", "password": "%s"}""".formatted(email, BREACHED))
                .then()
                .statusCode(400)
                .body("code", equalTo("PASSWORD_COMPROMISED"));
        assertEquals(0, Sql.count("select count(*) from users where email = ?", email));
        signUp(email, WANTED).then().statusCode(201);
    }

    @Test
    void refusesBreachedPasswordAtAChange() {
        Person ada = Person.signedUp();
        change(ada, BREACHED)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("new_password"))
                .body("errors[0].code", equalTo("PASSWORD_BREACHED"));
        Response signedIn = Person.post("/api/auth/sign-in/email", """
                {"email": "%s", "password": "%s"}""".formatted(ada.email(), ada.password()));
        given().contentType(ContentType.JSON)
                .header("Authorization", "Bearer " + signedIn.path("token"))
                .body("""
                        {"currentPassword": "%s", "newPassword": "%s"}""".formatted(ada.password(), BREACHED))
                .post("/api/auth/change-password")
                .then()
                .statusCode(400)
                .body("code", equalTo("PASSWORD_COMPROMISED"));
        ada.bearing().get(ada.own("")).then().statusCode(200);
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
        change(ada, WANTED).then().statusCode(200);
    }

    @Test
    void refusesBreachedPasswordAtAResetWhoseLinkStaysValid() {
        Person ada = Person.signedUp();
        Person.post("/api/auth/request-password-reset", """
                {"email": "%s"}""".formatted(ada.email()))
                .then()
                .statusCode(200);
        String token = mail.awaitEmailTo(ada.email()).token();
        reset(token, BREACHED).then().statusCode(400).body("code", equalTo("PASSWORD_COMPROMISED"));
        given().contentType("application/x-www-form-urlencoded; charset=utf-8")
                .formParam("new_password", BREACHED)
                .post("/links/" + token)
                .then()
                .statusCode(400)
                .body(containsString("known from a data breach"));
        ada.bearing().get(ada.own("")).then().statusCode(200);
        reset(token, WANTED).then().statusCode(200);
        Person.signIn(ada.email(), WANTED).then().statusCode(200);
    }

    // Security: a link is valid until a password is accepted, and each one that is not is a request to another service.
    @Test
    void looksPasswordsUpForOneAccountWithinALimit() {
        Person ada = Person.signedUp();
        Person.post("/api/auth/request-password-reset", """
                {"email": "%s"}""".formatted(ada.email()))
                .then()
                .statusCode(200);
        String token = mail.awaitEmailTo(ada.email()).token();
        // One less than the limit of sign-ups.
        Sql.update("""
                insert into throttle_buckets (id, taken_at, expires_at)
                values (?, array(select now() from generate_series(1, 99999)), now() + interval '1 hour')""", "reset:" + ada.email());
        double before = checks();
        reset(token, BREACHED).then().statusCode(400).body("code", equalTo("PASSWORD_COMPROMISED"));

        reset(token, BREACHED).then().statusCode(429);
        Person.post("/api/auth/password-reset/confirm", """
                {"token": "%s", "new_password": "%s"}""".formatted(token, WANTED))
                .then()
                .statusCode(429)
                .body("code", equalTo("TOO_MANY_REQUESTS"));
        Response page = given().contentType("application/x-www-form-urlencoded; charset=utf-8")
                .formParam("new_password", WANTED)
                .post("/links/" + token);
        assertEquals(429, page.statusCode());
        assertTrue(Integer.parseInt(page.header("Retry-After")) > 0);
        page.then().body(containsString("Too many attempts"));

        assertEquals(1, checks() - before);
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
    }

    // Who has a breached password already must not be kept out, and a sign-in must not depend on another service.
    @Test
    void looksNoPasswordUpAtSignIn() {
        Person ada = Person.signedUp();
        double before = checks();
        Person.signIn(ada.email(), ada.password()).then().statusCode(200);
        Person.signIn(ada.email(), BREACHED).then().statusCode(401);
        Person.post("/api/auth/sign-in/email", """
                {"email": "%s", "password": "%s"}""".formatted(ada.email(), ada.password()))
                .then()
                .statusCode(200);
        // An outdated hash is replaced at sign-in, by one of the same password.
        String weaker = Argon2.hash(Password.of(BREACHED), new Argon2Parameters(64, 1, 1), new SecureRandom())
                .encoded();
        Sql.update("update credentials set secret = ? where user_id = ?", weaker, ada.id());
        Person.signIn(ada.email(), BREACHED).then().statusCode(200);
        assertNotEquals(
                weaker,
                Sql.column("select secret from credentials where user_id = ?", ada.id())
                        .getFirst());
        assertEquals(before, checks());
    }

    @Test
    void looksNoPasswordUpThatIsRefusedAnyway() {
        Person ada = Person.signedUp();
        double before = checks();
        signUp(newAddress(), "short").then().statusCode(400);
        signUp("not an address", BREACHED).then().statusCode(400);
        signUp(ada.email(), BREACHED).then().statusCode(409);
        ada.bearing()
                .contentType(ContentType.JSON)
                .body("""
                        {"current_password": "not the right one", "new_password": "%s"}""".formatted(BREACHED))
                .put(ada.own("/password"))
                .then()
                .statusCode(403);
        reset("0".repeat(32), BREACHED).then().statusCode(400).body("code", equalTo("INVALID_TOKEN"));
        assertEquals(before, checks());
    }

    @Test
    void acceptsPasswordWhenTheApiFails() {
        double before = checks();
        signUp(newAddress(), UNCHECKED).then().statusCode(201);
        assertEquals(1, checks() - before);
    }

    // A connection that waits for another service would be missing to all other requests.
    @Test
    void holdsNoTransactionWhileItLooksAPasswordUp() {
        CompletableFuture<Integer> signUp =
                CompletableFuture.supplyAsync(() -> signUp(newAddress(), HELD).statusCode());
        Eventually.holds("the API has the request", () -> Boolean.getBoolean(RangeApi.IS_HOLDING));
        // One of a scheduled task may be seen for a moment.
        Eventually.holds(
                "no transaction is held",
                () -> Sql.count("select count(*) from pg_stat_activity where datname = current_database()"
                                + " and state like 'idle in transaction%'")
                        == 0);
        assertFalse(signUp.isDone());
        System.setProperty(RangeApi.IS_FREE, "true");
        assertEquals(201, signUp.join());
    }

    private double checks() {
        return meters.find("latchkey.password.breach.checks").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static Response signUp(String email, String password) {
        return Person.post("/api/auth/signup", """
                {"email": "%s", "password": "%s"}""".formatted(email, password));
    }

    private static Response change(Person person, String wanted) {
        return person.bearing()
                .contentType(ContentType.JSON)
                .body("""
                        {"current_password": "%s", "new_password": "%s"}""".formatted(person.password(), wanted))
                .put(person.own("/password"));
    }

    private static Response reset(String token, String wanted) {
        return Person.post("/api/auth/reset-password", """
                {"newPassword": "%s", "token": "%s"}""".formatted(wanted, token));
    }

    private static String newAddress() {
        return "ada-" + UUID.randomUUID() + "@example.com";
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of()
                    .withUpperCase()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
