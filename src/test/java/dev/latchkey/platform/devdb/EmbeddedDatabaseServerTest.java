package dev.latchkey.platform.devdb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EmbeddedDatabaseServerTest {

    private static final String GUARD = "latchkey-database-guard";

    /** Making new data takes longer than all the rest: the tests share them, each with words of its own. */
    @TempDir
    static Path folder;

    private final List<Other> others = new ArrayList<>();

    @AfterEach
    void leaveNothingBehind() throws Exception {
        for (Other other : others) {
            other.kill();
        }
        awaitEndOfServer();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsync", "synchronous_commit", "full_page_writes"})
    void losesNoCommittedData(String setting) throws SQLException {
        assertEquals("on", execute(EmbeddedDatabaseResource.database(), "show " + setting));
    }

    @Test
    void listensOnLoopbackOnly() throws SQLException {
        EmbeddedDatabase database = EmbeddedDatabaseResource.database();

        assertEquals("127.0.0.1", execute(database, "show listen_addresses"));
    }

    @Test
    void refusesWrongPassword() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.database();
        EmbeddedDatabase guess = new EmbeddedDatabase(database.url(), database.username(), "guess");
        EmbeddedDatabase superuser = new EmbeddedDatabase(database.url(), "postgres", "");

        assertEquals("28P01", assertThrows(SQLException.class, guess::connect).getSQLState());
        assertThrows(SQLException.class, superuser::connect);
    }

    @Test
    void serviceUserIsNoSuperuser() throws SQLException {
        assertEquals("off", execute(EmbeddedDatabaseResource.database(), "show is_superuser"));
    }

    @Test
    void isPrintedWithoutPassword() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.database();

        assertFalse(database.toString().contains(database.password()));
    }

    @Test
    void startsOncePerJvm() {
        assertEquals(EmbeddedDatabaseResource.database(), EmbeddedDatabaseResource.database());
    }

    @Test
    void createsEmptyDatabasesForTests() throws SQLException {
        EmbeddedDatabase empty = EmbeddedDatabaseResource.emptyDatabase();

        assertNotEquals(EmbeddedDatabaseResource.database().url(), empty.url());
        assertEquals("0", execute(empty, "select count(*) from pg_tables where schemaname = 'public'"));
    }

    @Test
    void keepsDataBetweenRuns() throws Exception {
        Other first = start();
        first.remember("orderly");
        first.end();

        assertTrue(start().remembers("orderly"));
    }

    @Test
    void startsWhileTheServerOfTheLastRunIsStopping() throws Exception {
        Other first = start();
        first.remember("hurried");
        first.process.destroyForcibly().waitFor();

        assertTrue(start().remembers("hurried"));
    }

    @Test
    void stopsServerWhenTheJvmIsKilled() throws Exception {
        Other killed = start();
        killed.remember("killed");
        List<ProcessHandle> guardAndServer =
                new ArrayList<>(killed.process.descendants().toList());
        assertFalse(guardAndServer.isEmpty(), "there is no guard");
        guardAndServer.add(server());

        killed.kill();

        for (ProcessHandle process : guardAndServer) {
            process.onExit().get(15, TimeUnit.SECONDS);
        }
        assertTrue(start().remembers("killed"));
    }

    @Test
    void stopsServerWhenTheJvmIsKilledDuringTheStart() throws Exception {
        Other killed = launch();
        while (killed.process.descendants().noneMatch(EmbeddedDatabaseServerTest::isGuard)) {
            Thread.sleep(10);
        }
        List<ProcessHandle> below = killed.process.descendants().toList();

        killed.kill();

        for (ProcessHandle process : below) {
            process.onExit().get(15, TimeUnit.SECONDS);
        }
        assertTrue(start().isUp());
    }

    @Test
    void stopsServerThatAKilledGuardLeftRunning() throws Exception {
        Other killed = start();
        killed.remember("orphaned");
        ProcessHandle orphan = server();
        killed.process
                .descendants()
                .filter(EmbeddedDatabaseServerTest::isGuard)
                .forEach(ProcessHandle::destroyForcibly);
        killed.kill();
        assertTrue(orphan.isAlive());

        assertTrue(start().remembers("orphaned"));
        orphan.onExit().get(15, TimeUnit.SECONDS);
    }

    @Test
    void doesNotKillAnotherProcessWithThePidOfACrashedServer() throws Exception {
        start().end();
        awaitEndOfServer();
        Process other = new ProcessBuilder("sleep", "100").start();
        try {
            Files.writeString(pidFile(), other.pid() + "\n" + folder.resolve("data") + "\n");

            assertTrue(start().isUp());
            assertTrue(other.isAlive());
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void startsWithEmptyPidFileOfACrash() throws Exception {
        start().end();
        awaitEndOfServer();
        Files.writeString(pidFile(), "");

        assertTrue(start().isUp());
    }

    @Test
    void refusesFolderThatAnotherJvmUses() throws Exception {
        Other first = start();
        first.remember("mine");

        Other second = launch();

        assertTrue(second.line().startsWith("Another process uses the embedded database in " + folder.toRealPath()));
        assertTrue(first.remembers("mine"));
    }

    @Test
    void passwordFileIsReadableByTheOwnerOnly() throws Exception {
        start();

        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(folder.resolve("password")));
    }

    private Other launch() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Other other = new Other(process, process.inputReader());
        others.add(other);
        return other;
    }

    private Other start() throws IOException {
        Other other = launch();
        assertTrue(other.line().startsWith("jdbc:"));
        return other;
    }

    private static Path pidFile() {
        return folder.resolve("data").resolve("postmaster.pid");
    }

    private static ProcessHandle server() throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile()).getFirst()))
                .orElseThrow();
    }

    private static void awaitEndOfServer() throws InterruptedException {
        for (int timeout = 15_000; Files.exists(pidFile()); timeout -= 50) {
            assertTrue(timeout > 0, "the server still runs, or left its pid behind");
            Thread.sleep(50);
        }
    }

    private static boolean isGuard(ProcessHandle process) {
        return process.info().commandLine().filter(line -> line.contains(GUARD)).isPresent();
    }

    private static String execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "done";
            }
            try (ResultSet rows = statement.getResultSet()) {
                assertTrue(rows.next());
                return rows.getString(1);
            }
        }
    }

    /** Another JVM, which starts the database of a folder and executes what it is told until its input ends. */
    record Other(Process process, BufferedReader output) {

        public static void main(String... args) throws Exception {
            try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                EmbeddedDatabase database = EmbeddedDatabase.startIn(Path.of(args[0]));
                System.out.println(database);
                for (String sql = input.readLine(); sql != null; sql = input.readLine()) {
                    System.out.println(execute(database, sql));
                }
            } catch (IllegalStateException refused) {
                System.out.println(refused.getMessage());
            }
        }

        void remember(String word) throws IOException {
            assertEquals("done", ask("create table " + word + " ()"));
        }

        boolean remembers(String word) throws IOException {
            return ask("select count(*) from pg_tables where tablename = '" + word + "'")
                    .equals("1");
        }

        boolean isUp() throws IOException {
            return ask("select 'up'").equals("up");
        }

        String ask(String query) throws IOException {
            process.outputWriter().write(query + "\n");
            process.outputWriter().flush();
            return line();
        }

        String line() throws IOException {
            String line = output.readLine();
            return line == null ? "" : line;
        }

        void end() throws IOException, InterruptedException {
            process.outputWriter().close();
            process.waitFor();
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }
}
