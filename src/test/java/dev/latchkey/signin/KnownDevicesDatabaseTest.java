package dev.latchkey.signin;

import static dev.latchkey.fixture.Person.PASSWORD;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.emaillink.EmailLink;
import dev.latchkey.emaillink.EmailLinks;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.HashRuns;
import dev.latchkey.fixture.ManualClock;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.key.Secrets;
import dev.latchkey.key.TestKeys;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.EmailChange;
import dev.latchkey.selfservice.PasswordReset;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attackers who fail on purpose keep unknown devices out of an account, and no known one; and so many failures in a row lock
 * an account for unknown devices.
 */
@QuarkusTest
@TestProfile(RateLimitsDatabaseTest.Throttled.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class KnownDevicesDatabaseTest {

    private static final int ACCOUNT_LIMIT = 5;
    private static final int LOCK = 100;

    private static final String HOME = "198.51.100.41";
    private static final String EVIL = "198.51.100.42";

    @Inject
    MeterRegistry meters;

    @Inject
    FullBuckets full;

    @Inject
    Accounts accounts;

    @Inject
    Secrets secrets;

    @Inject
    PasswordReset reset;

    @Inject
    EmailChange emailChange;

    @Inject
    EmailLinks links;

    @Inject
    RateLimits rateLimits;

    @BeforeEach
    void resetRateLimits() {
        Sql.update("delete from throttle_buckets");
        full.forgetAll();
    }

    @Test
    void ownerGetsInFromAKnownDeviceWhileOthersAreRefused() {
        Person ada = Person.signedUp();
        String device = device(signIn(HOME, "", ada, PASSWORD));
        failAsStranger(ada);

        long hashes = HashRuns.during(meters, () -> {
            assertEquals(429, signIn(EVIL, "", ada, PASSWORD).statusCode());
            assertEquals(429, signIn(HOME, "", ada, PASSWORD).statusCode(), "without the cookie");
        });
        assertEquals(0, hashes, "whatever the password");

        signIn(HOME, device, ada, PASSWORD).then().statusCode(200);
        assertEquals(429, signIn(EVIL, "", ada, PASSWORD).statusCode(), "the success freed this device only");
        assertEquals(ACCOUNT_LIMIT, taken("account:" + ada.email()));
    }

    @Test
    void cookieOfABetterAuthSignInIsGoodForBothInterfaces() {
        Person ada = Person.signedUp();
        String device = device(betterAuthSignIn("", ada));
        failAsStranger(ada);

        signIn(HOME, device, ada, PASSWORD).then().statusCode(200);
        betterAuthSignIn(device, ada).then().statusCode(200);
        assertEquals(429, betterAuthSignIn("", ada).statusCode());
    }

    @Test
    void signUpMakesTheDeviceKnown() {
        String email = "ada-" + UUID.randomUUID() + "@example.com";
        Response signedUp = Person.post("/api/auth/signup", """
                {"email": "%s", "password": "%s"}""".formatted(email, PASSWORD));
        Person ada = Person.of(signedUp, email, PASSWORD);
        failAsStranger(ada);

        signIn(HOME, device(signedUp), ada, PASSWORD).then().statusCode(200);
    }

    // A stolen cookie must not allow guessing without end.
    @Test
    void knownDeviceHasALimitOfItsOwn() {
        Person ada = Person.signedUp();
        String device = device(signIn(HOME, "", ada, PASSWORD));

        long hashes =
                HashRuns.during(meters, () -> Together.times(10, i -> signIn(HOME, device, ada, "guess number " + i)));

        assertEquals(ACCOUNT_LIMIT, hashes);
        assertEquals(429, signIn(HOME, device, ada, PASSWORD).statusCode());
        signIn(HOME, "", ada, PASSWORD).then().statusCode(200);
    }

    @Test
    void successOfAKnownDeviceStartsItsLimitAnew() {
        Person ada = Person.signedUp();
        String device = device(signIn(HOME, "", ada, PASSWORD));
        for (int i = 0; i < 2; i++) {
            for (int failure = 1; failure < ACCOUNT_LIMIT; failure++) {
                signIn(HOME, device, ada, "wrong").then().statusCode(401);
            }
            signIn(HOME, device, ada, PASSWORD).then().statusCode(200);
        }

        assertEquals(0, Sql.count("""
                        select coalesce(sum(cardinality(taken_at) + failures), 0) from throttle_buckets
                        where id like 'device:%'"""));
    }

    @Test
    void failuresOfAKnownDeviceAreNotKeptForGood() {
        Person ada = Person.signedUp();
        String device = device(signIn(HOME, "", ada, PASSWORD));
        signIn(HOME, device, ada, "wrong").then().statusCode(401);
        Sql.update("update throttle_buckets set failures = ? where id like 'device:%'", LOCK - 1);
        signIn(HOME, device, ada, "wrong").then().statusCode(401);

        assertEquals(1, Sql.count("""
                        select count(*) from throttle_buckets
                        where id like 'device:%' and failures = ? and expires_at < now() + interval '31 days'""", LOCK));
    }

    @Test
    void deviceThatFailsWithoutEndIsNoLongerKnown() {
        Person ada = Person.signedUp();
        String device = device(signIn(HOME, "", ada, PASSWORD));
        signIn(HOME, device, ada, "wrong").then().statusCode(401);
        assertEquals(
                1,
                Sql.update("update throttle_buckets set failures = ?, taken_at = '{}' where id like 'device:%'", LOCK));
        failAsStranger(ada);

        assertEquals(429, signIn(HOME, device, ada, PASSWORD).statusCode());
        full.forgetAll();
        Sql.update("delete from throttle_buckets where id like 'account:%'");
        String renewed = device(signIn(HOME, device, ada, PASSWORD));
        failAsStranger(ada);
        signIn(HOME, renewed, ada, PASSWORD).then().statusCode(200);
    }

    @Test
    void cookieOfOneAccountIsWorthNothingForAnother() {
        Person ada = Person.signedUp();
        Person eve = Person.signedUp();
        String device = device(signIn(EVIL, "", eve, PASSWORD));
        failAsStranger(ada);

        assertEquals(429, signIn(EVIL, device, ada, PASSWORD).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"truncated", "changed", "twice", "garbage"})
    void forgedCookieIsNoKnownDevice(String how) {
        Person ada = Person.signedUp();
        String device = device(signIn(HOME, "", ada, PASSWORD));
        failAsStranger(ada);
        String forged = switch (how) {
            case "truncated" -> device.substring(0, device.length() - 1);
            case "changed" -> (device.charAt(0) == 'A' ? "B" : "A") + device.substring(1);
            case "twice" -> device + "; latchkey_device=" + device;
            default -> "..........";
        };

        assertEquals(429, signIn(HOME, forged, ada, PASSWORD).statusCode());
        signIn(HOME, device, ada, PASSWORD).then().statusCode(200);
    }

    @Test
    void passwordChangeForgetsOtherDevices() {
        Person ada = Person.signedUp();
        String elsewhere = device(signIn(EVIL, "", ada, PASSWORD));
        Response changed = ada.bearing()
                .contentType(ContentType.JSON)
                .body("""
                        {"current_password": "%s", "new_password": "another good phrase"}""".formatted(PASSWORD))
                .put(ada.own("/password"));
        changed.then().statusCode(200);
        failAsStranger(ada);

        assertEquals(429, signIn(EVIL, elsewhere, ada, "another good phrase").statusCode());
        signIn(HOME, device(changed), ada, "another good phrase").then().statusCode(200);
    }

    @Test
    void passwordResetForgetsAllDevicesAndFreesTheAccountAtOnce() {
        Person ada = Person.signedUp();
        String device = device(signIn(HOME, "", ada, PASSWORD));
        failAsStranger(ada);
        assertEquals(429, signIn(HOME, "", ada, PASSWORD).statusCode());

        redeem(ada, "a quite new password");

        signIn(HOME, "", ada, "a quite new password").then().statusCode(200);
        failAsStranger(ada);
        assertEquals(429, signIn(HOME, device, ada, "a quite new password").statusCode());
    }

    @Test
    void hashingAnewForgetsNoDevice() {
        Person ada = Person.signedUp();
        Credential before = accounts.findCredential(new AccountId(ada.id())).orElseThrow();
        assertTrue(QuarkusTransaction.requiringNew()
                .call(() -> accounts.rehashPassword(before, java.util.Objects.requireNonNull(before.hash()))));
        assertEquals(
                before.version(),
                accounts.findCredential(new AccountId(ada.id())).orElseThrow().version());

        assertTrue(QuarkusTransaction.requiringNew()
                .call(() -> accounts.replacePassword(before, java.util.Objects.requireNonNull(before.hash()))));
        assertEquals(
                before.version() + 1,
                accounts.findCredential(new EmailAddress(ada.email()))
                        .orElseThrow()
                        .version());
    }

    @Nested
    class Cookies {

        private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
        private final EmailAddress email = new EmailAddress("ada@example.com");
        private final Credential credential = new Credential(new AccountId("ada"), null, 3);

        @Test
        void isValidFor90DaysAfterTheLatestSignIn() {
            KnownDevices devices = devices();
            Client client = with(devices.issue(email, credential, null, Client.NONE));
            clock.advance(Duration.ofDays(89));
            KnownDevices.Device known = devices.find(email, client).orElseThrow();
            assertTrue(devices.isKnown(known, credential));
            Client renewed = with(devices.issue(email, credential, known, client));
            clock.advance(Duration.ofDays(2));

            assertEquals(Optional.empty(), devices.find(email, client));
            assertEquals(known.id(), devices.find(email, renewed).orElseThrow().id(), "it is the same device");
        }

        @Test
        void isBoundToUserAndVersionOfThePassword() {
            KnownDevices devices = devices();
            KnownDevices.Device device = devices.find(email, with(devices.issue(email, credential, null, Client.NONE)))
                    .orElseThrow();

            assertFalse(devices.isKnown(device, new Credential(credential.user(), null, 4)));
            assertFalse(devices.isKnown(device, new Credential(new AccountId("eve"), null, 3)));
            assertFalse(devices.isKnown(device, null));
            assertTrue(devices.isKnown(device, credential));
        }

        @Test
        void isKnownByThePreviousSecretUntilThatIsRemoved() {
            KnownDevices before = new KnownDevices(TestKeys.secrets("old".repeat(20)), clock);
            KnownDevices during = new KnownDevices(TestKeys.secrets("new".repeat(20), "old".repeat(20)), clock);
            KnownDevices after = new KnownDevices(TestKeys.secrets("new".repeat(20)), clock);
            EmailAddress other = new EmailAddress("eve@example.com");
            Client client = with(before.issue(other, credential, null, Client.NONE));
            client = with(before.issue(email, credential, null, client));

            KnownDevices.Device device = during.find(email, client).orElseThrow();
            assertTrue(during.isAuthentic(client));
            assertTrue(during.isKnown(device, credential));
            assertFalse(during.isKnown(device, new Credential(credential.user(), null, 4)));
            assertEquals(Optional.empty(), after.find(email, client));
            assertFalse(after.isAuthentic(client));

            Client renewed = with(during.issue(email, credential, device, client));
            assertEquals(
                    device.id(), after.find(email, renewed).orElseThrow().id(), "it is signed by the present secret");
            assertTrue(after.isKnown(after.find(email, renewed).orElseThrow(), credential));
            assertEquals(Optional.empty(), before.find(email, renewed));
            KnownDevices.Device eve = during.find(other, renewed).orElseThrow();
            assertTrue(during.isKnown(eve, credential), "the other account goes on");
            assertEquals(9, renewed.deviceCookie().split("\\.").length, "two accounts, none of them twice");
        }

        @Test
        void keepsTheLatestFiveAccounts() {
            KnownDevices devices = devices();
            Client client = Client.NONE;
            for (int i = 0; i < 7; i++) {
                client = with(devices.issue(new EmailAddress("user" + i + "@example.com"), credential, null, client));
            }

            for (int i = 0; i < 7; i++) {
                assertEquals(
                        i >= 2,
                        devices.find(new EmailAddress("user" + i + "@example.com"), client)
                                .isPresent(),
                        "user" + i);
            }
            assertTrue(client.deviceCookie().length() < 500, "it goes with every request");
        }

        @Test
        void saysNothingOfItsAccounts() {
            KnownDevices.Cookie cookie = devices().issue(email, credential, null, Client.NONE);

            assertFalse(cookie.value().contains("ada"));
            assertFalse(cookie.toString().contains(cookie.value()));
            assertFalse(with(cookie).toString().contains(cookie.value()));
            assertNotEquals(
                    cookie, devices().issue(email, credential, null, Client.NONE), "each device has its own id");
        }

        private KnownDevices devices() {
            return new KnownDevices(secrets, clock);
        }

        private static Client with(KnownDevices.Cookie cookie) {
            return new Client("192.0.2.1", "", cookie.value());
        }
    }

    @Nested
    class Lock {

        @Test
        void locksAfterSoManyConsecutiveFailuresUntilThePasswordIsReset() {
            Person ada = Person.signedUp();
            String device = device(signIn(HOME, "", ada, PASSWORD));
            signIn(EVIL, "", ada, "wrong").then().statusCode(401);
            almostLocked("account:" + ada.email());
            signIn(EVIL, "", ada, "wrong").then().statusCode(401);
            windowOver("account:" + ada.email());

            long hashes = HashRuns.during(meters, () -> {
                Response refused = signIn(HOME, "", ada, PASSWORD);
                refused.then().statusCode(429).body("code", equalTo("TOO_MANY_REQUESTS"));
                assertEquals("900", refused.header("Retry-After"), "as an account over its limit");
            });
            assertEquals(0, hashes);
            signIn(HOME, device, ada, PASSWORD).then().statusCode(200);
            full.forgetAll();
            assertEquals(429, signIn(HOME, "", ada, PASSWORD).statusCode(), "a known device does not unlock it");
            assertEquals(
                    1,
                    Sql.count(
                            "select count(*) from throttle_buckets where id = ? and expires_at = 'infinity'",
                            "account:" + ada.email()));

            redeem(ada, "a quite new password");
            signIn(HOME, "", ada, "a quite new password").then().statusCode(200);
        }

        @Test
        void addressWithoutAccountIsLockedAlike() {
            String nobody = "nobody-" + UUID.randomUUID() + "@example.com";
            signIn(EVIL, "", nobody, "wrong").then().statusCode(401);
            almostLocked("account:" + nobody);
            signIn(EVIL, "", nobody, "wrong").then().statusCode(401);
            windowOver("account:" + nobody);

            assertEquals("900", signIn(EVIL, "", nobody, "wrong").header("Retry-After"));
            // Who signs up at that address is not locked by what others did.
            Person nobodyNoMore = Person.signedUp(nobody);
            signIn(HOME, "", nobodyNoMore, PASSWORD).then().statusCode(200);
        }

        @Test
        void addressThatBecomesAnAccountsIsNotLockedByWhatOthersDid() {
            Person ada = Person.signedUp();
            EmailAddress wanted = new EmailAddress("new-" + UUID.randomUUID() + "@example.com");
            signIn(EVIL, "", wanted.canonical(), "wrong").then().statusCode(401);
            almostLocked("account:" + wanted.canonical());
            signIn(EVIL, "", wanted.canonical(), "wrong").then().statusCode(401);
            assertEquals(429, signIn(EVIL, "", wanted.canonical(), "wrong").statusCode());

            EmailLink link = new EmailLink(new AccountId(ada.id()), new EmailAddress(ada.email()), wanted, true, null);
            String token = QuarkusTransaction.requiringNew()
                    .call(() -> links.create(UUID.randomUUID(), EmailLink.Purpose.EMAIL_CHANGE, link))
                    .text();
            emailChange.confirm(token, null, Client.NONE);

            signIn(HOME, "", wanted.canonical(), PASSWORD).then().statusCode(200);
        }

        @Test
        void successFromAnUnknownDeviceStartsAnew() {
            Person ada = Person.signedUp();
            signIn(EVIL, "", ada, "wrong").then().statusCode(401);
            almostLocked("account:" + ada.email());
            signIn(HOME, "", ada, PASSWORD).then().statusCode(200);

            assertEquals(0, failures(ada.email()));
            signIn(EVIL, "", ada, "wrong").then().statusCode(401);
            signIn(EVIL, "", ada, "wrong").then().statusCode(401);
            assertEquals(2, failures(ada.email()));
        }

        @Test
        void neverAllowsMoreFailuresInARowThanTheLimit() {
            Person ada = Person.signedUp();
            signIn(EVIL, "", ada, "wrong").then().statusCode(401);
            Sql.update(
                    "update throttle_buckets set failures = ?, taken_at = '{}' where id = ?",
                    LOCK - 2,
                    "account:" + ada.email());

            long hashes =
                    HashRuns.during(meters, () -> Together.times(20, i -> signIn(EVIL, "", ada, "guess number " + i)));

            assertEquals(2, hashes);
            assertEquals(LOCK, failures(ada.email()));
        }

        // The statement in docs/operations.md.
        @Test
        void administratorUnlocksByStatement() {
            Person ada = Person.signedUp();
            signIn(EVIL, "", ada, "wrong").then().statusCode(401);
            Sql.update("update throttle_buckets set failures = ? where id = ?", LOCK, "account:" + ada.email());
            assertEquals(429, signIn(HOME, "", ada, PASSWORD).statusCode());

            Sql.update("delete from throttle_buckets where id = 'account:' || ?", ada.email());

            full.forgetAll(); // what happens by itself within seconds
            signIn(HOME, "", ada, PASSWORD).then().statusCode(200);
        }

        @Test
        void failuresAreKeptLongerThanTheWindow() {
            Person ada = Person.signedUp();
            signIn(EVIL, "", ada, "wrong").then().statusCode(401);

            assertEquals(1, Sql.count("""
                            select count(*) from throttle_buckets
                            where id = ? and expires_at > now() + interval '29 days'""", "account:" + ada.email()));
            signIn(HOME, "", ada, PASSWORD).then().statusCode(200);
            assertEquals(1, Sql.count("""
                            select count(*) from throttle_buckets
                            where id = ? and expires_at < now() + interval '1 hour'""", "account:" + ada.email()));
        }

        // Anyone can make rows of addresses without an account, as fast as hashes are computed.
        @Test
        void rowsOfAddressesWithoutAccountAreBounded() {
            Person ada = Person.signedUp();
            String insert = """
                    insert into throttle_buckets (id, taken_at, failures, expires_at)
                    select 'account:surplus-' || i || '@example.com', '{}', 1, now() + interval '1 day' + make_interval(secs => i)
                    from generate_series(1, ?) i""";
            Sql.update(insert, 100_010);
            Sql.update(
                    "insert into throttle_buckets (id, taken_at, failures, expires_at) values (?, '{}', 1, now() + interval '1 hour')",
                    "account:" + ada.email());

            int deleted = QuarkusTransaction.requiringNew().call(() -> rateLimits.deleteExpired(1_000));

            assertEquals(10, deleted);
            assertEquals(
                    0, Sql.count("select count(*) from throttle_buckets where id = 'account:surplus-1@example.com'"));
            assertEquals(1, failures(ada.email()), "an account's own row stays");
        }

        private void almostLocked(String bucket) {
            assertEquals(
                    1,
                    Sql.update(
                            "update throttle_buckets set failures = ?, taken_at = '{}' where id = ?",
                            LOCK - 1,
                            bucket));
        }

        private void windowOver(String bucket) {
            Sql.update("update throttle_buckets set taken_at = '{}' where id = ?", bucket);
            full.forgetAll();
        }
    }

    private void redeem(Person person, String password) {
        String token = QuarkusTransaction.requiringNew()
                .call(() -> links.create(
                                UUID.randomUUID(),
                                EmailLink.Purpose.PASSWORD_RESET,
                                new EmailLink(
                                        new AccountId(person.id()), new EmailAddress(person.email()), null, true, null))
                        .text());
        assertTrue(reset.redeem(token, Password.of(password), Client.NONE) instanceof PasswordReset.PasswordChanged);
    }

    private static void failAsStranger(Person person) {
        for (int i = 0; i < ACCOUNT_LIMIT; i++) {
            signIn(EVIL, "", person, "wrong").then().statusCode(401);
        }
        // Many tests fail on purpose, and all from this address.
        Sql.update("delete from throttle_buckets where id = ?", "address:" + EVIL);
    }

    private static Response signIn(String ip, String device, Person person, String password) {
        return signIn(ip, device, person.email(), password);
    }

    private static Response signIn(String ip, String device, String email, String password) {
        var request = given().header("X-Forwarded-For", ip).contentType(ContentType.JSON);
        return (device.isEmpty() ? request : request.header("Cookie", "latchkey_device=" + device))
                .body("""
                        {"email": "%s", "password": "%s"}""".formatted(email, password))
                .post("/api/auth/login");
    }

    private static Response betterAuthSignIn(String device, Person person) {
        // The limit of requests to this path is not the point here.
        String ip = "203.0.113." + Math.floorMod(UUID.randomUUID().hashCode(), 250);
        var request = given().header("X-Forwarded-For", ip).contentType(ContentType.JSON);
        return (device.isEmpty() ? request : request.header("Cookie", "latchkey_device=" + device))
                .body("""
                        {"email": "%s", "password": "%s"}""".formatted(person.email(), PASSWORD))
                .post("/api/auth/sign-in/email");
    }

    private static String device(Response response) {
        List<String> cookies = response.headers().getValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("latchkey_device="))
                .toList();
        assertEquals(1, cookies.size());
        String cookie = cookies.getFirst();
        assertTrue(cookie.endsWith("; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax"));
        return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    }

    private static long failures(String email) {
        return Sql.count("select coalesce(sum(failures), 0) from throttle_buckets where id = ?", "account:" + email);
    }

    private static long taken(String bucket) {
        return Sql.count("select coalesce(sum(cardinality(taken_at)), 0) from throttle_buckets where id = ?", bucket);
    }
}
