package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Sql;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class RevocationsTest {

    @Inject
    Revocations revocations;

    @Inject
    RevokedTokens revoked;

    @Inject
    RevocationRepository rows;

    @Inject
    TransactionSynchronizationRegistry transactions;

    @Inject
    TokenConfig config;

    @Inject
    Clock clock;

    private final String session = UUID.randomUUID().toString();

    // FR-008: the answering replica refuses at once, which is when the change has committed.
    @Test
    void refusesFromTheCommitOn() {
        QuarkusTransaction.requiringNew().run(() -> {
            revocations.revoke(List.of(session));
            assertFalse(revoked.contains(session), "it may still be rolled back");
        });
        assertTrue(revoked.contains(session));
    }

    @Test
    void refusesNothingThatWasRolledBack() {
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    revocations.revoke(List.of(session));
                    throw new IllegalStateException("the change failed");
                }));
        assertFalse(revoked.contains(session));
        assertEquals(0, stored());
    }

    @Test
    void refusesNothingOutsideOfATransaction() {
        assertThrows(RuntimeException.class, () -> revocations.revoke(List.of(session)));
        assertEquals(0, stored());
    }

    // Every other replica learns of it when it next reads, also one that starts later.
    @Test
    void isLearntByOtherReplicas() {
        RevokedTokens elsewhere = new RevokedTokens();
        Revocations replica = new Revocations(rows, elsewhere, transactions, config, clock);
        assertFalse(replica.known());
        replica.read();
        assertTrue(replica.known());
        assertTrue(elsewhere.recent(clock.instant()));
        assertFalse(elsewhere.contains(session));

        revoke(session);
        replica.read();
        assertTrue(elsewhere.contains(session));

        RevokedTokens later = new RevokedTokens();
        new Revocations(rows, later, transactions, config, clock).read();
        assertTrue(later.contains(session));
    }

    // A row is seen when it commits, which may be well after its time was taken.
    @Test
    void isLearntAlsoFromARowThatCommitsLate() {
        RevokedTokens elsewhere = new RevokedTokens();
        Revocations replica = new Revocations(rows, elsewhere, transactions, config, clock);
        replica.read();
        Sql.update(
                "insert into revocations (session_id, revoked_at, expires_at)"
                        + " values (?, clock_timestamp() - interval '50 seconds', now() + interval '1 hour')",
                session);
        replica.read();
        assertTrue(elsewhere.contains(session));
    }

    // A row lives as long as the last access token of its session can, and no longer.
    @Test
    void outlivesEveryAccessTokenOfItsSession() {
        revoke(session);
        Duration kept = config.accessLifetime().plus(config.leeway()).plus(RevokedTokens.RECENT);
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from revocations where session_id = ? and expires_at > now() + cast(? as interval)",
                        session,
                        kept.toSeconds() + " seconds"));
        RevokedTokens elsewhere = new RevokedTokens();
        Instant later = clock.instant().plus(kept);
        new Revocations(rows, elsewhere, transactions, config, Clock.fixed(later, ZoneOffset.UTC)).read();
        assertTrue(elsewhere.contains(session));
        Instant muchLater = clock.instant().plus(kept).plus(Duration.ofHours(1));
        new Revocations(rows, elsewhere, transactions, config, Clock.fixed(muchLater, ZoneOffset.UTC)).read();
        assertFalse(elsewhere.contains(session));
    }

    @Test
    void mayBeSaidTwice() {
        revoke(session);
        revoke(session);
        assertEquals(1, stored());
        QuarkusTransaction.requiringNew().run(() -> revocations.revoke(List.of()));
    }

    @Test
    void prunesWhatIsOverAndNothingElse() {
        QuarkusTransaction.requiringNew().run(() -> revocations.prune(100_000));
        revoke(session);
        String over = "over-" + session;
        revoke(over);
        Sql.update("update revocations set expires_at = now() - interval '1 second' where session_id = ?", over);
        assertEquals(0, QuarkusTransaction.requiringNew().call(() -> revocations.prune(0)));
        assertEquals(1, QuarkusTransaction.requiringNew().call(() -> revocations.prune(10)));
        assertEquals(1, stored());
    }

    private void revoke(String id) {
        QuarkusTransaction.requiringNew().run(() -> revocations.revoke(List.of(id)));
    }

    private long stored() {
        return Sql.count("select count(*) from revocations where session_id = ?", session);
    }
}
