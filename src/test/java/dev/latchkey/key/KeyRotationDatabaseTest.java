package dev.latchkey.key;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.audit.AuditLog;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.key.KeyRotation.ReencryptionOutcome;
import dev.latchkey.key.KeyRotation.RetirementOutcome;
import dev.latchkey.key.KeyRotation.RotationOutcome;
import dev.latchkey.key.TestKeys.Settings;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.quarkus.arc.Arc;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduler;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Rotation and retirement on a real database, with as many replicas as a test asks for. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class KeyRotationDatabaseTest {

    private static final Duration AHEAD = Duration.ofMinutes(10);
    private static final Duration OVERLAP = Duration.ofMinutes(20);
    private static final String REPLACED = "the secret that is to be replaced";
    private static final Settings EDDSA = settings(Duration.ofDays(90));

    @Inject
    SigningKeyRepository rows;

    @Inject
    Secrets secrets;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    @Inject
    SigningKeys serving;

    @Inject
    Flyway flyway;

    @Inject
    Scheduler scheduler;

    private String original = "";

    @BeforeEach
    void thereIsOneKeyThatSigns() {
        // The service that runs beside would rotate what a test makes old.
        scheduler.pause(KeyRotation.JOB);
        serving.reread();
        original = Objects.requireNonNull(serving.current().id()).value();
        onlyTheOriginalSigns();
    }

    @AfterEach
    void putBack() {
        onlyTheOriginalSigns();
        serving.changed();
    }

    /**
     * Under the lock, and in this order: the service that runs beside makes a key whenever it sees none that signs, and one
     * that it was just making would come after this.
     */
    private void onlyTheOriginalSigns() {
        QuarkusTransaction.requiringNew().run(() -> {
            rows.lockChanges();
            rows.getEntityManager()
                    .createNativeQuery("update signing_keys set retired_at = null, signs_from = created_at")
                    .executeUpdate();
            rows.getEntityManager()
                    .createNativeQuery("delete from signing_keys where id <> ?1")
                    .setParameter(1, original)
                    .executeUpdate();
        });
    }

    /** Not after each test: one that had just begun again when the next test pauses it would rotate what that makes old. */
    @AfterAll
    static void resumeRotation() {
        Arc.container().instance(Scheduler.class).get().resume(KeyRotation.JOB);
    }

    // Two replicas, and operators, at the same moment: one key.
    @Test
    void makesOneKeyHoweverManyRotateAtOnce() {
        List<RotationOutcome> outcomes = Together.times(6, i -> replica(EDDSA).rotate());

        List<KeyId> made = new ArrayList<>();
        List<KeyId> waiting = new ArrayList<>();
        for (RotationOutcome outcome : outcomes) {
            switch (outcome) {
                case RotationOutcome.Made(KeySummary key) -> made.add(key.id());
                case RotationOutcome.Waiting(KeySummary key) -> waiting.add(key.id());
                case RotationOutcome.OtherSecret(KeyId id) -> throw new AssertionError(id);
            }
        }
        assertEquals(1, made.size());
        assertEquals(5, waiting.size());
        assertTrue(waiting.stream().allMatch(made.getFirst()::equals));
        assertEquals(2, Sql.count("select count(*) from signing_keys"));
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from audit_events where type = 'key_rotation'"
                                + " and details ->> 'by' = 'operator' and details ->> 'key_id' = ?",
                        made.getFirst().value()));
    }

    @Test
    void publishesTheNewKeyAtOnceAndSignsWithTheOldOneMeanwhile() {
        KeySummary next = assertInstanceOf(
                        RotationOutcome.Made.class, replica(EDDSA).rotate())
                .key();

        assertEquals(KeySummary.State.PENDING, next.state());
        Eventually.holds("the service publishes both", () -> serving.published().size() == 2);
        assertEquals(new KeyId(original), serving.current().id());
        assertEquals(1, serving.candidates(Algorithm.EDDSA, next.id().value()).size());
        assertEquals(
                AHEAD.toSeconds(),
                Duration.between(next.createdAt(), next.signsFrom()).toSeconds());
    }

    @Test
    void rotatesWhenTheTimeHasComeAndOnceOnly() {
        age(original, Duration.ofDays(90).minus(AHEAD).minusMinutes(1));
        replica(EDDSA).rotateWhenDue();
        assertEquals(1, Sql.count("select count(*) from signing_keys"), "a minute early");

        age(original, Duration.ofDays(90).minus(AHEAD).plusMinutes(1));
        Together.times(4, i -> {
            replica(EDDSA).rotateWhenDue();
            return i;
        });
        replica(EDDSA).rotateWhenDue();
        assertEquals(2, Sql.count("select count(*) from signing_keys"));
    }

    @Test
    void rotatesNeverWithoutASchedule() {
        age(original, Duration.ofDays(4000));
        replica(Settings.life("EdDSA", Optional.empty(), AHEAD, OVERLAP)).rotateWhenDue();
        assertEquals(1, Sql.count("select count(*) from signing_keys"));
    }

    // A rolling change of the algorithm runs both settings side by side; they must not make keys against each other.
    @Test
    void makesNoKeyForAnotherAlgorithmByScheduleBeforeItIsDue() {
        replica(Settings.life("ES256", Optional.of(Duration.ofDays(90)), AHEAD, OVERLAP))
                .rotateWhenDue();
        assertEquals(1, Sql.count("select count(*) from signing_keys"));
    }

    @Test
    void asksForItsOwnAlgorithmOnceAndAtTheStart() {
        KeyPairs es256 = stored(Settings.algorithm("ES256"), secrets);
        KeyPairs eddsa = stored(EDDSA, secrets);
        eddsa.load();
        es256.load();
        eddsa.load();
        es256.load();
        assertEquals(2, Sql.count("select count(*) from signing_keys"));
        assertEquals(
                "EdDSA", eddsa.load().signing(clock.instant()).orElseThrow().algorithm());
    }

    // "Emergency retirement refuses a key's tokens at once, everywhere."
    @Test
    void retiresTheKeyThatSignsAndPutsASuccessorInItsPlace() {
        RetirementOutcome.Done done =
                assertInstanceOf(RetirementOutcome.Done.class, replica(EDDSA).retire(new KeyId(original)));

        KeyId successor = Objects.requireNonNull(done.successor());
        serving.changed();
        assertEquals(successor, serving.current().id());
        assertEquals(List.of(), serving.candidates(Algorithm.EDDSA, original));
        assertEquals(1, serving.published().size());
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from audit_events where type = 'key_retirement'"
                                + " and details ->> 'by' = 'operator' and details ->> 'key_id' = ?",
                        original));
        assertInstanceOf(RetirementOutcome.Already.class, replica(EDDSA).retire(new KeyId(original)));
    }

    @Test
    void bringsTheKeyThatWaitsForward() {
        KeyId next = assertInstanceOf(RotationOutcome.Made.class, replica(EDDSA).rotate())
                .key()
                .id();
        RetirementOutcome.Done done =
                assertInstanceOf(RetirementOutcome.Done.class, replica(EDDSA).retire(new KeyId(original)));

        assertEquals(next, done.successor());
        serving.changed();
        assertEquals(next, serving.current().id());
        assertEquals(2, Sql.count("select count(*) from signing_keys"), "no third one is needed");
    }

    @Test
    void retiresAKeyThatDoesNotSignWithoutAnyOther() {
        KeyId next = assertInstanceOf(RotationOutcome.Made.class, replica(EDDSA).rotate())
                .key()
                .id();
        assertEquals(new RetirementOutcome.Done(next, null), replica(EDDSA).retire(next));
        serving.changed();
        assertEquals(new KeyId(original), serving.current().id());
        assertEquals(List.of(), serving.candidates(Algorithm.EDDSA, next.value()));
    }

    @Test
    void retiresNothingThatIsNotThere() {
        assertInstanceOf(RetirementOutcome.Unknown.class, replica(EDDSA).retire(new KeyId(original.substring(1))));
        assertInstanceOf(
                RetirementOutcome.Unknown.class,
                replica(EDDSA).retire(new KeyId(original.toLowerCase(Locale.ROOT) + "x")));
        assertEquals(0, Sql.count("select count(*) from signing_keys where retired_at is not null"));
    }

    @Test
    void leavesOneKeyThatSignsWhenItIsRetiredWhileOthersRotate() {
        List<Callable<Object>> tasks = new ArrayList<>();
        tasks.add(() -> replica(EDDSA).retire(new KeyId(original)));
        for (int i = 0; i < 3; i++) {
            tasks.add(() -> replica(EDDSA).rotate());
            tasks.add(() -> stored(EDDSA, secrets).load());
        }
        Together.all(tasks);

        List<KeySummary.State> states =
                replica(EDDSA).list().stream().map(KeySummary::state).toList();
        assertEquals(1, states.stream().filter(KeySummary.State.SIGNING::equals).count(), states.toString());
        assertEquals(1, states.stream().filter(KeySummary.State.RETIRED::equals).count(), states.toString());
        assertTrue(states.size() <= 3, states.toString());
    }

    @Test
    void makesAKeyWhenAllWereRetiredByHand() {
        Sql.update("update signing_keys set retired_at = now()");
        List<Keyring> rings = Together.times(4, i -> stored(EDDSA, secrets).load());
        assertEquals(2, Sql.count("select count(*) from signing_keys"));
        for (Keyring ring : rings) {
            assertNotEquals(
                    original, ring.signing(ring.readAt()).orElseThrow().id().value());
        }
    }

    // "The wrong LATCHKEY_SECRET is told", and does no harm: what it would make, nobody else could use.
    @Test
    void changesNothingWithAnotherMasterSecret() {
        Secrets other = TestKeys.secrets("another master secret of enough bytes");
        KeyRotation wrong = new KeyRotation(stored(EDDSA, other), rows, audit, other, EDDSA);
        age(original, Duration.ofDays(100));

        assertEquals(new RotationOutcome.OtherSecret(new KeyId(original)), wrong.rotate());
        assertEquals(new RetirementOutcome.OtherSecret(new KeyId(original)), wrong.retire(new KeyId(original)));
        wrong.rotateWhenDue();
        stored(Settings.algorithm("ES256"), other).load();

        assertEquals(1, Sql.count("select count(*) from signing_keys where retired_at is null"));
        SigningKeys replica = new SigningKeys(stored(EDDSA, other), other, clock);
        replica.reread();
        assertTrue(replica.readinessProblem().orElseThrow().contains("LATCHKEY_SECRET"));
    }

    /** Two replicas on one database, as the secret is replaced step by step. */
    @Test
    void reencryptsKeysUnderThePresentSecretWhileBothAreInUse() {
        String later = "the secret that replaces the other one";
        Secrets before = TestKeys.secrets(REPLACED);
        Secrets during = TestKeys.secrets(later, REPLACED);
        Secrets after = TestKeys.secrets(later);
        onlyKeyIsOf(REPLACED);
        SigningKeys running = replicaKeys(before);
        KeyId kid = Objects.requireNonNull(running.current().id());

        SigningKeys early = replicaKeys(after);
        assertThrows(SigningKeys.UnavailableException.class, early::current);
        assertThrows(SigningKeys.UnavailableException.class, early::published);

        assertEquals(kid, replicaKeys(during).current().id(), "the previous secret decrypts");
        KeyRotation operator = replica(EDDSA, during);
        assertEquals(new ReencryptionOutcome(List.of(kid), List.of(), List.of()), operator.reencrypt());
        assertEquals(new ReencryptionOutcome(List.of(), List.of(kid), List.of()), operator.reencrypt());
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from audit_events where type = 'key_reencryption' and details ->> 'key_id' = ?",
                        kid.value()));

        running.reread();
        assertEquals(kid, running.current().id(), "a replica with the old secret goes on with what it has");
        early.reread();
        assertEquals(kid, early.current().id(), "one that could not open the key opens it now");
        assertEquals(1, early.published().size());
        assertEquals(kid, replicaKeys(after).current().id(), "the previous secret can be removed");
        assertEquals(
                kid, replicaKeys(TestKeys.secrets(REPLACED, later)).current().id(), "and the step can be undone");
    }

    @Test
    void namesWhatToChangeForAWrongPreviousSecret() {
        onlyKeyIsOf(REPLACED);
        Secrets wrong = TestKeys.secrets("the secret that replaces the other one", "a secret that was never in force");
        SigningKeys replica = replicaKeys(wrong);
        String kid = Sql.column("select id from signing_keys").getFirst();

        String problem = replica.readinessProblem().orElseThrow();
        assertTrue(problem.contains(kid) && problem.contains("into LATCHKEY_SECRET_PREVIOUS"), problem);
        assertEquals(
                new ReencryptionOutcome(List.of(), List.of(), List.of(new KeyId(kid))),
                replica(EDDSA, wrong).reencrypt());
        assertNotNull(replicaKeys(TestKeys.secrets(REPLACED)).current(), "nothing was changed");
    }

    @Test
    void bringsNoKeyForwardThatItCannotOpen() {
        KeyId next = assertInstanceOf(RotationOutcome.Made.class, replica(EDDSA).rotate())
                .key()
                .id();
        Sql.update("update signing_keys set private_sealed = decode('00', 'hex') where id = ?", next.value());
        assertEquals(new RetirementOutcome.OtherSecret(next), replica(EDDSA).retire(new KeyId(original)));
        assertEquals(0, Sql.count("select count(*) from signing_keys where retired_at is not null"));
        // One that has not opened it before.
        SigningKeys replica = new SigningKeys(stored(EDDSA, secrets), secrets, clock);
        replica.reread();
        assertTrue(
                replica.readinessProblem().orElseThrow().contains(next.value()), "readiness says it before its turn");
        assertNotNull(replica.current());
    }

    @Test
    void prunesWhatHasLongBeenOverAndNothingThatHoldsUpAnEnd() {
        KeyRotation replica = replica(EDDSA);
        insertAged("retired-long-ago", Duration.ofDays(30), true);
        insertAged("over-long-ago", Duration.ofDays(20), false);
        insertAged("over-a-little", Duration.ofDays(1), false);
        insertAged("verifying", Duration.ofMinutes(30), false);
        age(original, Duration.ofMinutes(15));

        assertEquals(1, prune(replica, 1));
        assertEquals(
                0, Sql.count("select count(*) from signing_keys where id = 'retired-long-ago'"), "the oldest first");
        assertEquals(0, prune(replica, 100));
        // Its end is reckoned from a key that began a day ago; a little later it goes.
        age("over-a-little", Duration.ofDays(1).plus(OVERLAP).plusMinutes(1));
        assertEquals(1, prune(replica, 100));
        assertEquals(
                List.of("over-a-little", "verifying", original),
                Sql.column("select id from signing_keys order by signs_from"));
    }

    @Test
    void neverPrunesTheOnlyKey() {
        age(original, Duration.ofDays(10_000));
        assertEquals(0, prune(replica(EDDSA), 100));
        Sql.update("update signing_keys set retired_at = now()");
        assertEquals(0, prune(replica(EDDSA), 100));
    }

    /** A database of the version before: the key that it has goes on signing, and counts from the day it was made. */
    @Test
    void takesOverTheKeysOfTheVersionBefore() throws SQLException {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        migrated(database, "001");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into signing_keys (id, algorithm, public_jwk, private_sealed, created_at)"
                    + " values ('old', 'EdDSA', '{}', '', '2026-01-02T03:04:05Z')");
            migrated(database, "latest");
            try (ResultSet row =
                    statement.executeQuery("select signs_from = created_at and retired_at is null from signing_keys")) {
                assertTrue(row.next() && row.getBoolean(1));
            }
        }
    }

    // Whatever changes the table, by whatever means, every replica that listens hears of it.
    @Test
    void notifiesAllReplicas() throws SQLException {
        try (Connection connection = EmbeddedDatabaseResource.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("listen latchkey");
            assertInstanceOf(RotationOutcome.Made.class, replica(EDDSA).rotate());
            assertEquals(List.of("keys"), heard(connection));
            replica(EDDSA).retire(new KeyId(original));
            assertEquals(List.of("keys"), heard(connection).stream().distinct().toList());
            Sql.update("delete from signing_keys where id <> ?", original);
            assertEquals(List.of("keys"), heard(connection));
        }
    }

    private void migrated(EmbeddedDatabase database, String version) {
        Flyway.configure(Thread.currentThread().getContextClassLoader())
                .configuration(flyway.getConfiguration())
                .dataSource(database.url(), database.username(), database.password())
                .target(version)
                .load()
                .migrate();
    }

    /** Waits for the next notifications, but those of revocations: the service deletes ended sessions of other tests. */
    private static List<String> heard(Connection connection) throws SQLException {
        List<String> payloads = new ArrayList<>();
        while (payloads.isEmpty()) {
            PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications(10_000);
            assertTrue(received != null && received.length > 0, "nothing was heard");
            for (PGNotification one : received) {
                if (one.getName().equals("latchkey") && !"revocations".equals(one.getParameter())) {
                    payloads.add(one.getParameter());
                }
            }
        }
        return payloads;
    }

    private int prune(KeyRotation replica, int atMost) {
        return QuarkusTransaction.requiringNew().call(() -> replica.deleteExpired(atMost));
    }

    private static void age(String id, Duration age) {
        Sql.update(
                "update signing_keys set signs_from = now() - make_interval(secs => ?) where id = ?",
                (double) age.toSeconds(),
                id);
    }

    private void insertAged(String id, Duration age, boolean retired) {
        SigningKeyEntity row = TestKeys.row(TestKeys.store(TestKeys.MASTER), Algorithm.EDDSA, clock.instant());
        Sql.update(
                "insert into signing_keys (id, algorithm, public_jwk, private_sealed, signs_from, retired_at)"
                        + " values (?, ?, ?, ?, now() - make_interval(secs => ?),"
                        + " case when ? then now() - make_interval(secs => ?) end)",
                id,
                row.algorithm,
                row.publicJwk,
                row.encryptedPrivateKey,
                (double) age.toSeconds(),
                retired,
                age.toSeconds() - 60.0);
    }

    /** Leaves one key, which is encrypted under this secret; at once, as the serving replica would make one if there were none. */
    private void onlyKeyIsOf(String master) {
        QuarkusTransaction.requiringNew().call(() -> {
            rows.getEntityManager()
                    .createNativeQuery("delete from signing_keys")
                    .executeUpdate();
            rows.insert(
                    TestKeys.store(master).create(Algorithm.ofKeyPair("EdDSA").orElseThrow()), Duration.ZERO);
            return null;
        });
    }

    private KeyRotation replica(KeyConfig config) {
        return replica(config, secrets);
    }

    private KeyRotation replica(KeyConfig config, Secrets master) {
        return new KeyRotation(stored(config, master), rows, audit, master, config);
    }

    private SigningKeys replicaKeys(Secrets master) {
        SigningKeys keys = new SigningKeys(stored(EDDSA, master), master, clock);
        keys.reread();
        return keys;
    }

    private KeyPairs stored(KeyConfig config, Secrets master) {
        return new KeyPairs(rows, master, audit, config, clock);
    }

    private static Settings settings(Duration rotation) {
        return Settings.life("EdDSA", Optional.of(rotation), AHEAD, OVERLAP);
    }
}
