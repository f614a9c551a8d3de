package dev.latchkey.signin;

import static jakarta.transaction.Status.STATUS_NO_TRANSACTION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Accounts.Credential;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.HashRuns;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.password.Password;
import dev.latchkey.password.Passwords;
import dev.latchkey.platform.http.Client;
import dev.latchkey.signin.PasswordAttempts.Operation;
import dev.latchkey.signin.PasswordAttempts.Reason;
import dev.latchkey.signin.PasswordAttempts.Result;
import dev.latchkey.signin.PasswordAttempts.Verified;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * An attempt at a password is refused by the rate limit before any hash is computed, and costs one hash otherwise, whether
 * there is an account or not. Only a right password runs the operation.
 */
@QuarkusTest
@TestProfile(PasswordAttemptsDatabaseTest.OnePermit.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class PasswordAttemptsDatabaseTest {

    private static final int LIMIT = 5;
    private static final Password RIGHT = Password.of(Person.PASSWORD);
    private static final Password WRONG = Password.of("not the right password");
    private static final Client CLIENT = new Client("198.51.100.7", "test");

    @Inject
    PasswordAttempts attempts;

    @Inject
    RateLimits rateLimits;

    @Inject
    Accounts accounts;

    @Inject
    Passwords passwords;

    @Inject
    MeterRegistry meters;

    private final List<Verified> operations = new ArrayList<>();

    /** One hash at a time, and hardly any wait for the next. */
    public static class OnePermit implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    // These tests are about permits to hash: a pool that is still empty must not refuse first.
                    "quarkus.datasource.jdbc.acquisition-timeout", "8s",
                    "latchkey.password.permits", "1",
                    "latchkey.password.max-wait", "20ms",
                    "latchkey.signin.rate-limit.enabled", "true",
                    "latchkey.signin.rate-limit.account.limit", String.valueOf(LIMIT),
                    "latchkey.signin.rate-limit.address.limit", "100000",
                    "latchkey.signin.rate-limit.sign-up.limit", "100000");
        }
    }

    // FR-023. Over the limit the right password is refused too, or the response would tell a guess from a hit.
    @Test
    void refusesAttemptOverTheRateLimitWithoutHashing() {
        Person ada = Person.signedUp();
        for (int i = 0; i < LIMIT; i++) {
            assertEquals(Reason.WRONG_PASSWORD, refused(attempt(ada, WRONG)).reason());
        }

        long hashes = HashRuns.during(meters, () -> {
            Result.Refused<String> refused = refused(attempt(ada, RIGHT));
            assertEquals(Reason.RATE_LIMITED, refused.reason());
            assertEquals(new AccountId(ada.id()), refused.user());
            assertTrue(refused.retryAfter().isPositive());
        });

        assertEquals(0, hashes);
        assertEquals(List.of(), operations);
    }

    // FR-007
    @Test
    void limitsAttemptsAtAnAddressWithoutAccountAlike() {
        EmailAddress unknown = unknownAddress();
        for (int i = 0; i < LIMIT; i++) {
            refused(attempt(unknown, WRONG));
        }

        long hashes = HashRuns.during(meters, () -> {
            Result.Refused<String> refused = refused(attempt(unknown, WRONG));
            assertEquals(Reason.RATE_LIMITED, refused.reason());
            assertNull(refused.user());
            assertTrue(refused.retryAfter().isPositive());
        });

        assertEquals(0, hashes);
    }

    // Security: the time of a response must not reveal whether there is an account.
    @Test
    void hashesOnceWhenThereIsNoAccount() {
        long hashes = HashRuns.during(meters, () -> {
            Result.Refused<String> refused = refused(attempt(unknownAddress(), RIGHT));
            assertEquals(Reason.UNKNOWN_ACCOUNT, refused.reason());
            assertNull(refused.user());
        });

        assertEquals(1, hashes);
        assertEquals(List.of(), operations);
    }

    @Test
    void hashesOnceWhenTheAccountHasNoPassword() {
        Person ada = Person.signedUp();
        Credential none = new Credential(new AccountId(ada.id()), null);

        long hashes = HashRuns.during(meters, () -> {
            Result.Refused<String> refused = refused(attempt(ada, () -> Optional.of(none), RIGHT, this::refund));
            assertEquals(Reason.WRONG_PASSWORD, refused.reason());
            assertEquals(none.user(), refused.user());
        });

        assertEquals(1, hashes);
        assertEquals(List.of(), operations);
    }

    @Test
    void countsWrongPassword() {
        Person ada = Person.signedUp();

        long hashes = HashRuns.during(meters, () -> {
            Result.Refused<String> refused = refused(attempt(ada, WRONG));
            assertEquals(Reason.WRONG_PASSWORD, refused.reason());
            assertEquals(Duration.ZERO, refused.retryAfter(), "waiting does not help");
        });

        assertEquals(1, hashes);
        assertEquals(1, counted(ada));
        assertEquals(List.of(), operations);
    }

    // SC-006: an attempt without a hash says nothing of the password.
    @Test
    void refundsAttemptThatGotNoPermitToHash() {
        Person ada = Person.signedUp();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<List<Boolean>> flood = CompletableFuture.supplyAsync(() -> Together.times(8, i -> {
            while (!done.get()) {
                passwords.hash(WRONG);
            }
            return true;
        }));

        Result<String> result = attempt(ada, RIGHT);
        for (int i = 0; i < 100 && !(result instanceof Result.Refused); i++) {
            operations.clear();
            result = attempt(ada, RIGHT);
        }
        done.set(true);
        flood.join();

        assertEquals(Reason.BUSY, refused(result).reason());
        assertEquals(new AccountId(ada.id()), refused(result).user());
        assertTrue(refused(result).retryAfter().isPositive());
        assertEquals(0, counted(ada));
        assertEquals(List.of(), operations);
    }

    @Test
    void refusesAfterOneRetryWhenThePasswordKeepsChanging() {
        Person ada = Person.signedUp();

        long hashes = HashRuns.during(meters, () -> {
            Result.Refused<String> refused = refused(attempt(ada, stored(ada), RIGHT, verified -> {
                operations.add(verified);
                return Optional.empty();
            }));
            assertEquals(Reason.CHANGED_MEANWHILE, refused.reason());
        });

        assertEquals(2, hashes);
        assertEquals(2, operations.size());
        assertEquals(1, counted(ada));
    }

    @Test
    void refusesOldPasswordThatWasChangedMeanwhile() {
        Person ada = Person.signedUp();
        Credential before = stored(ada).get().orElseThrow();
        Credential after = new Credential(
                before.user(),
                assertInstanceOf(Passwords.Hashing.Hashed.class, passwords.hash(Password.of("the new password")))
                        .hash());
        Deque<Credential> reads = new ArrayDeque<>(List.of(before, after));

        Result<String> result = attempt(ada, () -> Optional.of(reads.remove()), RIGHT, verified -> {
            operations.add(verified);
            return Optional.empty();
        });

        assertEquals(Reason.WRONG_PASSWORD, refused(result).reason());
        assertEquals(1, operations.size());
    }

    @Test
    void keepsSuccessfulAttemptCountedUnlessTheOperationRefundsIt() {
        Person ada = Person.signedUp();

        attempt(ada, stored(ada), RIGHT, _ -> Optional.of("counted as a failure"));

        assertEquals(1, counted(ada));
    }

    @Test
    void runsOperationOnceWithTheVerifiedCredential() {
        Person ada = Person.signedUp();

        long hashes = HashRuns.during(meters, () -> assertEquals(new Result.Done<>("done"), attempt(ada, RIGHT)));

        assertEquals(1, hashes);
        assertEquals(1, operations.size());
        assertEquals(stored(ada).get().orElseThrow(), operations.getFirst().credential());
        assertFalse(operations.getFirst().outdated());
        assertEquals(0, counted(ada), "the operation refunded the attempt");
    }

    // Security: a hash takes long; in a transaction it would hold a connection of the pool all that time.
    @Test
    void hashesOutsideAnyTransaction() {
        Person ada = Person.signedUp();
        List<Integer> transactions = new ArrayList<>();

        attempt(
                ada,
                () -> {
                    Optional<Credential> read = stored(ada).get();
                    transactions.add(QuarkusTransaction.getStatus());
                    return read;
                },
                RIGHT,
                verified -> {
                    transactions.add(QuarkusTransaction.getStatus());
                    return refund(verified);
                });

        assertEquals(
                List.of(STATUS_NO_TRANSACTION, STATUS_NO_TRANSACTION), transactions, "before the hash and after it");
    }

    private Result<String> attempt(Person user, Password password) {
        return attempt(user, stored(user), password, this::refund);
    }

    private Result<String> attempt(EmailAddress address, Password password) {
        return attempts.attempt(address, () -> accounts.findCredential(address), password, CLIENT, this::refund);
    }

    private Result<String> attempt(
            Person user, Supplier<Optional<Credential>> stored, Password password, Operation<String> operation) {
        return attempts.attempt(new EmailAddress(user.email()), stored, password, CLIENT, operation);
    }

    /** The operation of a sign-in, as far as the attempt is concerned. */
    private Optional<String> refund(Verified verified) {
        operations.add(verified);
        rateLimits.refund(verified.attempt());
        return Optional.of("done");
    }

    private Supplier<Optional<Credential>> stored(Person user) {
        return () -> accounts.findCredential(new AccountId(user.id()));
    }

    private static Result.Refused<String> refused(Result<String> result) {
        return assertInstanceOf(Result.Refused.class, result);
    }

    private static EmailAddress unknownAddress() {
        return new EmailAddress("unknown-" + UUID.randomUUID() + "@example.com");
    }

    private static long counted(Person user) {
        return Sql.count(
                "select coalesce(sum(cardinality(taken_at)), 0) from throttle_buckets where id = ?",
                "account:" + user.email());
    }
}
