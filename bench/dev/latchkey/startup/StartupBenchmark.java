package dev.latchkey.startup;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures how long the package takes from its execution to readiness and to the first owner's route that is answered, and what
 * it takes of memory and disk, against a PostgreSQL of its own whose tables are there: the native executable, the jar as its
 * image runs it, and the same with an AOT cache, each if it was built. {@code bench/startup --help} says how to run it.
 */
public final class StartupBenchmark {

    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path FOLDER = TARGET.resolve("startup");
    private static final String EMAIL = "ada@example.com";

    /** Another user: so many sign-ins end the least recently used session. */
    private static final String SIGNING_IN = "grace@example.com";

    private static final String PASSWORD = "correct horse battery staple";
    private static final int READERS = 16;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** Between two attempts to connect: the times are accurate to that. */
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final EmbeddedDatabase database;
    private final Duration idle;
    private final Duration load;
    private String ownRoute = "";
    private String token = "";

    private StartupBenchmark(EmbeddedDatabase database, Duration idle, Duration load) {
        this.database = database;
        this.idle = idle;
        this.load = load;
    }

    /** A way to run the service, and what it takes on disk. */
    private record Variant(String name, List<String> command, Map<String, String> environment, long bytes) {}

    /** What one start took; memory in MiB, times in ms. */
    private record Start(
            double port, double ready, double owner, double idle, double peak, double loaded, double reads) {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = options(arguments);
        int starts = Integer.parseInt(options.getOrDefault("starts", "10"));
        StartupBenchmark benchmark = new StartupBenchmark(
                EmbeddedDatabaseResource.emptyDatabase(),
                Duration.ofSeconds(Long.parseLong(options.getOrDefault("idle", "3"))),
                Duration.ofSeconds(Long.parseLong(options.getOrDefault("load", "0"))));
        List<String> wanted =
                List.of(options.getOrDefault("variants", "native,jvm,aot").split(","));
        benchmark.measure(starts, wanted);
    }

