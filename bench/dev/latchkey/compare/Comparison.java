package dev.latchkey.compare;

import dev.latchkey.compare.Results.Latency;
import dev.latchkey.compare.Results.Sample;
import dev.latchkey.compare.Results.Spread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Measures servers side by side: each gets the same load for each kind of work, one after another, round for round. What counts
 * is the processor time of the server for each request, since the client shares its processors; and how long responses take when
 * requests arrive at a fixed rate. {@code bench/compare --help} says how to run it.
 */
public final class Comparison {

    static final Path FOLDER = Path.of("target", "compare").toAbsolutePath();

    private static final Path RAW = FOLDER.resolve("side-by-side.json");

    /** Rates of arrivals, in per cent of the contender's own throughput in the closed model. */
    static final List<Integer> PERCENT = List.of(50, 80);

    static final List<Double> PERCENTILES = List.of(1.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.99, 100.0);

    private static final int OPEN_CONNECTIONS = 64;

    private final int rounds;
    private final Duration time;
    private final List<Work> works;
    private final List<String> models;
    private final List<Sample> samples = new ArrayList<>();
    private final List<Latency> latencies = new ArrayList<>();

    private Comparison(Map<String, String> options) {
        this.rounds = Integer.parseInt(options.getOrDefault("rounds", "5"));
        this.time = Duration.ofSeconds(Integer.parseInt(options.getOrDefault("seconds", "5")));
        this.models = List.of(options.getOrDefault("models", "closed,open").split(","));
        this.works = options.containsKey("works")
                ? Arrays.stream(options.get("works").split(","))
                        .map(Comparison::work)
                        .toList()
                : List.of(Work.values());
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = options();
        Files.createDirectories(FOLDER);
        Results results = options.containsKey("from")
                ? Results.read(Path.of(options.get("from")))
                : new Comparison(options).measured(options.getOrDefault("contenders", Contender.ALL));
        Report.print(results);
        Charts.write(results, FOLDER);
        System.out.println("\nEach load of the last run is in " + RAW + ", the charts are beside it");
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

    private static Work work(String option) {
        return Arrays.stream(Work.values())
                .filter(work -> work.option().equals(option))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no work " + option + ", but "
                        + Arrays.stream(Work.values()).map(Work::option).toList()));
    }

    private Results measured(String names) throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (String name : names.split(",")) {
                System.out.println("starting " + name);
                Contender.start(name).ifPresent(contenders::add);
            }
            // The first round does not count: code is compiled, and caches fill.
            for (int round = 0; round <= rounds; round++) {
                for (Work work : works) {
                    for (Contender contender : contenders) {
                        measure(round, contender, work);
                    }
                }
                // So that a run that is broken off is not lost.
                results(round).write(RAW);
            }
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
        return results(rounds);
    }

    private Results results(int roundsSoFar) {
        return new Results(
                roundsSoFar,
                (int) time.toSeconds(),
                Runtime.getRuntime().availableProcessors(),
                samples.stream().filter(sample -> sample.round() > 0).toList(),
                latencies);
    }

    private void measure(int round, Contender contender, Work work) throws Exception {
        Load load = contender.loads().get(work);
        if (load == null) {
            return;
        }
        try {
            measure(round, contender, work, load);
        } catch (IllegalStateException e) {
            throw new IllegalStateException(contender.name() + ", " + work, e);
        }
    }

    private void measure(int round, Contender contender, Work work, Load load) throws Exception {
        // The rates of the open model are parts of the throughput in the closed one.
        if (models.contains("closed") || work.hasOpenModel()) {
            Load.Outcome outcome = load.run(time);
            samples.add(new Sample(
                    round, contender.name(), work, outcome.perSecond(), outcome.cpuMicros(), outcome.beside()));
            progress(
                    round,
                    contender,
                    work,
                    "%,9.0f a second".formatted(outcome.perSecond())
                            + (outcome.cpuMicros() == null ? "" : ", %,.1f us each".formatted(outcome.cpuMicros()))
                            + (outcome.beside() == null ? "" : "; " + outcome.beside()));
        }
        if (models.contains("open") && work.hasOpenModel() && load instanceof Request request) {
            // The first round makes the client ready as well.
            for (int percent : round > 0 ? PERCENT : PERCENT.subList(0, 1)) {
                open(round, contender, work, request, percent);
            }
        }
    }

    private void open(int round, Contender contender, Work work, Request request, int percent) throws Exception {
        double closed = Spread.of(samples.stream()
                        .filter(sample -> sample.contender().equals(contender.name()) && sample.work() == work)
                        .filter(sample -> round == 0 || sample.round() > 0)
                        .map(Sample::perSecond))
                .orElseThrow()
                .median();
        try (OpenModel model = new OpenModel(request, closed * percent / 100, OPEN_CONNECTIONS)) {
            OpenModel.Outcome outcome = model.run(time);
            Latency latency = new Latency(
                    round,
                    contender.name(),
                    work,
                    percent,
                    outcome.perSecond(outcome.due()),
                    outcome.refused() + outcome.failed(),
                    micros(outcome.nanos()),
                    micros(outcome.lateNanos()));
            progress(
                    round,
                    contender,
                    work,
                    "%,9.0f a second due (%d %%): %s; sent late by %s; %d without success"
                            .formatted(
                                    latency.perSecond(),
                                    percent,
                                    Report.milliseconds(latency.micros()),
                                    Report.milliseconds(latency.late()),
                                    latency.failed()));
            if (round > 0) {
                latencies.add(latency);
            }
        }
    }

    private static Map<Double, Double> micros(Histogram nanos) {
        Map<Double, Double> micros = new TreeMap<>();
        for (double percentile : PERCENTILES) {
            micros.put(percentile, Math.round(nanos.getValueAtPercentile(percentile) / 100.0) / 10.0);
        }
        return micros;
    }

    private void progress(int round, Contender contender, Work work, String what) {
        System.out.printf("round %d of %d: %-11s %-38s %s%n", round, rounds, contender.name(), work, what);
    }
}
