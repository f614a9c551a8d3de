package dev.latchkey.platform.db;

import io.agroal.api.AgroalDataSource;
import io.quarkus.arc.All;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/** Deletes expired rows, in small transactions, on one replica at a time. */
@Singleton
class RetentionJob {

    private static final Logger LOG = Logger.getLogger(RetentionJob.class);

    // Ends with its transaction, so it works behind a pooler that shares connections, and nothing is left when a
    // replica dies. The number is "latchkey" in ASCII.
    private static final String LOCK = "select pg_try_advisory_xact_lock(7809651199139603833)";

    private final List<Expirable> expirables;
    private final AgroalDataSource database;
    private final Migrations migrations;
    private final RetentionConfig config;
    private final Clock clock;

    RetentionJob(
            @All List<Expirable> expirables,
            AgroalDataSource database,
            Migrations migrations,
            RetentionConfig config,
            Clock clock) {
        this.expirables = expirables;
        this.database = database;
        this.migrations = migrations;
        this.config = config;
        this.clock = clock;
    }

    @Scheduled(every = "${latchkey.retention.every}", concurrentExecution = ConcurrentExecution.SKIP)
    void round() {
        if (!migrations.done()) {
            return;
        }
        Instant end = clock.instant().plus(config.timeout());
        for (Expirable expirable : expirables) {
            try {
                if (!deleteExpired(expirable, end)) {
                    return;
                }
            } catch (RuntimeException e) {
                LOG.warnf(
                        "Deleting expired %s failed and is left to the next round: %s",
                        expirable.name(), DatabaseErrors.reason(e));
            }
        }
    }

    /** False when the round is over: another replica is running, or the time is up. */
    private boolean deleteExpired(Expirable expirable, Instant end) {
        int deleted = 0;
        Batch batch = new Batch.Deleted(config.batch());
        while (batch instanceof Batch.Deleted(int rows)
                && rows >= config.batch()
                && clock.instant().isBefore(end)) {
            batch = QuarkusTransaction.requiringNew().call(() -> batch(expirable));
            deleted += batch.rows();
        }
        if (deleted > 0) {
            LOG.infof("Deleted %d expired %s", deleted, expirable.name());
        }
        return batch instanceof Batch.Deleted && clock.instant().isBefore(end);
    }

    private Batch batch(Expirable expirable) throws SQLException {
        return isOnlyReplica()
                ? new Batch.Deleted(expirable.deleteExpired(config.batch()))
                : new Batch.RunningElsewhere();
    }

    /** On the transaction's own connection, which the pool hands out within it. */
    private boolean isOnlyReplica() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet locked = statement.executeQuery(LOCK)) {
            return locked.next() && locked.getBoolean(1);
        }
    }

    private sealed interface Batch {

        int rows();

        record Deleted(int rows) implements Batch {}

        record RunningElsewhere() implements Batch {

            @Override
            public int rows() {
                return 0;
            }
        }
    }
}
