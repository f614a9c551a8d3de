package dev.latchkey.session;

import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.db.Migrations;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/**
 * Deletes the rows of sessions that were too many for the request that ended them. They are refused already; a trigger also
 * revokes the access tokens of each, so that none is left that a refresh gave while they were being ended.
 */
@Singleton
class EndedSessions {

    private static final Logger LOG = Logger.getLogger(EndedSessions.class);

    static final String JOB = "ended-sessions";

    private final SessionRepository rows;
    private final Migrations migrations;

    EndedSessions(SessionRepository rows, Migrations migrations) {
        this.rows = rows;
        this.migrations = migrations;
    }

    /** Deletes all of them, in small transactions; several replicas take different users. */
    @Scheduled(identity = JOB, every = "5s", delayed = "5s", concurrentExecution = ConcurrentExecution.SKIP)
    void delete() {
        if (!migrations.isDone()) {
            return;
        }
        try {
            while (QuarkusTransaction.requiringNew().call(() -> rows.deleteEnded(Sessions.BATCH))) {
                LOG.debug("deleted ended sessions");
            }
        } catch (RuntimeException e) {
            LOG.warnf("Deleting ended sessions failed and will be tried again: %s", DatabaseErrors.reason(e));
        }
    }
}
