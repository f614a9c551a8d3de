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

    // An advisory lock that ends with its transaction, so it works behind a pooler that shares connections, and nothing
    // is left when a replica dies. The number is "latchkey" in ASCII.
    //
    // Whatever is deleted has an index on its time. A plan that is made for all parameters expects a third of the rows
    // to
    // be too old, and reads the table from its beginning: all of a large audit log, each minute, where none is.
    static final String LOCK =
            "select pg_try_advisory_xact_lock(7809651199139603833), set_config('enable_seqscan', 'off', true)";

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
    void deleteExpired() {
        if (!migrations.isDone()) {
            return;
        }
        Instant end = clock.instant().plus(config.timeout());
        for (Expirable expirable : expirables) {
            try {
                if (!deleteUntil(end, expirable)) {
                    return;
                }
            } catch (RuntimeException e) {
                LOG.warnf(
                        "Deleting expired %s failed and will be tried again in the next round: %s",
                        expirable.name(), DatabaseErrors.reason(e));
            }
        }
    }

    /** Deletes batches; returns false when the round is over: another replica is running it, or its time is up. */
    private boolean deleteUntil(Instant end, Expirable expirable) {
        int deleted = 0;
        Batch batch = new Batch.Deleted(config.batch());
        while (batch instanceof Batch.Deleted(int rows)
                && rows >= config.batch()
                && clock.instant().isBefore(end)) {
            batch = QuarkusTransaction.requiringNew().call(() -> deleteBatch(expirable));
            deleted += batch.rows();
        }
        if (deleted > 0) {
            LOG.infof("Deleted %d expired %s", deleted, expirable.name());
        }
        return batch instanceof Batch.Deleted && clock.instant().isBefore(end);
    }

    private Batch deleteBatch(Expirable expirable) throws SQLException {
        return tryLock() ? new Batch.Deleted(expirable.deleteExpired(config.batch())) : new Batch.RunningElsewhere();
    }

    /** Tries to take the lock, on the connection of the current transaction; false if another replica has it. */
    private boolean tryLock() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet locked = statement.executeQuery(LOCK)) {
            return locked.next() && locked.getBoolean(1);
        }
    }

    /** The result of one batch. */
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
