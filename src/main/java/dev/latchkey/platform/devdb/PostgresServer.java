package dev.latchkey.platform.devdb;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A PostgreSQL server with its data in a folder. The library unpacks the programs, creates the data and starts the server,
 * as root in a user namespace. This class adds what the library does not do: a server never outlives the JVM, data are
 * durable, a password is required, and after a crash the next start succeeds.
 */
final class PostgresServer {

    static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** The timeout of a start: enough for recovery after a kill in the middle of heavy writing. */
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    /** The number of attempts to start: another process may take the free port that was found before the server does. */
    private static final int ATTEMPTS = 3;

    /**
     * A shell script that reads from a pipe of this JVM. However the JVM ends, the pipe closes, and the script stops the
     * server that has the given port, also one that is still starting (hence the wait for its pid). The signal is repeated,
     * since one that is sent before the server handles signals is lost; after half a minute it becomes SIGQUIT.
     */
    private static final String GUARD = """
            trap '' HUP INT TERM
            read -r _
            seconds=0
            while [ "$seconds" -lt 60 ]; do
                { read -r server && read -r _ && read -r _ && read -r port; } <"$1/postmaster.pid" || port=
                if [ "$port" = "$2" ]; then
                    signal=INT
                    [ "$seconds" -lt 30 ] || signal=QUIT
                    kill -"$signal" "$server" || exit 0
                elif [ "$seconds" -ge "$3" ]; then
                    exit 0
                fi
                seconds=$((seconds + 1))
                sleep 1
            done 2>/dev/null
            """;

    /** The seconds that the guard waits for the pid of a server that may still be starting. */
    private static final int MAX_PID_WAIT_SECONDS = 3;

    private final EmbeddedPostgres postgres;
    private final Process guard;

    private PostgresServer(EmbeddedPostgres postgres, Process guard) {
        this.postgres = postgres;
        this.guard = guard;
    }

