package dev.latchkey.platform.devdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A running server and the guard above it: a small shell that holds the other end of a pipe from this JVM. However the
 * JVM ends, the pipe closes, and the guard stops the server.
 */
final class PostgresServer {

    /** Enough for recovery after a kill in the middle of heavy writing. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Another process may take the port before the server does, or a server that is ending may still hold its data. */
    private static final int ATTEMPTS = 3;

    /**
     * The server is a child of the guard, so that its pid cannot become another's before the guard has waited for it. The
     * signal is repeated: one that arrives before the server handles signals is lost. After half a minute it becomes a
     * demand.
     */
    private static final String GUARD = """
            trap '' HUP INT TERM
            exec 3<&0
            "$@" </dev/null 3<&- &
            server=$!
            {
                read -r _ <&3
                seconds=0
                while kill -INT "$server"; do
                    [ "$seconds" -lt 30 ] || kill -QUIT "$server"
                    seconds=$((seconds + 1))
                    sleep 1
                done
            } 2>/dev/null &
            watcher=$!
            exec 3<&-
            wait "$server"
            status=$?
            kill -KILL "$watcher"
            exit "$status"
            """;

    private final Process guard;
    private final int port;

    private PostgresServer(Process guard, int port) {
        this.guard = guard;
        this.port = port;
    }

    /** Starts the server whose data are in this folder; they are made when there are none. */
    static PostgresServer start(Path home, String superuser, Path passwordFile) throws IOException {
        FileChannel lock = FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isStarted = false;
        try {
            if (lock.tryLock() == null) {
                throw new IllegalStateException("Another process uses the embedded database in " + home
                        + ": stop it, or set QUARKUS_DATASOURCE_JDBC_URL to a database of your own");
            }
            PostgresData data = PostgresData.in(home, superuser, passwordFile);
            for (int attempt = 1; attempt <= ATTEMPTS && !isStarted; attempt++) {
                data.endServerLeftBehind();
                PostgresServer server = launch(data, freePort());
                isStarted = server.awaitAnswer(superuser, DevSecret.in(passwordFile));
                if (isStarted) {
                    server.holdWhileRunning(lock);
                    return server;
                }
            }
            throw new IllegalStateException("PostgreSQL does not start: " + data.endOfLog());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while PostgreSQL started", e);
        } finally {
            if (!isStarted) {
                lock.close();
            }
        }
    }

    int port() {
        return port;
    }

    void stop() {
        try {
            guard.getOutputStream().close();
            guard.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static PostgresServer launch(PostgresData data, int port) throws IOException {
        List<String> command = new ArrayList<>();
        // In a session of its own, neither Ctrl-C nor a signal to the JVM's process group reaches guard or server.
        if (PostgresData.isOnPath("setsid")) {
            command.add("setsid");
        }
        command.addAll(List.of("sh", "-c", GUARD, "latchkey-database-guard"));
        command.addAll(data.command("postgres"));
        command.addAll(List.of("-D", data.folder().toString(), "-p", Integer.toString(port)));
        List.of(
                        "listen_addresses=127.0.0.1",
                        "unix_socket_directories=",
                        "max_connections=200",
                        "fsync=on",
                        "synchronous_commit=on",
                        "full_page_writes=on")
                .forEach(setting -> command.addAll(List.of("-c", setting)));
        return new PostgresServer(data.builder(command).start(), port);
    }

    private boolean awaitAnswer(String superuser, String password) throws InterruptedException {
        long begun = System.nanoTime();
        while (guard.isAlive()) {
            try (Connection answer =
                    EmbeddedDatabase.connect(EmbeddedDatabase.url(port, superuser), superuser, password)) {
                return answer.isValid(0);
            } catch (SQLException e) {
                // 08: nobody listens yet. 57P03: it is starting up, or recovering.
                String state = String.valueOf(e.getSQLState());
                boolean isTooEarly = state.startsWith("08") || state.equals("57P03");
                if (!isTooEarly || System.nanoTime() - begun > PATIENCE.toNanos()) {
                    stop();
                    throw new IllegalStateException("PostgreSQL started, but does not answer", e);
                }
            }
            Thread.sleep(50);
        }
        return false;
    }

    // The garbage collector would close a pipe or a lock that nobody refers to, and a reload forgets all our classes.
    private void holdWhileRunning(FileChannel lock) {
        Thread.ofPlatform().daemon().name("embedded-database").start(() -> {
            try (lock) {
                guard.waitFor();
            } catch (InterruptedException | IOException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
