package dev.latchkey.password;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.TestHttp;
import dev.latchkey.password.Passwords.Hashing;
import dev.latchkey.password.Passwords.Verification;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.http.PublicUrl;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {

    /** The heap of the shipped image of the JVM. */
    private static final long HEAP = 256L << 20;

    static final TestConfig CHEAP = new TestConfig(
            8,
            false,
            new TestArgon2(kib(64), 1, 1),
            Optional.empty(),
            Duration.ofSeconds(1),
            Optional.of(2),
            Duration.ofSeconds(2),
            Optional.empty(),
            Duration.ofSeconds(1));

    private static final TestConfig USUAL = CHEAP.with(new TestArgon2(kib(19 * 1024), 2, 1));

    private static final PublicUrl PUBLIC = PublicUrl.of("https://id.example.com");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Passwords passwords = of(CHEAP, meters);

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
                List.of(new TestArgon2(kib(128), 1, 1), new TestArgon2(kib(64), 2, 1), new TestArgon2(kib(65), 1, 1))) {
            var today = of(CHEAP.with(changed), new SimpleMeterRegistry());
            assertEquals(new Verification.Matches(true), today.verify(Password.of("correct horse"), old));
            assertEquals(new Verification.Mismatch(), today.verify(Password.of("wrong horse"), old));
            var renewed = assertInstanceOf(Hashing.Hashed.class, today.hash(Password.of("correct horse")))
                    .hash();
            assertEquals(new Verification.Matches(false), today.verify(Password.of("correct horse"), renewed));
        }
    }

    /** An account imported with one must not be a trigger for anyone who knows its address. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                // With 256 MiB of heap the memory alone would end the process
                "$argon2id$v=19$m=262144,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=65537,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=65536,t=16,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$pbkdf2-sha256$2000000$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "$scrypt$ln=17,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY"
            })
    void neverComputesAnExpensiveHash(String stored) {
        // The dummy's cost, one permit and one verification: as for an unknown account.
        assertRunsOnce(new Verification.TooExpensive(), "correct horse", new PasswordHash(stored));
        assertRunsOnce(new Verification.TooExpensive(), "lone \uD800", new PasswordHash(stored));
        assertEquals(2, meters.counter("latchkey.password.too.expensive").count());
    }

    @Test
    void computesMoreExpensiveHashesWhereTheSettingsAllowIt() {
        PasswordHash hash = hash("correct horse");
        assertEquals(new Verification.Matches(false), verify("correct horse", hash));
        PasswordHash megabyte = assertInstanceOf(
                        Hashing.Hashed.class,
                        of(CHEAP.with(new TestArgon2(kib(2048), 1, 1)), meters).hash(Password.of("correct horse")))
                .hash();
        TestConfig strict = CHEAP.withHashLimits(kib(1024), Duration.ofSeconds(1));
        assertEquals(
                new Verification.TooExpensive(), of(strict, meters).verify(Password.of("correct horse"), megabyte));
        // What new hashes cost is never too expensive.
        assertEquals(
                new Verification.Matches(false),
                of(strict.with(new TestArgon2(kib(2048), 1, 1)), meters)
                        .verify(Password.of("correct horse"), megabyte));
        assertEquals(new Verification.Matches(false), verify("correct horse", megabyte));
    }

    // What the JVM says of heaps of 256 and 128 MiB, which the serial collector makes a survivor space smaller.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "259522560; 64; $argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ; false",
                "259522560; 64; $argon2id$v=19$m=65537,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ; true",
                "129761280; 32; $scrypt$ln=15,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY;"
                        + " false",
                "129761280; 32; $scrypt$ln=16,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY;"
                        + " true",
                "268435456; 64; $argon2id$v=19$m=65537,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ; true",
            })
    void allowsAHashAQuarterOfTheHeapAsItWasSet(long heapBytes, int mib, String stored, boolean tooExpensive) {
        HashLimits limits = new HashLimits(CHEAP, heapBytes);

        assertTrue(limits.description().startsWith("more than " + mib + " MiB"), limits.description());
        assertEquals(tooExpensive, limits.isTooExpensive(new PasswordHash(stored)));
    }

    @Test
    void doesNotReplaceAStrongerHash() {
        PasswordHash hash = hash("correct horse");
        for (TestArgon2 weaker :
                List.of(new TestArgon2(kib(32), 1, 1), new TestArgon2(kib(32), 2, 1), new TestArgon2(kib(64), 1, 2))) {
            assertEquals(
                    new Verification.Matches(false),
                    of(CHEAP.with(weaker), meters).verify(Password.of("correct horse"), hash));
        }
    }

    /** bcrypt compares 72 bytes: what was typed behind them may be a typing error, and must not become the password. */
    @Test
    void doesNotReplaceAHashThatMayBeOfAnotherPassword() {
        PasswordHash eighty = new PasswordHash("$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i");
        assertEquals(new Verification.Matches(false), verify("x".repeat(80), eighty));
        assertEquals(new Verification.Matches(false), verify("x".repeat(72) + " typo", eighty));
        assertEquals(new Verification.Matches(false), verify("x".repeat(72), eighty));
        assertEquals(
                new Verification.Matches(true),
                verify(
                        "correct horse",
                        new PasswordHash("$2b$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC")));
        // Better Auth hashes NFKC, where full-width letters are plain ones.
        PasswordHash betterAuth = new PasswordHash(
                "0123456789abcdef0123456789abcdef:c967f8a4438e68448871a4fbb9b41b2aacaa6d9d98bf76d9740467af6a3305c6601235ae3706eaeaafd4c037201f630b3c3670caf74d8be1d22256672828773e");
        assertEquals(new Verification.Matches(true), verify("correct horse", betterAuth));
        assertEquals(new Verification.Matches(false), verify("ｃorrect horse", betterAuth));
        // HMAC pads its key with zeros.
        PasswordHash pbkdf2 =
                new PasswordHash("pbkdf2_sha256$1000$saltsalt$qQDPSZa3Ormyy9oK1Pu0ZLLwP2Svzmx3yu8OvDdq/J0=");
        assertEquals(new Verification.Matches(true), verify("correct horse", pbkdf2));
        assertEquals(new Verification.Matches(false), verify("correct horse\0", pbkdf2));
    }

    @Test
    void doesNotStartWithMorePermitsThanTheHeapHolds() {
        TestConfig defaults = CHEAP.with(new TestArgon2(kib(19 * 1024), 2, 1));
        assertEquals(List.of(), new PasswordSettingsCheck(defaults.withPermits(9), PUBLIC, HEAP).problems());
        List<ConfigurationProblem> problems =
                new PasswordSettingsCheck(defaults.withPermits(10), PUBLIC, HEAP).problems();
        assertEquals("latchkey.password.permits", problems.getFirst().property());
        assertTrue(problems.getFirst().message().contains("latchkey.password.argon2.memory"));
        assertTrue(problems.getFirst().severity().stops(true));
        assertEquals(1, problems.size());
    }

    // Else one imported hash could end the process.
    @Test
    void doesNotStartWithMoreMemoryForOneHashThanTheHeapHolds() {
        long room = (HEAP >> 10) - 72 * 1024;
        TestConfig fitting = USUAL.withHashLimits(kib(Math.toIntExact(room)), Duration.ofSeconds(1));
        assertEquals(List.of(), new PasswordSettingsCheck(fitting, PUBLIC, HEAP).problems());
        TestConfig larger = USUAL.withHashLimits(kib(Math.toIntExact(room) + 1), Duration.ofSeconds(1));
        List<ConfigurationProblem> problems = new PasswordSettingsCheck(larger, PUBLIC, HEAP).problems();
        assertEquals(1, problems.size());
        assertEquals("latchkey.password.max-hash-memory", problems.getFirst().property());
        assertTrue(problems.getFirst().severity().stops(true));
    }

    @Test
    void verifiesWhatTheReferenceImplementationHashedWithTheDefaults() {
        var today = of(CHEAP.with(new TestArgon2(kib(19 * 1024), 2, 1)), new SimpleMeterRegistry());
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
        var strict = of(CHEAP.withMinimum(15).withComposition(), new SimpleMeterRegistry());
        assertEquals(
                List.of(new PasswordError.TooShort(15), new PasswordError.NeedsUpper(), new PasswordError.NeedsDigit()),
                strict.errors(Password.of("eight !!"), null));
    }

    record BadSetting(TestConfig config, String property) {}

    static Stream<BadSetting> badSettings() {
        TestConfig slowest = CHEAP.withBreachCheck("https://ranges.example.com/", Duration.ofSeconds(5));
        return Stream.of(
                        bad("latchkey.password.minimum-length", CHEAP.withMinimum(0), CHEAP.withMinimum(129)),
                        bad(
                                "latchkey.password.breach-check-url",
                                Stream.of(
                                                "http://ranges.example.com/",
                                                "ftp://127.0.0.1/",
                                                "/range/",
                                                "https:///range/",
                                                "https://ranges.example.com/range",
                                                "https://ranges.example.com/range/#",
                                                "https://user:secret@ranges.example.com/range/",
                                                "http://127.0.0.1.example.com/")
                                        .map(url -> CHEAP.withBreachCheck(url, Duration.ofSeconds(1)))
                                        .toArray(TestConfig[]::new)),
                        bad(
                                "latchkey.password.breach-check-timeout",
                                CHEAP.withBreachCheck("https://ranges.example.com/", Duration.ofMillis(99)),
                                CHEAP.withBreachCheck("https://ranges.example.com/", Duration.ofMillis(5001))),
                        bad(
                                "latchkey.password.permits",
                                CHEAP.withPermits(0),
                                CHEAP.withPermits(-1),
                                CHEAP.withPermits(65)),
                        bad(
                                "latchkey.password.max-hash-memory",
                                CHEAP.withHashLimits(kib(1023), Duration.ofSeconds(1))),
                        bad(
                                "latchkey.password.max-hash-time",
                                CHEAP.withHashLimits(null, Duration.ofMillis(99)),
                                CHEAP.withHashLimits(null, Duration.ofMillis(5001))),
                        bad(
                                "latchkey.password.max-wait",
                                CHEAP.withMaxWait(Duration.ofMillis(-1)),
                                CHEAP.withMaxWait(Duration.ofMillis(8001)),
                                slowest.withMaxWait(Duration.ofMillis(3001))),
                        bad(
                                "latchkey.password.argon2.memory",
                                CHEAP.with(new TestArgon2(kib(7), 1, 1)),
                                CHEAP.with(new TestArgon2(kib(1 << 18 | 1), 1, 1)),
                                CHEAP.with(new TestArgon2(new MemorySize(BigInteger.TWO.pow(62)), 1, 1))),
                        bad("latchkey.password.argon2.passes", CHEAP.with(new TestArgon2(kib(64), 0, 1))),
                        bad("latchkey.password.argon2.lanes", CHEAP.with(new TestArgon2(kib(64), 1, 0))))
                .flatMap(settings -> settings);
    }

    private static Stream<BadSetting> bad(String property, TestConfig... configs) {
        return Arrays.stream(configs).map(config -> new BadSetting(config, property));
    }

    @ParameterizedTest
    @MethodSource("badSettings")
    void doesNotStartWithABadSettingAndNamesIt(BadSetting bad) {
        assertEquals(
                List.of(bad.property()),
                new PasswordSettingsCheck(bad.config(), PUBLIC)
                        .problems().stream()
                                .filter(problem -> problem.severity().stops(false))
                                .map(ConfigurationProblem::property)
                                .toList());
        assertEquals(List.of(), new PasswordSettingsCheck(USUAL, PUBLIC).problems());
    }

    @Test
    void startsWithTheLongestWaitThatLeavesTimeForTheRangeApi() {
        TestConfig longest = USUAL.withMaxWait(Duration.ofSeconds(3))
                .withBreachCheck("https://ranges.example.com/", Duration.ofSeconds(5));
        assertEquals(List.of(), new PasswordSettingsCheck(longest, PUBLIC).problems());
        // Without a range API nothing else is waited for.
        TestConfig alone = USUAL.withMaxWait(Duration.ofSeconds(8));
        assertEquals(List.of(), new PasswordSettingsCheck(alone, PUBLIC).problems());
    }

    static Stream<BadSetting> weakSettings() {
        return Stream.concat(
                bad("latchkey.password.minimum-length", USUAL.withMinimum(1), USUAL.withMinimum(7)),
                bad(
                        "latchkey.password.argon2.memory",
                        USUAL.with(new TestArgon2(kib(8), 1, 1)),
                        USUAL.with(new TestArgon2(kib(7 * 1024 - 1), 16, 1)),
                        USUAL.with(new TestArgon2(kib(7 * 1024), 4, 1)),
                        USUAL.with(new TestArgon2(kib(19 * 1024), 1, 1))));
    }

    @ParameterizedTest
    @MethodSource("weakSettings")
    void startsWithAWeakSettingOnOneMachineOnly(BadSetting weak) {
        for (PublicUrl url : List.of(PUBLIC, PublicUrl.of(""), PublicUrl.of("http://localhost:8080"))) {
            ConfigurationProblem problem =
                    new PasswordSettingsCheck(weak.config(), url).problems().getFirst();
            assertEquals(weak.property(), problem.property());
            assertEquals(!url.isLoopback(), problem.severity().stops(true));
            assertFalse(problem.severity().stops(false));
        }
    }

    // The OWASP cheat sheet calls these equal.
    @ParameterizedTest
    @CsvSource({"47104, 1", "19456, 2", "12288, 3", "9216, 4", "7168, 5"})
    void startsWithRecommendedParameters(int memoryKib, int passes) {
        TestConfig config = USUAL.with(new TestArgon2(kib(memoryKib), passes, 1));
        assertEquals(List.of(), new PasswordSettingsCheck(config, PUBLIC).problems());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://api.pwnedpasswords.com/range/",
                "HTTPS://ranges.example.com:8443/of?prefix=",
                "http://localhost:8081/range/",
                "http://127.0.0.1/",
                "http://[::1]:8081/range/"
            })
    void startsWithARangeApiThatIsProtected(String url) {
        TestConfig config = USUAL.withBreachCheck(url, Duration.ofSeconds(1));
        assertEquals(List.of(), new PasswordSettingsCheck(config, PUBLIC).problems());
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

    static Passwords of(TestConfig config, SimpleMeterRegistry meters) {
        return new Passwords(
                config,
                new HashLimits(config, HEAP),
                new BreachedPasswords(config, TestHttp.CLIENT, Clock.systemUTC(), meters),
                PUBLIC,
                meters);
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
            Optional<MemorySize> maxHashMemory,
            Duration maxHashTime,
            Optional<Integer> permits,
            Duration maxWait,
            Optional<URI> breachCheckUrl,
            Duration breachCheckTimeout)
            implements PasswordConfig {

        TestConfig with(PasswordConfig.Argon2 changed) {
            return new TestConfig(
                    minimumLength,
                    composition,
                    changed,
                    maxHashMemory,
                    maxHashTime,
                    permits,
                    maxWait,
                    breachCheckUrl,
                    breachCheckTimeout);
        }

        TestConfig withMinimum(int changed) {
            return new TestConfig(
                    changed,
                    composition,
                    argon2,
                    maxHashMemory,
                    maxHashTime,
                    permits,
                    maxWait,
                    breachCheckUrl,
                    breachCheckTimeout);
        }

        TestConfig withComposition() {
            return new TestConfig(
                    minimumLength,
                    true,
                    argon2,
                    maxHashMemory,
                    maxHashTime,
                    permits,
                    maxWait,
                    breachCheckUrl,
                    breachCheckTimeout);
        }

        TestConfig withHashLimits(@Nullable MemorySize memory, Duration time) {
            return new TestConfig(
                    minimumLength,
                    composition,
                    argon2,
                    Optional.ofNullable(memory),
                    time,
                    permits,
                    maxWait,
                    breachCheckUrl,
                    breachCheckTimeout);
        }

        TestConfig withPermits(int changed) {
            return new TestConfig(
                    minimumLength,
                    composition,
                    argon2,
                    maxHashMemory,
                    maxHashTime,
                    Optional.of(changed),
                    maxWait,
                    breachCheckUrl,
                    breachCheckTimeout);
        }

        TestConfig withMaxWait(Duration changed) {
            return new TestConfig(
                    minimumLength,
                    composition,
                    argon2,
                    maxHashMemory,
                    maxHashTime,
                    permits,
                    changed,
                    breachCheckUrl,
                    breachCheckTimeout);
        }

        TestConfig withBreachCheck(String url, Duration timeout) {
            return new TestConfig(
                    minimumLength,
                    composition,
                    argon2,
                    maxHashMemory,
                    maxHashTime,
                    permits,
                    maxWait,
                    Optional.of(URI.create(url)),
                    timeout);
        }
    }
}