    /** Starts a server with the data in this folder, which are created if there are none. */
    static PostgresServer start(Path home, Path passwordFile) throws IOException {
        FileChannel lock = FileChannel.open(home.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean isStarted = false;
        try {
            if (lock.tryLock() == null) {
                throw new IllegalStateException("Another process uses the embedded database in " + home
                        + ": stop it, or set QUARKUS_DATASOURCE_JDBC_URL to a database of your own");
            }
            Path data = home.resolve("data");
            stopServerOfEarlierRun(data);
            PostgresServer server = launch(home, data, passwordFile);
            server.holdWhileRunning(lock);
            isStarted = true;
            return server;
        } finally {
            if (!isStarted) {
                lock.close();
            }
        }
    }

    int port() {
        return postgres.getPort();
    }

    void stop() {
        try {
            postgres.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PostgresServer launch(Path home, Path data, Path passwordFile) throws IOException {
        // Data whose creation was interrupted are deleted and created anew.
        Path incomplete = home.resolve("data-incomplete");
        if (Files.exists(incomplete)) {
            delete(data);
        }
        if (!Files.exists(data)) {
            Files.writeString(incomplete, "The folder data beside this file is not complete yet.\n");
        }
        IOException failure = new IOException("PostgreSQL does not start");
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            int port = freePort();
            Process guard = startGuard(home, data, port);
            try {
                EmbeddedPostgres postgres =
                        builder(home, data, passwordFile).setPort(port).start();
                Files.deleteIfExists(incomplete);
                return new PostgresServer(postgres, guard);
            } catch (IOException | RuntimeException e) {
                guard.getOutputStream().close();
                failure.addSuppressed(e);
            }
        }
        throw new IllegalStateException("PostgreSQL does not start, see " + home.resolve("server.log"), failure);
    }

    private static EmbeddedPostgres.Builder builder(Path home, Path data, Path passwordFile) throws IOException {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOverrideWorkingDirectory(programsFolder(home).toFile())
                .setPGStartupWait(START_TIMEOUT)
                // The guard stops the server, however the JVM ends.
                .setRegisterShutdownHook(false)
                .setOutputRedirector(ProcessBuilder.Redirect.appendTo(
                        home.resolve("server.log").toFile()))
                // Options of initdb: the same collation on every machine, and no access without the password, since
                // other users may share the machine.
                .setLocaleConfig("auth", "scram-sha-256")
                .setLocaleConfig("pwfile", passwordFile.toString())
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("locale-provider", "builtin")
                .setLocaleConfig("builtin-locale", "C.UTF-8")
                .setConnectConfig("password", DevSecret.readOrCreate(passwordFile));
        // The library turns durability off by default.
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            builder.setServerConfig(setting, "on");
        }
        return builder.setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("max_connections", "200");
    }

    /**
     * Returns the folder into which the programs are unpacked, once for each user.
     *
     * <p>Security: the library makes the folder writable for all users, so it lies in one that only its owner can open.
     */
    private static Path programsFolder(Path home) throws IOException {
        Path shared = Path.of(System.getProperty("user.home"), ".m2", "latchkey");
        Path base;
        try {
            base = Files.isWritable(Files.createDirectories(shared)) ? shared : home;
        } catch (IOException notWritable) {
            base = home;
        }
        Path ownerOnly = base.resolve("postgresql");
        if (!Files.exists(ownerOnly)) {
            Files.createDirectories(ownerOnly, OWNER_ONLY);
        }
        return Files.createDirectories(ownerOnly.resolve("programs"));
    }

    private static Process startGuard(Path home, Path data, int port) throws IOException {
        List<String> shell = List.of(
                "sh",
                "-c",
                GUARD,
                "latchkey-database-guard",
                data.toString(),
                Integer.toString(port),
                Integer.toString(MAX_PID_WAIT_SECONDS));
        // In a session of its own, so that neither Ctrl-C nor a signal to the JVM's process group reaches the guard.
        List<String> command = isOnPath("setsid")
                ? Stream.concat(Stream.of("setsid"), shell.stream()).toList()
                : shell;
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve("server.log").toFile()))
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Stops the server of an earlier process, when its guard was killed or has not finished yet. */
    private static void stopServerOfEarlierRun(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        Optional<ProcessHandle> process = findProcess(pidFile);
        if (process.filter(running -> isServer(running, data)).isPresent()) {
            stop(process.get());
        } else if (process.isPresent() || (Files.exists(pidFile) && Files.size(pidFile) == 0)) {
            // After a crash the pid belongs to another program or was never written; PostgreSQL would not start.
            Files.deleteIfExists(pidFile);
        }
    }

    private static Optional<ProcessHandle> findProcess(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(pidFile)) {
            return lines.findFirst()
                    .map(String::strip)
                    .filter(line -> line.matches("[0-9]{1,18}"))
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line)));
        }
    }

    private static boolean isServer(ProcessHandle process, Path data) {
        return process.info()
                .commandLine()
                .filter(line -> line.contains("/bin/postgres") && line.contains(" " + data + " "))
                .isPresent();
    }

    private static void stop(ProcessHandle server) throws IOException {
        try {
            new ProcessBuilder("sh", "-c", "kill -INT \"$0\"", Long.toString(server.pid()))
                    .start()
                    .waitFor();
            server.onExit().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The server of an earlier run does not stop, pid " + server.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the server of an earlier run stopped", e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> contentsFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            contentsFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : contentsFirst) {
            Files.delete(file);
        }
    }

    // A thread keeps references to both: the garbage collector would close a pipe or a lock without any, and a reload
    // in dev mode drops all our classes.
    private void holdWhileRunning(FileChannel lock) {
        Thread.ofPlatform().daemon().name("embedded-database").start(() -> {
            try (lock) {
                guard.waitFor();
            } catch (InterruptedException | IOException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
