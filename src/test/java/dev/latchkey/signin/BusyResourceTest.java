package dev.latchkey.signin;

import static dev.latchkey.fixture.Person.PASSWORD;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.PasswordReset;
import dev.latchkey.selfservice.Refusals;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** SC-006: what is more than can be hashed is told when to come back. */
@QuarkusTest
@TestProfile(BusyResourceTest.OneHashAtOnce.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class BusyResourceTest {

    private static final int MANY = 60;
    private static final int AT_ONCE = 4;

    @Inject
    PasswordReset reset;

    @Inject
    EmailLinks links;

    /** One hash at a time and hardly any timeout; attempts are counted, and never too many. */
    public static class OneHashAtOnce implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.password.permits", "1",
                    "latchkey.password.max-wait", "20ms",
                    "latchkey.signin.rate-limit.enabled", "true",
                    "latchkey.signin.rate-limit.account.limit", "100000",
                    "latchkey.signin.rate-limit.address.limit", "100000",
                    "latchkey.signin.rate-limit.sign-up.limit", "100000");
        }
    }

    // SC-006, FR-023: an attempt that came to no hash is given back.
    @Test
    void responds503WithRetryAfterWhenBusy() {
        Person ada = Person.signedUp();

        List<Response> responses = many(i -> Person.signIn(ada.email(), i % 2 == 0 ? PASSWORD : "not the right one"));

        assertTrue(
                Set.of(200, 401, 503).containsAll(statuses(responses)),
                () -> statuses(responses).toString());
        List<Response> busy =
                responses.stream().filter(a -> a.statusCode() == 503).toList();
        assertTrue(!busy.isEmpty() && busy.size() < MANY, () -> busy.size() + " were told to come back");
        for (Response response : busy) {
            response.then().contentType("application/problem+json").body("code", equalTo("BUSY"));
            assertEquals(1, response.headers().getValues("Retry-After").size());
            int seconds = Integer.parseInt(response.header("Retry-After"));
            assertTrue(seconds >= 1 && seconds <= 60);
        }
        assertEquals(
                responses.stream().filter(a -> a.statusCode() == 401).count(),
                Sql.count(
                        "select coalesce(sum(cardinality(taken_at)), 0) from throttle_buckets where id = ?",
                        "account:" + ada.email()));
        Eventually.holds(
                "SC-009: every failure is on record",
                () -> Sql.count("""
                                select count(*) from audit_events
                                where user_id = ? and type = 'sign_in' and outcome = 'failure'""", ada.id())
                        == responses.stream().filter(a -> a.statusCode() != 200).count());
    }

    @Test
    void busySignUpCreatesNoAccount() {
        String nonce = UUID.randomUUID().toString();

        List<Response> responses = many(i -> Person.post("/api/auth/signup", """
                        {"email": "%s-%d@example.com", "password": "%s"}""".formatted(nonce, i, PASSWORD)));

        assertTrue(
                Set.of(201, 503).containsAll(statuses(responses)),
                () -> statuses(responses).toString());
        assertEquals(
                responses.stream().filter(a -> a.statusCode() == 201).count(),
                Sql.count("select count(*) from users where email like ?", nonce + "%"));
    }

    @Test
    void busyPasswordResetKeepsTheLinkValid() {
        Person ada = Person.signedUp();
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<List<Boolean>> flood = CompletableFuture.supplyAsync(() -> Together.times(8, i -> {
            while (!enough.get()) {
                // One account would be locked after a hundred.
                Person.signIn("nobody-" + UUID.randomUUID() + "@example.com", "guess number " + i);
            }
            return true;
        }));

        String token = link(ada);
        PasswordReset.Outcome outcome = redeem(token);
        for (int i = 0; i < 100 && !(outcome instanceof Refusals.Busy); i++) {
            token = link(ada);
            outcome = redeem(token);
        }
        enough.set(true);
        flood.join();

        assertInstanceOf(Refusals.Busy.class, outcome);
        assertTrue(reset.isValid(token));
        assertInstanceOf(PasswordReset.PasswordChanged.class, redeem(token));
        assertFalse(reset.isValid(token));
    }

    private String link(Person person) {
        return QuarkusTransaction.requiringNew()
                .call(() -> links.create(
                                UUID.randomUUID(),
                                EmailLink.Purpose.PASSWORD_RESET,
                                new EmailLink(
                                        new AccountId(person.id()), new EmailAddress(person.email()), null, true, null))
                        .text());
    }

    private PasswordReset.Outcome redeem(String token) {
        return reset.redeem(token, Password.of("another horse, another battery"), Client.NONE);
    }

    // SC-006: verification goes on while passwords are hashed.
    @Test
    void verifiesTokensWhilePasswordsAreHashed() {
        Person ada = Person.signedUp();

        CompletableFuture<List<Response>> flood = CompletableFuture.supplyAsync(
                () -> Together.times(MANY, i -> Person.signIn(ada.email(), "guess number " + i)));
        do {
            ada.bearing().get("/api/auth/session").then().statusCode(200);
        } while (!flood.isDone());

        // Of so many at once from one client address, those that cannot be counted within a second are told to wait.
        assertTrue(Set.of(401, 429, 503).containsAll(statuses(flood.join())));
    }

    /** Sends many requests, as many at once as are counted at once for one client address. */
    private static List<Response> many(IntFunction<Response> request) {
        return IntStream.range(0, MANY / AT_ONCE)
                .boxed()
                .flatMap(round -> Together.times(AT_ONCE, i -> request.apply(round * AT_ONCE + i)).stream())
                .toList();
    }

    private static Set<Integer> statuses(List<Response> responses) {
        return new TreeSet<>(responses.stream().map(Response::statusCode).toList());
    }
}