    // The script passes them by a variable, since the build has no place for arguments.
    private static Map<String, String> options(String[] arguments) {
        String fromScript =
                System.getenv().getOrDefault("STARTUP_ARGUMENTS", "").strip();
        List<String> words =
                arguments.length > 0 || fromScript.isEmpty() ? List.of(arguments) : List.of(fromScript.split("\\s+"));
        Map<String, String> options = new HashMap<>();
        for (String word : words) {
            var matcher = Pattern.compile("--(starts|idle|load|variants)=(.+)").matcher(word);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("There is no option " + word + "; see bench/startup --help");
            }
            options.put(matcher.group(1), matcher.group(2));
        }
        return options;
    }

    private void measure(int starts, List<String> wanted) throws Exception {
        Files.createDirectories(FOLDER);
        List<Variant> variants = new ArrayList<>();
        nativeExecutable().ifPresent(variants::add);
        jar().ifPresent(variants::add);
        if (variants.isEmpty()) {
            throw new IllegalStateException("There is no package in " + TARGET + ": see bench/startup --help");
        }
        // The first start of all makes the tables and the user.
        prepare(variants.getFirst());
        if (wanted.contains("aot")) {
            withCache().ifPresent(variants::add);
        }
        variants.removeIf(variant -> !wanted.contains(variant.name()));

        Map<Variant, List<Start>> results = new LinkedHashMap<>();
        // One start of each that does not count: files come into the system's cache.
        for (int round = 0; round <= starts; round++) {
            for (Variant variant : variants) {
                Start start = start(variant, round > 0);
                if (round > 0) {
                    System.out.println(variant.name() + " " + start);
                    results.computeIfAbsent(variant, any -> new ArrayList<>()).add(start);
                }
            }
        }
        print(starts, results);
    }

    private static Optional<Variant> nativeExecutable() throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(file -> file.toString().endsWith("-runner") && Files.isExecutable(file))
                    .findFirst()
                    .map(file -> new Variant("native", List.of(file.toString()), Map.of(), bytes(file)));
        }
    }

    private static Optional<Variant> jar() throws IOException {
        Path folder = TARGET.resolve("quarkus-app");
        Path jar = folder.resolve("quarkus-run.jar");
        return Files.exists(jar)
                ? Optional.of(new Variant("jvm", dockerCommand("ENTRYPOINT [", jar), imageEnvironment(), bytes(folder)))
                : Optional.empty();
    }

    /** Makes the AOT cache as the image does. */
    private Optional<Variant> withCache() throws Exception {
        Optional<Variant> plain = jar();
        if (plain.isEmpty()) {
            return Optional.empty();
        }
        Path jar = TARGET.resolve("quarkus-app", "quarkus-run.jar");
        Path cache = FOLDER.resolve("latchkey.aot");
        Files.deleteIfExists(cache);
        Path log = FOLDER.resolve("cache.log");
        int code = new ProcessBuilder(dockerCommand("RUN [", jar, "-XX:AOTCacheOutput=" + cache))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (code != 0 || !Files.exists(cache)) {
            System.out.println("No AOT cache was made; see " + log);
            return Optional.empty();
        }
        return Optional.of(new Variant(
                "aot",
                dockerCommand("ENTRYPOINT [", jar, "-XX:AOTCache=" + cache),
                plain.get().environment(),
                plain.get().bytes() + bytes(cache)));
    }

    private void prepare(Variant variant) throws Exception {
        try (Running running = new Running(variant)) {
            running.await(() -> running.status("/q/health/ready", true) == 200);
            String response = running.post("/api/auth/signup", EMAIL);
            running.post("/api/auth/signup", SIGNING_IN);
            ownRoute = "/api/users/" + member(response, "id");
            token = member(response, "access_token");
        }
    }

    private Start start(Variant variant, boolean counts) throws Exception {
        try (Running running = new Running(variant);
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Future<Double> port = threads.submit(() -> running.await(running::isListening));
            Future<Double> ready =
                    threads.submit(() -> running.await(() -> running.status("/q/health/ready", true) == 200));
            Future<Double> owner = threads.submit(() -> running.await(() -> running.status(ownRoute, false) == 200));
            double portTime = port.get();
            double readyTime = ready.get();
            double ownerTime = owner.get();
            if (!counts) {
                return new Start(portTime, readyTime, ownerTime, 0, 0, 0, 0);
            }
            Thread.sleep(idle);
            double idleMemory = running.memory("VmRSS");
            double reads = load.isZero() ? 0 : running.readFor(load);
            double loaded = running.memory("VmRSS");
            return new Start(portTime, readyTime, ownerTime, idleMemory, running.memory("VmHWM"), loaded, reads);
        }
    }

    private void print(int starts, Map<Variant, List<Start>> results) {
        System.out.printf(
                "%nMedian (smallest to greatest) of %d starts each, in turns; times in ms, memory in MiB%n%n", starts);
        System.out.println("| | port open | ready | owner's route | idle after " + idle.toSeconds() + " s | peak |"
                + (load.isZero() ? "" : " after " + load.toSeconds() + " s of load | reads a second |")
                + " MB on disk |");
        System.out.println("|---|---|---|---|---|---|" + (load.isZero() ? "" : "---|---|") + "---|");
        results.forEach((variant, all) -> {
            String row = "| " + variant.name() + " | " + column(all.stream().mapToDouble(Start::port)) + " | "
                    + column(all.stream().mapToDouble(Start::ready)) + " | "
                    + column(all.stream().mapToDouble(Start::owner)) + " | "
                    + column(all.stream().mapToDouble(Start::idle)) + " | "
                    + column(all.stream().mapToDouble(Start::peak)) + " | ";
            if (!load.isZero()) {
                row += column(all.stream().mapToDouble(Start::loaded)) + " | "
                        + column(all.stream().mapToDouble(Start::reads)) + " | ";
            }
            System.out.println(row + "%.1f |".formatted(variant.bytes() / 1e6));
        });
        System.out.println();
        results.forEach((variant, all) -> {
            double toPort = median(all.stream().mapToDouble(start -> start.port() / start.ready()));
            System.out.printf(
                    "%s: of the time until ready, %.0f %% pass until the port is open, the rest after it%n",
                    variant.name(), toPort * 100);
        });
    }

    private static String column(java.util.stream.DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return "%.0f (%.0f to %.0f)".formatted(median(Arrays.stream(sorted)), sorted[0], sorted[sorted.length - 1]);
    }

    private static double median(java.util.stream.DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    /** Returns a command of Dockerfile.jvm for this jar, with these options for an AOT cache in place of its own. */
    private static List<String> dockerCommand(String instruction, Path jar, String... options) throws IOException {
        String file = dockerfile();
        int begin = file.indexOf(instruction) + instruction.length();
        List<String> command = new ArrayList<>();
        Pattern.compile("\"([^\"]+)\"")
                .matcher(file.substring(begin, file.indexOf(']', begin)))
                .results()
                .map(word -> word.group(1))
                .filter(word -> !word.startsWith("-XX:AOT"))
                .map(word -> word.equals("quarkus-run.jar") ? jar.toString() : word)
                .forEach(command::add);
        command.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(1, List.of(options));
        return command;
    }

    private static Map<String, String> imageEnvironment() throws IOException {
        Map<String, String> environment = new HashMap<>();
        Pattern.compile("^ENV (\\w+)=(\\S+)$", Pattern.MULTILINE)
                .matcher(dockerfile())
                .results()
                .forEach(variable -> environment.put(variable.group(1), variable.group(2)));
        return environment;
    }

    private static String dockerfile() throws IOException {
        return Files.readString(Path.of("src", "main", "docker", "Dockerfile.jvm"));
    }

    private static long bytes(Path path) {
        try (Stream<Path> files = Files.walk(path)) {
            return files.map(Path::toFile)
                    .filter(File::isFile)
                    .mapToLong(File::length)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String member(String json, String name) {
        var matcher = Pattern.compile("\"" + name + "\":\"([^\"]+)\"").matcher(json);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + name + " in the response: " + json);
        }
        return matcher.group(1);
    }

    /** A process of the service, from its execution on. */
    private final class Running implements AutoCloseable {

        private final int[] ports = FreePort.findTwo();
        private final Path log = Files.createTempFile(FOLDER, "start-", ".log");
        private final Process process;
        private final long begun;

        private Running(Variant variant) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(variant.command())
                    .directory(FOLDER.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("LATCHKEY_") || name.startsWith("QUARKUS_"));
            environment.putAll(variant.environment());
            environment.putAll(Packaged.settings(database));
            environment.putAll(Map.of(
                    "QUARKUS_HTTP_PORT", Integer.toString(ports[0]),
                    "QUARKUS_MANAGEMENT_PORT", Integer.toString(ports[1]),
                    "LATCHKEY_THROTTLE_ENABLED", "false",
                    // The token of the first start serves for all others.
                    "LATCHKEY_TOKEN_ACCESS_LIFETIME", "12h",
                    "LATCHKEY_KEY_OVERLAP", "13h"));
            begun = System.nanoTime();
            process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        }

        /** Waits until a condition holds, and returns how long after the execution that was, in ms. */
        private double await(BooleanSupplier condition) throws InterruptedException {
            while (!condition.getAsBoolean()) {
                if (!process.isAlive() || System.nanoTime() - begun > TIMEOUT.toNanos()) {
                    throw new IllegalStateException("it does not start; see " + log);
                }
                Thread.sleep(PAUSE);
            }
            return (System.nanoTime() - begun) / 1e6;
        }

        private boolean isListening() {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports[0])) {
                return socket.isConnected();
            } catch (IOException notYet) {
                return false;
            }
        }

        /** Returns the status of a path; 0 if there is no response. By a bare socket, which costs little to try. */
        private int status(String path, boolean management) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports[management ? 1 : 0])) {
                socket.setSoTimeout(10_000);
                String bearer = management ? "" : "Authorization: Bearer " + token + "\r\n";
                socket.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + bearer
                                        + "Connection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                InputStream in = socket.getInputStream();
                String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
                return head.length() == 12 ? Integer.parseInt(head.substring(9)) : 0;
            } catch (IOException notYet) {
                return 0;
            }
        }

        private String post(String path, String email) throws IOException, InterruptedException {
            try (HttpClient client = HttpClient.newHttpClient()) {
                String body = "{\"email\": \"%s\", \"password\": \"%s\"}".formatted(email, PASSWORD);
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + ports[0] + path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
                return client.send(request, BodyHandlers.ofString()).body();
            }
        }

        /** Returns a line of the process's status as Linux has it, in MiB. */
        private double memory(String name) throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
                String line = lines.filter(it -> it.startsWith(name + ":"))
                        .findFirst()
                        .orElseThrow();
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }

        /** Reads the owner's route on kept connections while one client signs in, and returns the reads a second. */
        private double readFor(Duration duration) throws Exception {
            AtomicLong reads = new AtomicLong();
            AtomicLong others = new AtomicLong();
            long end = System.nanoTime() + duration.toNanos();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + ports[0] + ownRoute))
                    .header("Authorization", "Bearer " + token)
                    .build();
            // The client is closed last: nothing can be sent once that has begun.
            try (HttpClient client = HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .build();
                    ExecutorService threads = Executors.newFixedThreadPool(READERS + 1)) {
                for (int i = 0; i < READERS; i++) {
                    threads.submit(() -> {
                        while (System.nanoTime() < end) {
                            int status = client.send(request, BodyHandlers.discarding())
                                    .statusCode();
                            (status == 200 ? reads : others).incrementAndGet();
                        }
                        return null;
                    });
                }
                threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        post("/api/auth/login", SIGNING_IN);
                    }
                    return null;
                });
            }
            if (others.get() > 0) {
                System.out.println(others.get() + " reads had another status than 200; see " + log);
            }
            return reads.get() / (duration.toNanos() / 1e9);
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        }
    }
}
