package dev.latchkey.token;

import dev.latchkey.audit.Prunable;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Ends access tokens with their sessions.
 *
 * <p>Revocations are rows first, written with the change that ends a session; this replica knows them as soon as that has
 * committed, the others when they next read.
 */
@ApplicationScoped
public class Revocations implements Prunable {

    private static final Logger LOG = Logger.getLogger(Revocations.class);
    /** A row's time is taken when it is written and it is seen when it commits: no transaction lasts as long as this. */
    private static final Duration LATE_COMMIT = Duration.ofMinutes(1);

    private final RevocationRepository rows;
    private final RevokedTokens revoked;
    private final TransactionSynchronizationRegistry transactions;
    private final Clock clock;
    private final Duration kept;
    private volatile Instant readUntil = Instant.EPOCH.plus(LATE_COMMIT);

    Revocations(
            RevocationRepository rows,
            RevokedTokens revoked,
            TransactionSynchronizationRegistry transactions,
            TokenConfig config,
            Clock clock) {
        this.rows = rows;
        this.revoked = revoked;
        this.transactions = transactions;
        this.clock = clock;
        // The last token of a session may be renewed by a replica that has not heard of the revocation yet (see
        // RevokedTokens.RECENT), and is judged by the slowest clock that is tolerated.
        this.kept =
                config.accessLifetime().plus(config.leeway().multipliedBy(2)).plus(LATE_COMMIT);
    }

    /** Refuses the tokens of these sessions from the moment that the caller's transaction commits. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void revoke(Collection<String> sessionIds) {
        if (sessionIds.isEmpty()) {
            return;
        }
        List<String> ended = List.copyOf(sessionIds);
        rows.insert(ended, kept);
        transactions.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                // Security: when the answer to the commit was lost it may have happened, so the token is refused.
                if (status != Status.STATUS_ROLLEDBACK) {
                    Instant until = clock.instant().plus(kept);
                    ended.forEach(id -> revoked.add(id, until));
                }
            }
        });
    }

    /** Whether this replica has ever known all revocations there were. */
    public boolean known() {
        return revoked.everComplete();
    }

    /** Learns what other replicas revoked; called once there is a schema. */
    @Scheduled(every = "1s", delayed = "1s", concurrentExecution = Scheduled.ConcurrentExecution.SKIP)
    public void read() {
        Instant begun = clock.instant();
        try {
            QuarkusTransaction.requiringNew().run(() -> {
                Instant now = rows.databaseTime();
                for (RevocationEntity row : rows.since(readUntil.minus(LATE_COMMIT))) {
                    revoked.add(row.sessionId, row.expiresAt);
                }
                readUntil = now;
            });
            revoked.complete(begun);
        } catch (RuntimeException databaseAway) {
            LOG.debug("revocations could not be read", databaseAway);
        }
        revoked.forget(clock.instant());
    }

    @Override
    public String name() {
        return "revocations";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int prune(int limit) {
        return rows.prune(limit);
    }
}
