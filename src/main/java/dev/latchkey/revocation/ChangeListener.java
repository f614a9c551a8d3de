package dev.latchkey.revocation;

import dev.latchkey.key.SigningKeys;
import dev.latchkey.platform.db.DirectConnections;
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
 * Hears from the database that something has changed, so that it is read at once and not at the next interval. Nothing but
 * speed depends on it.
 */
@ApplicationScoped
class ChangeListener {

    private static final Logger LOG = Logger.getLogger(ChangeListener.class);
    private static final Duration RECONNECT = Duration.ofMillis(250);
    /** A connection that died without a word is found out by a question. */
    private static final Duration SILENCE = Duration.ofSeconds(5);
    /** A pooler stays one for a while. */
    private static final Duration POOLED_PAUSE = Duration.ofMinutes(1);

    private final DirectConnections connections;
    private final Optional<String> url;
    private final RevocationReader reader;
    private final SigningKeys keys;
    private final AtomicLong notifications = new AtomicLong();
    private final AtomicLong losses = new AtomicLong();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("latchkey-listener").unstarted(this::run);
    private boolean begun;
    private boolean toldOfPooler;
    private volatile boolean ended;
    private volatile boolean listening;
    private volatile @Nullable Connection connection;

    ChangeListener(DirectConnections connections, RevocationConfig config, RevocationReader reader, SigningKeys keys) {
        this.connections = connections;
        this.url = config.listenUrl();
        this.reader = reader;
        this.keys = keys;
    }

    synchronized void begin() {
        if (!begun) {
            begun = true;
            thread.start();
        }
    }

    boolean listening() {
        return listening;
    }

    long notifications() {
        return notifications.get();
    }

    /** Connections that were lost since the start. */
    long losses() {
        return losses.get();
    }

    @PreDestroy
    void end() throws InterruptedException {
        ended = true;
        thread.interrupt();
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException alreadyClosed) {
                // That will do.
            }
        }
        thread.join(TimeUnit.SECONDS.toMillis(3));
    }

    private void run() {
        while (!ended) {
            Duration pause = RECONNECT;
            try (Connection open = connect()) {
                connection = open;
                if (isPooled(open)) {
                    pause = POOLED_PAUSE;
                } else {
                    listen(open);
                }
            } catch (SQLException | RuntimeException lost) {
                LOG.debug("no news from the database", lost);
                losses.addAndGet(listening ? 1 : 0);
            } finally {
                listening = false;
                connection = null;
            }
            rest(pause);
        }
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
            // What was said before nobody heard.
            reader.wake();
            keys.changed();
            PGConnection news = open.unwrap(PGConnection.class);
            while (!ended) {
                PGNotification[] heard = news.getNotifications((int) SILENCE.toMillis());
                if (heard == null || heard.length == 0) {
                    statement.execute("select 1");
                } else {
                    pass(heard);
                }
            }
        }
    }

    private void pass(PGNotification[] heard) {
        notifications.addAndGet(heard.length);
        // Whatever they say: a reading too many does no harm.
        reader.wake();
        for (PGNotification one : heard) {
            if ("keys".equals(one.getParameter())) {
                keys.changed();
                return;
            }
        }
    }

    /** Through a pooler in transaction mode notifications would go to the client that has that server's connection by then. */
    private boolean isPooled(Connection open) throws SQLException {
        try (Statement statement = open.createStatement();
                ResultSet answer = statement.executeQuery("select pg_backend_pid()")) {
            answer.next();
            boolean pooled = answer.getInt(1) != open.unwrap(PGConnection.class).getBackendPID();
            if (pooled && !toldOfPooler) {
                toldOfPooler = true;
                LOG.info("The database is reached through a pooler, which passes on no news: revocations and keys are"
                        + " read at intervals. LATCHKEY_DIRECT_JDBC_URL makes it faster");
            }
            return pooled;
        }
    }

    private void rest(Duration pause) {
        try {
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        } catch (InterruptedException end) {
            ended = true;
        }
    }
}
