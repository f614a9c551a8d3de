package dev.latchkey.key;

import static dev.latchkey.key.KeySummary.State.EXPIRED;
import static dev.latchkey.key.KeySummary.State.PENDING;
import static dev.latchkey.key.KeySummary.State.RETIRED;
import static dev.latchkey.key.KeySummary.State.SIGNING;
import static dev.latchkey.key.KeySummary.State.VERIFYING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.ManualClock;
import dev.latchkey.platform.boot.DeploymentCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a key ("The shared secret or a key is rotated: old and new both verify during an overlap"). */
class KeyringTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration OVERLAP = Duration.ofMinutes(20);
    private static final KeyPairStore SEALED = TestKeys.store(TestKeys.MASTER);

    private final StoredKey first = key(0, null);
    private final StoredKey second = key(60, null);
    private final StoredKey third = key(90, null);

    @Test
    void publishesAKeyBeforeItSigns() {
        Keyring ring = ring(first, second);
        assertEquals(List.of(SIGNING, PENDING), states(ring, 59, first, second));
        assertTrue(ring.inForce(second, at(59)));
        assertEquals(Optional.of(second), ring.pending(at(59)));
    }

    @Test
    void switchesKeysAtTheInstantOfActivation() {
        Keyring ring = ring(first, second);
        Instant justBefore = at(60).minusNanos(1);
        assertEquals(Optional.of(first), ring.signing(justBefore));
        assertEquals(Optional.of(second), ring.signing(at(60)));
        assertEquals(Optional.empty(), ring.pending(at(60)));
    }

    @Test
    void verifiesUntilTheOverlapEnds() {
        Keyring ring = ring(first, second);
        assertEquals(List.of(VERIFYING, SIGNING), states(ring, 60, first, second));
        assertTrue(ring.inForce(first, at(80).minusNanos(1)));
        assertEquals(List.of(EXPIRED, SIGNING), states(ring, 80, first, second));
    }

    /** However late a third one comes, the first one's end stays what it was. */
    @Test
    void computesEndFromTheNextKey() {
        Keyring ring = ring(first, second, third);
        assertEquals(Optional.of(at(80)), ring.end(first));
        assertEquals(Optional.of(at(110)), ring.end(second));
        assertEquals(Optional.empty(), ring.end(third));
        assertEquals(List.of(EXPIRED, VERIFYING, SIGNING), states(ring, 100, first, second, third));
    }

    @Test
    void keepsLastKeyWithoutSuccessor() {
        assertEquals(List.of(SIGNING), states(ring(first), 60 * 24 * 3650, first));
    }

    @Test
    void refusesRetiredKeyAtOnce() {
        StoredKey retired = key(60, 70);
        Keyring ring = ring(first, retired, key(70, null));
        assertEquals(List.of(RETIRED), states(ring, 70, retired));
    }

    // Security: the older key was over, and what it signed must not count again because its successor is gone.
    @Test
    void doesNotRestoreOlderKeyWhenItsSuccessorIsRetired() {
        StoredKey retired = key(60, 100);
        Keyring ring = ring(first, retired);
        assertEquals(List.of(EXPIRED, RETIRED), states(ring, 100, first, retired));
        assertEquals(Optional.empty(), ring.signing(at(100)));
        assertEquals(List.of(VERIFYING, RETIRED), states(ring, 70, first, retired));
        assertEquals(Optional.empty(), ring.signing(at(70)), "an older one must not sign what soon counts no longer");
    }

    @Test
    void keepsSigningWhenTheNextKeyIsRetired() {
        StoredKey never = key(60, 50);
        Keyring ring = ring(first, never);
        assertEquals(List.of(SIGNING, RETIRED), states(ring, 1000, first, never));
        assertEquals(Optional.empty(), ring.pending(at(55)));
    }

    /** The clocks of two replicas are minutes apart, and apart from the database's: they change at the same moment. */
    @ParameterizedTest
    @ValueSource(longs = {-7, 0, 3, 600})
    void switchesKeysByTheClockOfTheDatabase(long minutesAhead) {
        ManualClock clock = new ManualClock(START.plus(Duration.ofMinutes(minutesAhead)));
        Keyring ring = new Keyring(List.of(first, second), OVERLAP, START, clock.instant());
        SigningKeys keys = new SigningKeys(() -> ring, List.of(), clock);
        keys.reread();

        assertEquals(first.id(), keys.current().id());
        assertEquals(List.of(kid(second), kid(first)), published(keys));
        clock.advance(Duration.ofMinutes(60).minusNanos(1));
        assertEquals(first.id(), keys.current().id());
        clock.advance(Duration.ofNanos(1));
        assertEquals(second.id(), keys.current().id());
        assertEquals(1, keys.candidates(Algorithm.EDDSA, kid(first)).size());
        clock.advance(OVERLAP);
        assertEquals(List.of(), keys.candidates(Algorithm.EDDSA, kid(first)));
        assertEquals(1, keys.candidates(Algorithm.EDDSA, kid(second)).size());
        assertEquals(List.of(kid(second)), published(keys));
        assertEquals(Optional.empty(), keys.readinessProblem());
    }

    /** Said while the old key still signs, so that it can be mended before anybody notices. */
    @Test
    void warnsEarlyThatTheNextKeyCannotBeDecrypted() {
        StoredKey foreign = TestKeys.opened(
                SEALED, TestKeys.row(TestKeys.store("another " + TestKeys.MASTER), Algorithm.EDDSA, at(60)));
        ManualClock clock = new ManualClock(START);
        Keyring ring = new Keyring(List.of(first, foreign), OVERLAP, START, START);
        SigningKeys keys = new SigningKeys(() -> ring, List.of(), clock);
        keys.reread();

        assertEquals(first.id(), keys.current().id());
        String words = keys.readinessProblem().orElseThrow();
        assertTrue(words.contains("LATCHKEY_SECRET") && words.contains(kid(foreign)), words);
        clock.advance(Duration.ofMinutes(60));
        assertThrows(SigningKeys.UnavailableException.class, keys::current);
        assertEquals(1, keys.candidates(Algorithm.EDDSA, kid(first)).size(), "what was signed still counts");
    }

    @Test
    void neitherVerifiesNorPublishesAKeyThatMustNotBeUsed() {
        SigningKeyEntity row = TestKeys.row(SEALED, Algorithm.EDDSA, START);
        row.algorithm = "ES256";
        StoredKey unusable = TestKeys.opened(SEALED, row);
        Keyring ring = new Keyring(List.of(unusable), OVERLAP, START, START);
        SigningKeys keys = new SigningKeys(() -> ring, List.of(), new ManualClock(START));
        keys.reread();

        assertThrows(SigningKeys.UnavailableException.class, keys::published);
        assertEquals(List.of(), keys.candidates(Algorithm.ES256, row.id));
        assertEquals(List.of(), keys.candidates(Algorithm.EDDSA, row.id));
        assertThrows(SigningKeys.UnavailableException.class, keys::current);
        assertTrue(keys.readinessProblem().isPresent());
    }

    /** The words of latchkey doctor. */
    @Test
    void checkNamesAKeyThatTheMasterSecretDoesNotOpen() {
        Keyring good = new Keyring(List.of(first, second), OVERLAP, at(30), at(30));
        DeploymentCheck.CheckResult opened = StoredKeysCheck.check(good).getFirst();
        assertEquals(DeploymentCheck.Status.OK, opened.status());
        assertTrue(opened.message().contains("(2); " + kid(first) + " signs"), opened.message());

        StoredKey foreign = TestKeys.opened(
                SEALED, TestKeys.row(TestKeys.store("another " + TestKeys.MASTER), Algorithm.EDDSA, at(0)));
        Keyring wrong = new Keyring(List.of(foreign, second), OVERLAP, at(30), at(30));
        DeploymentCheck.CheckResult closed = StoredKeysCheck.check(wrong).getFirst();
        assertEquals(DeploymentCheck.Status.ERROR, closed.status());
        assertEquals("key " + kid(foreign), closed.name());
        assertTrue(closed.message().contains("LATCHKEY_SECRET_PREVIOUS"), closed.message());

        Keyring over = new Keyring(List.of(foreign, second), OVERLAP, at(100), at(100));
        assertEquals(
                DeploymentCheck.Status.WARNING,
                StoredKeysCheck.check(over).getFirst().status());
        assertEquals(
                DeploymentCheck.Status.SKIPPED,
                StoredKeysCheck.check(new Keyring(List.of(), OVERLAP, START, START))
                        .getFirst()
                        .status());
    }

    private static List<KeySummary.State> states(Keyring ring, long minutes, StoredKey... keys) {
        return Arrays.stream(keys).map(key -> ring.state(key, at(minutes))).toList();
    }

    /** In the wrong order, which must not matter. */
    private static Keyring ring(StoredKey... keys) {
        return new Keyring(List.of(keys).reversed(), OVERLAP, START, START);
    }

    private static StoredKey key(long signsFrom, @Nullable Integer retiredAt) {
        SigningKeyEntity row = TestKeys.row(SEALED, Algorithm.EDDSA, at(signsFrom));
        row.retiredAt = retiredAt == null ? null : at(retiredAt);
        return TestKeys.opened(SEALED, row);
    }

    private static Instant at(long minutes) {
        return START.plus(Duration.ofMinutes(minutes));
    }

    private static String kid(StoredKey key) {
        return key.id().value();
    }

    private static List<String> published(SigningKeys keys) {
        return keys.published().stream()
                .map((Map<String, Object> jwk) -> (String) Objects.requireNonNull(jwk.get("kid")))
                .toList();
    }
}
