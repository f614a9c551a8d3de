package dev.latchkey.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.latchkey.compare.Contender.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures servers side by side: each gets the same load for each kind of work, one after another, round for round. What counts
 * is the processor time of the server for each request, since the client shares its processors. {@code bench/compare --help}
 * says how to run it.
 */
public final class Comparison {

    private static final Path FOLDER = Path.of("target", "compare").toAbsolutePath();
    /** The unit of {@code /proc/PID/stat} on Linux. */
    private static final double TICK_MICROS = 10_000;

    private final int seconds;
    private final List<Sample> samples = new ArrayList<>();

    private Comparison(int seconds) {
        this.seconds = seconds;
    }

    /** What one load came to. */
    private record Sample(int round, String contender, Work work, double perSecond, double cpuMicros) {}

    /**
     * What a work of one contender costs is compared with that of another.
     *
     * @param least the least ratio of the other's processor time to its own
     */
    private record Goal(Work work, String other, Work against, double least) {}

    private static List<Goal> goals(String contender) {
        boolean jvm = contender.equals("jvm");
        return List.of(
                new Goal(Work.GATE, contender, Work.BARE_EVENT_LOOP, 0.85),
                new Goal(Work.GATE, "fastapi", Work.GATE, jvm ? 8 : 4),
                new Goal(Work.GATE_HS256_NEW, contender, Work.BARE_EVENT_LOOP, 0.5),
                new Goal(Work.TOKEN_SESSION, contender, Work.BARE_WORKER, 0.9),
                new Goal(Work.PROFILE, contender, Work.BARE_ROW, 0.8),
                new Goal(Work.GET_SESSION, contender, Work.PROFILE, 1 / 1.5),
                new Goal(Work.GET_SESSION, "better-auth", Work.GET_SESSION, jvm ? 15 : 12),
                new Goal(Work.GET_SESSION_CACHED, contender, Work.BARE_WORKER, 0.7),
                new Goal(Work.REFRESH, contender, Work.BARE_TRANSACTION, 1 / 1.5),
                new Goal(Work.SIGN_IN, contender, Work.BARE_HASH, 0.9));
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = options();
        int rounds = Integer.parseInt(options.getOrDefault("rounds", "5"));
        Comparison comparison = new Comparison(Integer.parseInt(options.getOrDefault("seconds", "5")));
        List<Contender> contenders = new ArrayList<>();
        try {
            for (String name : options.getOrDefault("contenders", "native,jvm,better-auth,fastapi")
                    .split(",")) {
                System.out.println("starting " + name);
                Contender.start(name).ifPresent(contenders::add);
            }
            comparison.measure(contenders, rounds);
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
        comparison.print(contenders, rounds);
    }

    // The script passes them by a variable, since the build has no place for arguments.
    private static Map<String, String> options() {
        Map<String, String> options = new HashMap<>();
        String words = System.getenv().getOrDefault("COMPARE_ARGUMENTS", "").strip();
        Matcher option = Pattern.compile("--(\\w+)=(\\S+)").matcher(words);
        while (option.find()) {
            options.put(option.group(1), option.group(2));
        }
        return options;
    }

    private void measure(List<Contender> contenders, int rounds) throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        // The first round does not count: code is compiled, and caches fill.
        for (int round = 0; round <= rounds; round++) {
            for (Work work : Work.values()) {
                for (Contender contender : contenders) {
                    Request request = contender.requests().get(work);
                    if (request == null) {
                        continue;
                    }
                    Sample sample = load(round, contender, work, request);
                    System.out.printf(
                            "round %d of %d: %-12s %-22s %9.0f a second, %7.1f us each%n",
                            round, rounds, contender.name(), work, sample.perSecond(), sample.cpuMicros());
                    if (round > 0) {
                        samples.add(sample);
                    }
                }
            }
        }
    }

