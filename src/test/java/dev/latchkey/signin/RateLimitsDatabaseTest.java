package dev.latchkey.signin;

import static dev.latchkey.fixture.Person.PASSWORD;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.HashRuns;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.HttpConfig;
import dev.latchkey.selfservice.EmailChange;
import dev.latchkey.signin.RateLimits.Bucket;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-023: brute force is slowed. */
@QuarkusTest
@TestProfile(RateLimitsDatabaseTest.Throttled.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class RateLimitsDatabaseTest {

    /** The name of the connections of the service's pool. */
    static final String POOL = "latchkey-pool";

    private static final int ACCOUNT_LIMIT = 5;
    private static final int ADDRESS_LIMIT = 12;
    private static final int SIGN_UP_LIMIT = 4;

    private static final String HERE = "198.51.100.1";
    private static final String THERE = "198.51.100.2";

    @Inject
    MeterRegistry meters;

    /** Small limits, and a proxy on this machine whose word about addresses is believed. */
    public static class Throttled implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.signin.rate-limit.enabled",
                    "true",
                    "latchkey.signin.rate-limit.account.limit",
                    String.valueOf(ACCOUNT_LIMIT),
                    "latchkey.signin.rate-limit.address.limit",
                    String.valueOf(ADDRESS_LIMIT),
                    "latchkey.signin.rate-limit.sign-up.limit",
                    String.valueOf(SIGN_UP_LIMIT),
                    "latchkey.http.trusted-proxies",
                    "127.0.0.1,::1",
                    "quarkus.datasource.jdbc.additional-jdbc-properties.ApplicationName",
                    POOL);
        }
    }

    @Inject
    FullBuckets full;

    @Inject
    RateLimits rateLimits;

    @Inject
    HttpConfig http;

    @Inject
    EmailLinks links;

    @Inject
    EmailChange emailChange;

    @Inject
    RateLimitRepository buckets;

    @BeforeEach
    void resetRateLimits() {
        Sql.update("delete from throttle_buckets");
        full.forgetAll();
    }

    // FR-023: counted before the hash, and atomically.
    @Test
    void computesFiveHashesForAHundredGuessesAtOnce() {
        Person ada = Person.signedUp();
        List<Response> responses = new ArrayList<>();

        long hashes = HashRuns.during(
                meters,
                () -> responses.addAll(Together.times(100, i -> signIn(HERE, ada.email(), "guess number " + i))));

        assertEquals(5, hashes);
        assertEquals(5, responses.stream().filter(a -> a.statusCode() == 401).count());
        List<Response> throttled =
                responses.stream().filter(a -> a.statusCode() == 429).toList();
        assertEquals(95, throttled.size());
        throttled.forEach(RateLimitsDatabaseTest::assertRateLimited);
    }

    // FR-007: neither words nor work tell whether there is an account, also when there were too many attempts.
    @Test
    void hidesWhetherTheAccountExists() {
        Person ada = Person.signedUp();
        String nobody = "nobody-" + UUID.randomUUID() + "@example.com";

        List<Map<String, Object>> known = fail(HERE, ada.email(), 7);
        List<Map<String, Object>> unknown = fail(THERE, nobody, 7);

        assertEquals(known, unknown);
        assertEquals(
                List.of(401, 401, 401, 401, 401, 429, 429),
                known.stream().map(seen -> seen.get("status")).toList());
        assertEquals(
                List.of(1L, 1L, 1L, 1L, 1L, 0L, 0L),
                known.stream().map(seen -> seen.get("hashes")).toList());
    }

    // Over the limit everybody is refused whatever the password, or it would be told by the status.
    @Test
    void refusesRightPasswordOverTheLimit() {
        Person ada = Person.signedUp();
        fail(HERE, ada.email(), ACCOUNT_LIMIT);

        long hashes = HashRuns.during(meters, () -> assertRateLimited(signIn(THERE, ada.email(), PASSWORD)));

        assertEquals(0, hashes);
        Eventually.holds("FR-026: it stands in the record of the account", () -> Sql.count("""
                                select count(*) from audit_events
                                where user_id = ? and details ->> 'reason' = 'throttled'""", ada.id()) == 1);
    }

    @Test
    void refundsSuccessfulAttempts() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 2 * ADDRESS_LIMIT; i++) {
            signIn(HERE, ada.email(), PASSWORD).then().statusCode(200);
        }
        assertEquals(0, taken("account:" + ada.email()));
        assertEquals(0, taken("address:" + HERE));

        fail(HERE, ada.email(), ACCOUNT_LIMIT - 1);
        signIn(HERE, ada.email(), PASSWORD).then().statusCode(200);
        assertEquals(ACCOUNT_LIMIT - 1, taken("account:" + ada.email()));
        signIn(HERE, ada.email(), "wrong").then().statusCode(401);
        signIn(HERE, ada.email(), PASSWORD).then().statusCode(429);
    }

    // It would be kept as long as the window, and 30 days with that of an account.
    @Test
    void refundOfTheOnlyAttemptLeavesNoRow() {
        Person ada = Person.signedUp();
        Sql.update("delete from throttle_buckets");

        signIn(HERE, ada.email(), PASSWORD).then().statusCode(200);

        assertEquals(0, Sql.count("select count(*) from throttle_buckets"));
    }

    @Test
    void refundLosesNoAttemptThatIsCountedMeanwhile() {
        Bucket client = new Bucket("address:" + newAddress(), 100, Duration.ofMinutes(15), Bucket.NEVER);
        Bucket account = new Bucket("account:" + newAddress(), 100, Duration.ofMinutes(15), 1000);

        Together.times(24, i -> {
            List<RateLimits.Allowed.Slot> taken =
                    QuarkusTransaction.requiringNew().call(() -> buckets.take(List.of(client, account)));
            if (i % 3 > 0) {
                QuarkusTransaction.requiringNew().run(() -> buckets.refund(taken, false));
            }
            return i;
        });

        assertEquals(8, taken(client.id()));
        assertEquals(8, taken(account.id()));
        assertEquals(8, Sql.count("select failures from throttle_buckets where id = ?", account.id()));
    }

    // Of many attempts at once, from clients with room, as many count as the account has room for, and for no more
    // clients.
    @Test
    void takesNoPlaceWhereAnotherBucketIsFull() {
        Bucket account = new Bucket("account:" + newAddress(), 3, Duration.ofMinutes(15), Bucket.NEVER);
        List<Bucket> clients = IntStream.range(0, 12)
                .mapToObj(i -> new Bucket("address:" + newAddress(), 5, Duration.ofMinutes(15), Bucket.NEVER))
                .toList();

        List<List<RateLimits.Allowed.Slot>> taken = Together.times(
                12,
                i -> QuarkusTransaction.requiringNew().call(() -> {
                    List<RateLimits.Allowed.Slot> slots = buckets.take(List.of(clients.get(i), account));
                    if (slots.size() == 1) {
                        buckets.refund(slots, false);
                    }
                    return slots;
                }));

        assertEquals(3, taken.stream().filter(slots -> slots.size() == 2).count());
        assertEquals(3, taken(account.id()));
        assertEquals(
                3, clients.stream().filter(client -> taken(client.id()) == 1).count());
    }

    @Test
    void countsDisabledAccountAsFailure() {
        Person ada = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());

        signIn(HERE, ada.email(), PASSWORD).then().statusCode(403);

        assertEquals(1, taken("account:" + ada.email()));
    }

    @Test
    void windowSlides() {
        Person ada = Person.signedUp();
        fail(HERE, ada.email(), ACCOUNT_LIMIT);
        Sql.update(
                "update throttle_buckets set taken_at[1] = taken_at[1] - interval '15 minutes' where id = ?",
                "account:" + ada.email());

        signIn(HERE, ada.email(), "wrong").then().statusCode(401);
        signIn(HERE, ada.email(), PASSWORD).then().statusCode(429);

        Sql.update("""
                update throttle_buckets
                set taken_at = array(select at - interval '15 minutes' from unnest(taken_at) at) where id = ?""", "account:" + ada.email());
        full.forgetAll();
        signIn(HERE, ada.email(), PASSWORD).then().statusCode(200);
    }

    @Test
    void returnsTimeUntilTheNextAttemptIsAllowed() {
        Person ada = Person.signedUp();
        fail(HERE, ada.email(), ACCOUNT_LIMIT);
        Sql.update(
                "update throttle_buckets set taken_at[1] = now() - interval '14 minutes' where id = ?",
                "account:" + ada.email());

        int seconds = Integer.parseInt(signIn(HERE, ada.email(), PASSWORD).header("Retry-After"));

        assertTrue(seconds >= 1 && seconds <= 60, () -> "the oldest leaves within a minute, not in " + seconds + " s");
    }

    @Test
    void bucketThatHasRoomByNowIsNotTakenForFull() {
        Bucket bucket = new Bucket("account:ada@example.com", 2, Duration.ofMinutes(15), 100);
        Sql.update("""
                insert into throttle_buckets (id, taken_at, failures, expires_at)
                values (?, array[now() - interval '20 minutes', now()], 2, now() + interval '1 day')""", bucket.id());

        assertEquals(Duration.ZERO, untilRoom(bucket));
        assertTrue(untilRoom(new Bucket(bucket.id(), 1, bucket.window(), 100)).compareTo(Duration.ofMinutes(14)) > 0);
    }

    private Duration untilRoom(Bucket bucket) {
        return QuarkusTransaction.requiringNew()
                .call(() -> buckets.full(bucket).orElseThrow().untilRoom());
    }

    @Test
    void limitsOneAddressOverAllAccounts() {
        Person ada = Person.signedUp();
        for (int i = 0; i < ADDRESS_LIMIT; i++) {
            signIn(HERE, "nobody-" + i + "@example.com", "wrong").then().statusCode(401);
        }

        assertRateLimited(signIn(HERE, ada.email(), PASSWORD));

        assertEquals(0, taken("account:" + ada.email()), "what computes no hash is not counted with the account");
        signIn(THERE, ada.email(), PASSWORD).then().statusCode(200);
    }

    // An address in another spelling is the same account.
    @Test
    void limitsOneAccountOverAllSpellingsOfItsAddress() {
        Person ada = Person.signedUp();
        for (int i = 0; i < ACCOUNT_LIMIT; i++) {
            signIn(HERE, i % 2 == 0 ? ada.email().toUpperCase(java.util.Locale.ROOT) : " " + ada.email(), "wrong")
                    .then()
                    .statusCode(401);
        }
        signIn(HERE, ada.email(), PASSWORD).then().statusCode(429);
    }

    // IPv6 counts by /64.
    @Test
    void limitsSignUpsOfOneNetwork() {
        for (int i = 0; i < SIGN_UP_LIMIT; i++) {
            signUp("2001:db8:1:2::" + i, newAddress()).then().statusCode(201);
        }

        String late = newAddress();
        assertRateLimited(signUp("2001:db8:1:2:ffff::1", late));

        assertEquals(0, Sql.count("select count(*) from users where email = ?", late));
        signUp("2001:db8:1:3::1", late).then().statusCode(201);
    }

    // A client with a /48 has 65,536 networks of this size.
    @Test
    void limitsTheNetworksOfOneSiteTogether() {
        int budget = SIGN_UP_LIMIT * http.ipv6SiteFactor();
        for (int i = 0; i < budget; i++) {
            assertInstanceOf(RateLimits.Allowed.class, checkSignUp("2001:db8:7:%x::1".formatted(i)));
        }

        RateLimits.Limited limited = assertInstanceOf(RateLimits.Limited.class, checkSignUp("2001:db8:7:ffff::1"));
        assertTrue(limited.retryAfter().isPositive());
        assertEquals(budget, taken("sign-up:2001:db8:7:0:0:0:0:0/48"));
        assertEquals(0, taken("sign-up:2001:db8:7:ffff:0:0:0:0/64"), "what is refused counts nowhere");
        assertInstanceOf(RateLimits.Allowed.class, checkSignUp("2001:db8:8:ffff::1"));
    }

    @Test
    void countsRefusalsOfOneNetworkNotForItsSite() {
        for (int i = 0; i < 3 * SIGN_UP_LIMIT; i++) {
            checkSignUp("2001:db8:9:1::" + i);
        }
        assertEquals(SIGN_UP_LIMIT, taken("sign-up:2001:db8:9:0:0:0:0:0/48"));
        assertInstanceOf(RateLimits.Allowed.class, checkSignUp("2001:db8:9:2::1"));
    }

    private RateLimits.Result checkSignUp(String ip) {
        return rateLimits.checkSignUp(new Client(ip, "test"));
    }

    // The account's own password must not be refused for what others do at an address that it had.
    @Test
    void forgetsTheFormerAddressOfAUser() {
        Person ada = Person.signedUp();
        fail(THERE, ada.email(), ACCOUNT_LIMIT);
        assertRateLimited(onOwnRoute(ada, "DELETE", PASSWORD));
        EmailAddress wanted = new EmailAddress(newAddress());
        EmailLink link = new EmailLink(new AccountId(ada.id()), new EmailAddress(ada.email()), wanted, true, null);
        String token = QuarkusTransaction.requiringNew()
                .call(() -> links.create(UUID.randomUUID(), EmailLink.Purpose.EMAIL_CHANGE, link))
                .text();

        assertInstanceOf(EmailChange.Changed.class, emailChange.confirm(token, null, Client.NONE));

        Person moved = ada.with(Person.refresh(ada.refreshToken())).withEmail(wanted.canonical());
        onOwnRoute(moved, "DELETE", "wrong").then().statusCode(403).body("code", equalTo("INVALID_CREDENTIALS"));
        assertRateLimited(signIn("198.51.100.77", ada.email(), PASSWORD));
        Eventually.holds(
                "what is tried at the former address is not the user's any more",
                () -> Sql.count("""
                        select count(*) from audit_events where user_id is null and type = 'sign_in'
                        and details ->> 'reason' = 'throttled' and ip = ?""", "198.51.100.77") > 0);
    }

    @Test
    void countsTakenAddressButNoInvalidField() {
        Person ada = Person.signedUp();
        for (int i = 0; i < SIGN_UP_LIMIT + 1; i++) {
            signUp(HERE, "not an address").then().statusCode(400);
        }
        // Security: asking who has an account is limited like opening one.
        for (int i = 0; i < SIGN_UP_LIMIT; i++) {
            signUp(HERE, ada.email()).then().statusCode(409);
        }
        assertRateLimited(signUp(HERE, ada.email()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE"})
    void countsPasswordsOfOwnRoutesWithThoseOfSignIn(String method) {
        Person ada = Person.signedUp();
        fail(HERE, ada.email(), 2);
        for (int i = 0; i < ACCOUNT_LIMIT - 2; i++) {
            onOwnRoute(ada, method, "wrong").then().statusCode(403).body("code", equalTo("INVALID_CREDENTIALS"));
        }

        long hashes = HashRuns.during(meters, () -> assertRateLimited(onOwnRoute(ada, method, PASSWORD)));

        assertEquals(0, hashes);
        signIn(THERE, ada.email(), PASSWORD).then().statusCode(429);
        ada.bearing().get(ada.own("")).then().statusCode(200);
        signIn(HERE, ada.email(), PASSWORD).then().statusCode(429);
    }

    @Test
    void refundsRightPasswordOfOwnRoute() {
        Person ada = Person.signedUp();

        onOwnRoute(ada, "PUT", PASSWORD).then().statusCode(200);

        assertEquals(0, taken("account:" + ada.email()));
    }

    @Test
    void countsIpv6ClientsByTheir64BitNetwork() {
        assertEquals(network("2001:db8:1:2::a"), network("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assertNotEquals(network("2001:db8:1:2::a"), network("2001:db8:1:3::a"));
        assertEquals("192.0.2.7", network("192.0.2.7"));
        assertEquals("", network(""));
    }

    private static String network(String ip) {
        return new Client(ip, "").network();
    }

    private static void assertRateLimited(Response response) {
        response.then()
                .statusCode(429)
                .contentType("application/problem+json")
                .body("code", equalTo("TOO_MANY_REQUESTS"));
        assertEquals(1, response.headers().getValues("Retry-After").size());
        int seconds = Integer.parseInt(response.header("Retry-After"));
        assertTrue(seconds >= 1 && seconds <= 3600, () -> "Retry-After: " + seconds);
    }

    /** So many wrong guesses: what each looked like, but for what differs every time. */
    private List<Map<String, Object>> fail(String ip, String email, int times) {
        List<Map<String, Object>> seen = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            Map<String, Object> one = new HashMap<>();
            one.put("hashes", HashRuns.during(meters, () -> {
                Response response = signIn(ip, email, "wrong");
                Map<String, Object> body = new HashMap<>(response.jsonPath().getMap(""));
                body.remove("request_id");
                one.put("status", response.statusCode());
                one.put("body", body);
                one.put(
                        "headers",
                        response.headers().asList().stream()
                                .map(header -> header.getName())
                                .toList());
            }));
            seen.add(one);
        }
        return seen;
    }

    private static String newAddress() {
        return "ada-" + UUID.randomUUID() + "@example.com";
    }

    private static Response signIn(String ip, String email, String password) {
        return post(ip, "/api/auth/login", email, password);
    }

    private static Response signUp(String ip, String email) {
        return post(ip, "/api/auth/signup", email, PASSWORD);
    }

    private static Response post(String ip, String path, String email, String password) {
        return given().header("X-Forwarded-For", ip)
                .contentType(ContentType.JSON)
                .body("""
                        {"email": "%s", "password": "%s"}""".formatted(email, password))
                .post(path);
    }

    private static Response onOwnRoute(Person person, String method, String password) {
        var request = person.bearing().header("X-Forwarded-For", HERE).contentType(ContentType.JSON);
        return method.equals("PUT")
                ? request.body("""
                                {"current_password": "%s", "new_password": "another good phrase"}""".formatted(password)).put(person.own("/password"))
                : request.body("{\"password\": \"" + password + "\"}").delete(person.own(""));
    }

    private static long taken(String bucket) {
        return Sql.count("select coalesce(sum(cardinality(taken_at)), 0) from throttle_buckets where id = ?", bucket);
    }
}
