package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.password.Passwords.Hashing;
import dev.latchkey.password.Passwords.Verification;
import dev.latchkey.platform.boot.ConfigurationProblem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {

    private static final TestConfig CHEAP =
            new TestConfig(8, false, new TestArgon2(kib(64), 1, 1), Optional.of(2), Duration.ofSeconds(2));

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Passwords passwords = new Passwords(CHEAP, meters);

    // FR-005
    @Test
    void hashesToPhcStringWithoutThePassword() {
        PasswordHash hash = hash("correct horse");
        assertTrue(hash.encoded().startsWith("$argon2id$v=19$m=64,t=1,p=1$"));
        assertFalse(hash.encoded().contains("correct"));
        assertEquals(1, runs("hash"));
        assertEquals(0, runs("verify"));
    }

    @Test
    void acceptsRightPasswordInEitherNormalForm() {
        PasswordHash hash = hash("p\u00E4ssw\u00F6rd of mine");
        assertEquals(new Verification.Matches(false), verify("p\u00E4ssw\u00F6rd of mine", hash));
        assertEquals(new Verification.Matches(false), verify("pa\u0308sswo\u0308rd of mine", hash));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "correct hors", "correct horse ", "Correct horse", "correct horse\u0000", "ｃorrect horse"})
    void refusesEveryOtherPassword(String wrong) {
        assertEquals(new Verification.Mismatch(), verify(wrong, hash("correct horse")));
    }

    // FR-007: unknown account, unreadable hash and wrong password cost the same.
    @Test
    void computesOneHashWithAndWithoutStoredHash() {
        PasswordHash stored = hash("correct horse");
        assertRunsOnce(new Verification.Matches(false), "correct horse", stored);
        assertRunsOnce(new Verification.Mismatch(), "wrong horse", stored);
        assertRunsOnce(new Verification.Mismatch(), "wrong horse", null);
        assertRunsOnce(new Verification.Mismatch(), "", null);
        assertRunsOnce(new Verification.Mismatch(), "wrong horse", new PasswordHash("unknown"));
        assertRunsOnce(new Verification.Mismatch(), "lone \uD800", stored);
        assertRunsOnce(new Verification.Mismatch(), "lone \uD800", null);
        assertRunsOnce(new Verification.Mismatch(), "x".repeat(1_000_000), stored);
    }

    @Test
    void distinguishesLoneSurrogateFromOtherCharacters() {
        PasswordHash hash = hash("lone ?");
        assertEquals(new Verification.Mismatch(), verify("lone \uD800", hash));
        assertThrows(IllegalArgumentException.class, () -> passwords.hash(Password.of("lone \uD800")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain text",
                "$2b$31$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
                "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=64,t=999,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ"
            })
    void refusesUnknownAndAbsurdHashesAndSaysSoWithoutThem(String stored) {
        List<LogRecord> records = new ArrayList<>();
        Logger log = Logger.getLogger(Passwords.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                records.add(entry);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        try {
            assertEquals(new Verification.Mismatch(), verify("plain text", new PasswordHash(stored)));
        } finally {
            log.removeHandler(handler);
        }
        assertEquals(1, records.size());
        assertEquals("ERROR", records.getFirst().getLevel().getName());
        assertTrue(stored.isEmpty() || !records.getFirst().getMessage().contains(stored));
        assertEquals(1, runs("verify"));
    }

    @Test
    void reportsOutdatedHash() {
        PasswordHash old = hash("correct horse");
        for (TestArgon2 changed :
                List.of(new TestArgon2(kib(128), 1, 1), new TestArgon2(kib(64), 2, 1), new TestArgon2(kib(64), 1, 2))) {
            var today = new Passwords(CHEAP.with(changed), new SimpleMeterRegistry());
            assertEquals(new Verification.Matches(true), today.verify(Password.of("correct horse"), old));
            assertEquals(new Verification.Mismatch(), today.verify(Password.of("wrong horse"), old));
            var renewed = assertInstanceOf(Hashing.Hashed.class, today.hash(Password.of("correct horse")))
                    .hash();
            assertEquals(new Verification.Matches(false), today.verify(Password.of("correct horse"), renewed));
        }
    }

    @Test
    void verifiesWhatTheReferenceImplementationHashedWithTheDefaults() {
        var today = new Passwords(CHEAP.with(new TestArgon2(kib(19 * 1024), 2, 1)), new SimpleMeterRegistry());
        assertEquals(
                new Verification.Matches(false),
                today.verify(
                        Password.of("correct horse"),
                        new PasswordHash("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA"
                                + "$k9ohroejZy1PN5E1SbHNPug6vB8eQAahb5SOAp6iGF4")));
    }

    // Interrupted is one way of not being let in that needs no second thread.
    @Test
    void busyComputesNothing() {
        PasswordHash stored = hash("correct horse");
        Thread.currentThread().interrupt();
        assertEquals(
                new Verification.Busy(Duration.ofSeconds(2)), passwords.verify(Password.of("correct horse"), stored));
        assertEquals(new Verification.Busy(Duration.ofSeconds(2)), passwords.verify(Password.of("x"), null));
        assertEquals(new Hashing.Busy(Duration.ofSeconds(2)), passwords.hash(Password.of("correct horse")));
        assertTrue(Thread.interrupted());
        assertEquals(0, runs("verify"));
        assertEquals(1, runs("hash"));
        assertEquals(3, meters.counter("latchkey.password.busy").count());
    }

    // FR-003
    @Test
    void validatesByTheSettings() {
        assertEquals(List.of(new PasswordError.Missing()), passwords.errors(null, null));
        assertEquals(List.of(new PasswordError.TooShort(8)), passwords.errors(Password.of("seven !"), "a@example.com"));
        assertEquals(List.of(), passwords.errors(Password.of("eight !!"), "a@example.com"));
        var strict = new Passwords(
                new TestConfig(15, true, CHEAP.argon2(), Optional.empty(), Duration.ZERO), new SimpleMeterRegistry());
        assertEquals(
                List.of(new PasswordError.TooShort(15), new PasswordError.NeedsUpper(), new PasswordError.NeedsDigit()),
                strict.errors(Password.of("eight !!"), null));
    }

    record BadSetting(TestConfig config, String property) {}

    static List<BadSetting> badSettings() {
        return List.of(
                new BadSetting(CHEAP.withMinimum(0), "latchkey.password.minimum-length"),
                new BadSetting(CHEAP.withMinimum(129), "latchkey.password.minimum-length"),
                new BadSetting(CHEAP.withPermits(0), "latchkey.password.permits"),
                new BadSetting(CHEAP.withPermits(-1), "latchkey.password.permits"),
                new BadSetting(CHEAP.withPermits(65), "latchkey.password.permits"),
                new BadSetting(CHEAP.withMaxWait(Duration.ofMillis(-1)), "latchkey.password.max-wait"),
                new BadSetting(CHEAP.withMaxWait(Duration.ofMillis(8001)), "latchkey.password.max-wait"),
                new BadSetting(CHEAP.with(new TestArgon2(kib(7), 1, 1)), "latchkey.password.argon2.memory"),
                new BadSetting(CHEAP.with(new TestArgon2(kib(1 << 18 | 1), 1, 1)), "latchkey.password.argon2.memory"),
                new BadSetting(
                        CHEAP.with(new TestArgon2(new MemorySize(BigInteger.TWO.pow(62)), 1, 1)),
                        "latchkey.password.argon2.memory"),
                new BadSetting(CHEAP.with(new TestArgon2(kib(64), 0, 1)), "latchkey.password.argon2.passes"),
                new BadSetting(CHEAP.with(new TestArgon2(kib(64), 1, 0)), "latchkey.password.argon2.lanes"));
    }

    @ParameterizedTest
    @MethodSource("badSettings")
    void doesNotStartWithABadSettingAndNamesIt(BadSetting bad) {
        assertEquals(
                List.of(bad.property()),
                new PasswordSettingsCheck(bad.config())
                        .problems().stream()
                                .peek(problem -> assertTrue(problem.severity().stops(false)))
                                .map(ConfigurationProblem::property)
                                .toList());
        assertEquals(List.of(), new PasswordSettingsCheck(CHEAP).problems());
    }

    private void assertRunsOnce(Verification expected, String raw, @Nullable PasswordHash stored) {
        double before = runs("verify");
        assertEquals(expected, verify(raw, stored));
        assertEquals(1, runs("verify") - before);
    }

    private PasswordHash hash(String raw) {
        return assertInstanceOf(Hashing.Hashed.class, passwords.hash(Password.of(raw)))
                .hash();
    }

    private Verification verify(String raw, @Nullable PasswordHash stored) {
        return passwords.verify(Password.of(raw), stored);
    }

    private double runs(String purpose) {
        return meters.counter("latchkey.password.hashes", "purpose", purpose).count();
    }

    private static MemorySize kib(int kib) {
        return new MemorySize(BigInteger.valueOf(kib * 1024L));
    }

    record TestArgon2(MemorySize memory, int passes, int lanes) implements PasswordConfig.Argon2 {}

    record TestConfig(
            int minimumLength,
            boolean composition,
            PasswordConfig.Argon2 argon2,
            Optional<Integer> permits,
            Duration maxWait)
            implements PasswordConfig {

        TestConfig with(PasswordConfig.Argon2 changed) {
            return new TestConfig(minimumLength, composition, changed, permits, maxWait);
        }

        TestConfig withMinimum(int changed) {
            return new TestConfig(changed, composition, argon2, permits, maxWait);
        }

        TestConfig withPermits(int changed) {
            return new TestConfig(minimumLength, composition, argon2, Optional.of(changed), maxWait);
        }

        TestConfig withMaxWait(Duration changed) {
            return new TestConfig(minimumLength, composition, argon2, permits, changed);
        }
    }
}
