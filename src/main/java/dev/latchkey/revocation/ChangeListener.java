package dev.latchkey.revocation;

import dev.latchkey.key.SigningKeys;
import dev.latchkey.platform.db.DirectConnections;
import dev.latchkey.platform.ops.BackgroundThread;
import dev.latchkey.platform.ops.BackgroundThreads;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Listens for notifications of the database that revocations or keys have changed, so that they are read at once and not
 * at the next interval. Nothing but speed depends on it.
 */
@ApplicationScoped
class ChangeListener {

    private static final Logger LOG = Logger.getLogger(ChangeListener.class);
    private static final Duration RECONNECT = Duration.ofMillis(250);
    /** The time without a notification after which a query checks that the connection is alive. */
    private static final Duration KEEP_ALIVE_INTERVAL = Duration.ofSeconds(5);
    /** The pause before the next attempt if the connection leads to a pooler, which is not removed every minute. */
    private static final Duration POOLED_PAUSE = Duration.ofMinutes(1);
    /** More than that pause and the timeouts of a database that does not answer; while listening, each interval is a sign of life. */
    private static final Duration MAX_ROUND = Duration.ofMinutes(3);

    private final DirectConnections connections;
    private final Optional<String> url;
    private final RevocationReader reader;
    private final SigningKeys keys;
    private final AtomicLong notifications = new AtomicLong();
    private final AtomicLong lostConnections = new AtomicLong();
    private final BackgroundThread thread;
    private boolean poolerLogged;
    private volatile boolean listening;
    private volatile @Nullable Connection connection;

    ChangeListener(
            DirectConnections connections,
            RevocationConfig config,
            RevocationReader reader,
            SigningKeys keys,
            BackgroundThreads threads) {
        this.connections = connections;
        this.url = config.listenUrl();
        this.reader = reader;
        this.keys = keys;
        this.thread = threads.create("latchkey-listener", MAX_ROUND, this::connectAndListen);
    }

    void start() {
        thread.start();
    }

    boolean isListening() {
        return listening;
    }

    /** Returns how many notifications were received since the start. */
    long notifications() {
        return notifications.get();
    }

    /** Returns how many connections were lost since the start. */
    long lostConnections() {
        return lostConnections.get();
    }

    @PreDestroy
    void stop() {
        thread.stop(Duration.ZERO);
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException alreadyClosed) {
                // Nothing is left to be closed.
            }
        }
        thread.stop(Duration.ofSeconds(3));
    }

    private void connectAndListen() throws InterruptedException {
        Duration pause = RECONNECT;
        try (Connection open = connect()) {
            connection = open;
            if (isPooled(open)) {
                pause = POOLED_PAUSE;
            } else {
                listen(open);
            }
        } catch (SQLException | RuntimeException lost) {
            LOG.debug("The connection for notifications was lost", lost);
            lostConnections.addAndGet(listening ? 1 : 0);
        } finally {
            listening = false;
            connection = null;
        }
        TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    }

    private Connection connect() throws SQLException {
        return url.isPresent()
                ? connections.open(url.get(), "latchkey-listener")
                : connections.open("latchkey-listener");
    }

    private void listen(Connection open) throws SQLException {
        try (Statement statement = open.createStatement()) {
            statement.execute("listen latchkey");
            listening = true;
            // Notifications before this moment were missed.
            reader.wake();
            keys.changed();
            PGConnection postgres = open.unwrap(PGConnection.class);
            while (!thread.isStopped()) {
                thread.signalLife();
                PGNotification[] received = postgres.getNotifications((int) KEEP_ALIVE_INTERVAL.toMillis());
                if (received == null || received.length == 0) {
                    statement.execute("select 1");
                } else {
                    handle(received);
                }
            }
        }
    }

    private void handle(PGNotification[] received) {
        notifications.addAndGet(received.length);
        // For every notification, since reading once too often does no harm.
        reader.wake();
        for (PGNotification notification : received) {
            if ("keys".equals(notification.getParameter())) {
                keys.changed();
                return;
            }
        }
    }

    /**
     * Returns whether the connection leads to a pooler in transaction mode, where notifications go to whichever client has
     * the server's connection at that moment.
     */
    private boolean isPooled(Connection open) throws SQLException {
        try (Statement statement = open.createStatement();
                ResultSet result = statement.executeQuery("select pg_backend_pid()")) {
            result.next();
            boolean pooled = result.getInt(1) != open.unwrap(PGConnection.class).getBackendPID();
            if (pooled && !poolerLogged) {
                poolerLogged = true;
                LOG.info("The database is reached through a pooler, which does not pass on notifications: revocations"
                        + " and keys are read at intervals. Set LATCHKEY_DIRECT_JDBC_URL to be notified at once");
            }
            return pooled;
        }
    }
}