    private Sample load(int round, Contender contender, Work work, Request request)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("wrk", "-c" + request.connections(), "-d" + seconds + "s"));
        request.headers().forEach((name, value) -> command.addAll(List.of("-H", name + ": " + value)));
        if (request.script() == null) {
            command.add("-t1");
        } else {
            Path script = FOLDER.resolve("request.lua");
            Files.writeString(script, request.script().get());
            // A script may keep something for each connection, which wrk offers for each thread.
            command.addAll(List.of("-t" + request.connections(), "-s", script.toString()));
        }
        command.add(request.url());
        double before = cpuMicros(request.pid());
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(wrk.getInputStream().readAllBytes());
        if (!wrk.waitFor(1, TimeUnit.MINUTES) || wrk.exitValue() != 0 || output.contains("Non-2xx")) {
            throw new IllegalStateException(
                    contender.name() + " does not respond with success to " + request.url() + "\n" + output);
        }
        double cpu = cpuMicros(request.pid()) - before;
        return new Sample(
                round,
                contender.name(),
                work,
                number(output, "Requests/sec: +([0-9.]+)"),
                cpu / number(output, "([0-9]+) requests in"));
    }

    private static double number(String output, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(output);
        if (!found.find()) {
            throw new IllegalStateException("no " + pattern + " in " + output);
        }
        return Double.parseDouble(found.group(1));
    }

    /** Returns the processor time of a process so far, in user and in system mode. */
    private static double cpuMicros(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) * TICK_MICROS;
    }

    private void print(List<Contender> contenders, int rounds) throws IOException {
        System.out.printf(
                "%nMedian (smallest to greatest) of %d rounds in turns, %d s each, %d processors%n%n",
                rounds, seconds, Runtime.getRuntime().availableProcessors());
        System.out.println("| | | requests a second | processor time each, us |");
        System.out.println("|---|---|---|---|");
        for (Work work : Work.values()) {
            for (Contender contender : contenders) {
                if (contender.requests().containsKey(work)) {
                    System.out.printf(
                            "| %s | %s | %s | %s |%n",
                            work,
                            contender.name(),
                            spread(
                                    of(contender.name(), work).stream()
                                            .map(Sample::perSecond)
                                            .toList(),
                                    "%.0f"),
                            spread(
                                    of(contender.name(), work).stream()
                                            .map(Sample::cpuMicros)
                                            .toList(),
                                    "%.1f"));
                }
            }
        }
        System.out.printf("%nRatios of processor time, the other's to its own, round for round%n%n");
        System.out.println("| | against | ratio | goal |");
        System.out.println("|---|---|---|---|");
        for (String name : List.of("jvm", "native")) {
            for (Goal goal : goals(name)) {
                ratios(name, goal)
                        .ifPresent(ratios -> System.out.printf(
                                "| %s, %s | %s, %s | %s | %.2f%s |%n",
                                goal.work(),
                                name,
                                goal.against(),
                                goal.other(),
                                spread(ratios, "%.2f"),
                                goal.least(),
                                median(ratios) >= goal.least() ? "" : ", missed"));
            }
        }
        Path raw = FOLDER.resolve("samples.json");
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("rounds", rounds);
        all.put("seconds", seconds);
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("samples", samples);
        Files.writeString(
                raw,
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all) + "\n");
        System.out.println("\nEach load is in " + raw);
    }

    private Optional<List<Double>> ratios(String contender, Goal goal) {
        List<Sample> own = of(contender, goal.work());
        List<Sample> other = of(goal.other(), goal.against());
        if (own.isEmpty() || other.size() != own.size()) {
            return Optional.empty();
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            ratios.add(other.get(i).cpuMicros() / own.get(i).cpuMicros());
        }
        return Optional.of(ratios);
    }

    private List<Sample> of(String contender, Work work) {
        return samples.stream()
                .filter(sample -> sample.contender().equals(contender) && sample.work() == work)
                .toList();
    }

    private static String spread(List<Double> values, String format) {
        List<Double> sorted = values.stream().sorted().toList();
        return (format + " (" + format + " to " + format + ")")
                .formatted(median(values), sorted.getFirst(), sorted.getLast());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }
}
