package dev.latchkey.platform.devdb;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** The data folder of a server, and how its programs are run on it by whoever we are. */
final class PostgresData {

    private static final String NOBODY = "65534";

    private final Path home;
    private final Path programs;
    private final Path folder;
    private final List<String> prefix;

    private PostgresData(Path home, Path programs, Path folder, List<String> prefix) {
        this.home = home;
        this.programs = programs;
        this.folder = folder;
        this.prefix = prefix;
    }

    /** The data that lie in this home, or new ones. */
    static PostgresData in(Path home, String superuser, Path passwordFile) throws IOException, InterruptedException {
        Path programs = PostgresPrograms.unpacked(home);
        Path folder = home.resolve("data");
        if (!Files.exists(folder)) {
            initialise(home, programs, folder, superuser, passwordFile);
        }
        return new PostgresData(home, programs, folder, prefixFor(folder));
    }

    Path folder() {
        return folder;
    }

    List<String> command(String program) {
        List<String> command = new ArrayList<>(prefix);
        command.add(programs.resolve(program).toString());
        return command;
    }

    ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile());
        // PGPORT, PGOPTIONS and the like are meant for another server.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log());
        return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }

    /** Stops the server of an earlier process, when its guard was killed or has not finished yet. */
    void endServerLeftBehind() throws IOException, InterruptedException {
        Path pidFile = folder.resolve("postmaster.pid");
        Optional<ProcessHandle> process = processIn(pidFile);
        if (process.filter(this::isOurServer).isPresent()) {
            stop(process.get());
        } else if (process.isPresent() || isTorn(pidFile)) {
            // After a crash the number belongs to a stranger or was never written; PostgreSQL would refuse to start
            // over it.
            Files.deleteIfExists(pidFile);
        }
    }

    // Made aside and moved into place: half-made data are never taken for data.
    private static void initialise(Path home, Path programs, Path folder, String superuser, Path passwordFile)
            throws IOException, InterruptedException {
        try (DirectoryStream<Path> halfMade = Files.newDirectoryStream(home, "data-*")) {
            for (Path draft : halfMade) {
                PostgresPrograms.delete(draft);
            }
        }
        Path draft = Files.createTempDirectory(home, "data-");
        if (isRoot() && !canUnshare()) {
            if (!isOnPath("setpriv")) {
                throw new IllegalStateException("PostgreSQL refuses to run as root, and neither unshare nor setpriv is"
                        + " there to help: start as another user, or set QUARKUS_DATASOURCE_JDBC_URL");
            }
            Files.setAttribute(draft, "unix:uid", Integer.valueOf(NOBODY));
        }
        PostgresData data = new PostgresData(home, programs, draft, prefixFor(draft));
        List<String> command = data.command("initdb");
        command.addAll(List.of("-D", draft.toString(), "-U", superuser, "--pwfile=" + passwordFile));
        // The same order and letters on every machine, and no access without the password: others may share this one.
        command.addAll(List.of("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"));
        command.addAll(List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        if (data.builder(command).start().waitFor() != 0) {
            throw new IllegalStateException("PostgreSQL cannot make its data in " + home + ": " + data.endOfLog());
        }
        Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * PostgreSQL refuses to run as root. In a user namespace root is nobody, and still the owner of the files; where a
     * container forbids that, it becomes nobody in earnest, keeping only the right to pass through root's folders.
     */
    private static List<String> prefixFor(Path folder) throws IOException, InterruptedException {
        if (!isRoot()) {
            return List.of();
        }
        if (NOBODY.equals(Files.getAttribute(folder, "unix:uid").toString())) {
            return List.of(
                    "setpriv",
                    "--reuid=" + NOBODY,
                    "--regid=" + NOBODY,
                    "--clear-groups",
                    // Without it access(2), which PostgreSQL asks first, ignores that right.
                    "--securebits=+no_setuid_fixup",
                    "--inh-caps=-all,+dac_override",
                    "--ambient-caps=-all,+dac_override",
                    "--bounding-set=-all,+dac_override",
                    "--no-new-privs");
        }
        return List.of("unshare", "--user");
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean canUnshare() throws IOException, InterruptedException {
        return isOnPath("unshare")
                && new ProcessBuilder("unshare", "--user", "true").start().waitFor() == 0;
    }

    static boolean isOnPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static Optional<ProcessHandle> processIn(Path pidFile) throws IOException {
        if (!Files.exists(pidFile) || isTorn(pidFile)) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(firstLine(pidFile))).filter(ProcessHandle::isAlive);
    }

    private static boolean isTorn(Path pidFile) throws IOException {
        return Files.exists(pidFile) && !firstLine(pidFile).matches("\\d{1,18}");
    }

    private static String firstLine(Path pidFile) throws IOException {
        return Files.readString(pidFile).lines().findFirst().orElse("").strip();
    }

    private boolean isOurServer(ProcessHandle process) {
        return process.info()
                .commandLine()
                .filter(line -> line.contains("/bin/postgres -D " + folder + " "))
                .isPresent();
    }

    private static void stop(ProcessHandle server) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -INT \"$0\"", Long.toString(server.pid()))
                .start()
                .waitFor();
        try {
            server.onExit().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The server of an earlier run does not end, pid " + server.pid(), e);
        }
    }

    private Path log() {
        return home.resolve("server.log");
    }
}
