package dev.latchkey.compare;

import dev.latchkey.compare.Results.Latency;
import dev.latchkey.compare.Results.Sample;
import dev.latchkey.compare.Results.Spread;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Prints what was measured as tables, with the goals. */
final class Report {

    private static final List<Double> PRINTED = List.of(50.0, 99.0, 99.9, 100.0);

    private Report() {}

    /**
     * What a work of one contender costs is compared with that of another.
     *
     * @param least the least ratio
     * @param ofThroughput whether the ratio is that of its own throughput to the other's, not of the other's processor time to its own
     */
    private record Goal(Work work, String other, Work against, double least, boolean ofThroughput) {

        Goal(Work work, String other, Work against, double least) {
            this(work, other, against, least, false);
        }

        /** Returns the ratios, round for round; empty where one of the two was not measured. */
        Optional<Spread> ratios(Results results, String contender) {
            List<Sample> own = results.of(contender, work);
            List<Sample> others = results.of(other, against);
            if (own.size() != others.size()) {
                return Optional.empty();
            }
            return Spread.of(
                    IntStream.range(0, own.size()).mapToObj(round -> ratio(own.get(round), others.get(round))));
        }

        private double ratio(Sample own, Sample others) {
            if (ofThroughput || own.cpuMicros() == null || others.cpuMicros() == null) {
                return own.perSecond() / others.perSecond();
            }
            return others.cpuMicros() / own.cpuMicros();
        }
    }

    private static List<Goal> goals(String contender) {
        boolean jvm = contender.equals("jvm");
        return List.of(
                new Goal(Work.GATE, contender, Work.BARE_EVENT_LOOP, 0.85),
                new Goal(Work.GATE, "fastapi", Work.GATE, jvm ? 8 : 4),
                new Goal(Work.GATE_HS256_NEW, contender, Work.BARE_EVENT_LOOP, 0.5),
                new Goal(Work.GATE_EDDSA_NEW, "libraries", Work.ED25519, jvm ? 6 : 3),
                new Goal(Work.TOKEN_SESSION, contender, Work.BARE_WORKER, 0.9),
                new Goal(Work.PROFILE, contender, Work.BARE_ROW, 0.8),
                new Goal(Work.GET_SESSION, contender, Work.PROFILE, 1 / 1.5),
                new Goal(Work.GET_SESSION, "better-auth", Work.GET_SESSION, jvm ? 15 : 12),
                new Goal(Work.GET_SESSION_CACHED, contender, Work.BARE_WORKER, 0.7),
                new Goal(Work.REFRESH, contender, Work.BARE_TRANSACTION, 1 / 1.5),
                new Goal(Work.INTROSPECTION, "keycloak", Work.INTROSPECTION, jvm ? 10 : 5),
                new Goal(Work.SIGN_IN, contender, Work.BARE_HASH, 0.9),
                new Goal(Work.BARE_HASH, "libraries", Work.ARGON2, 1 / (jvm ? 1.3 : 1.5)),
                new Goal(Work.GATE_FLOODED, contender, Work.GATE, 0.8, true));
    }

    static void print(Results results) {
        System.out.printf(
                "%nMedian (smallest to greatest) of %d rounds in turns, %d s each, %d processors%n%n",
                results.rounds(), results.seconds(), results.processors());
        closed(results);
        ratios(results);
        open(results);
    }

    private static void closed(Results results) {
        System.out.println("| | | requests a second | processor time each, us |");
        System.out.println("|---|---|---|---|");
        for (Work work : Work.values()) {
            for (String contender : results.contenders()) {
                results.perSecond(contender, work)
                        .ifPresent(perSecond -> System.out.printf(
                                "| %s | %s | %s | %s |%n",
                                work,
                                contender,
                                perSecond.text("%,.0f"),
                                results.cpuMicros(contender, work)
                                        .map(micros -> micros.text("%,.1f"))
                                        .orElse("")));
            }
        }
        results.samples().stream()
                .filter(sample -> sample.beside() != null)
                .forEach(sample -> System.out.printf(
                        "%nBeside round %d of %s, %s: %s%n",
                        sample.round(), sample.contender(), sample.work(), sample.beside()));
    }

    private static void ratios(Results results) {
        System.out.printf(
                "%nRatios, round for round: of the other's processor time to its own, or of its own throughput%n%n");
        System.out.println("| | against | ratio | goal |");
        System.out.println("|---|---|---|---|");
        for (String contender : List.of("jvm", "native")) {
            for (Goal goal : goals(contender)) {
                goal.ratios(results, contender)
                        .ifPresent(ratios -> System.out.printf(
                                "| %s, %s%s | %s, %s | %s | %.2f%s |%n",
                                goal.work(),
                                contender,
                                goal.ofThroughput() ? " (throughput)" : "",
                                goal.against(),
                                goal.other(),
                                ratios.text("%.2f"),
                                goal.least(),
                                ratios.median() >= goal.least() ? "" : ", missed"));
            }
        }
    }

    private static void open(Results results) {
        if (results.latencies().isEmpty()) {
            return;
        }
        System.out.printf("%nResponse times at a fixed rate of arrivals, from when each request was due, ms%n%n");
        System.out.println(
                "| | | rate, of throughput | requests a second | p50 | p99 | p99.9 | longest | sent late, p99 |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (Work work : Work.values()) {
            for (String contender : results.contenders()) {
                for (int percent : Comparison.PERCENT) {
                    List<Latency> all = results.latencies(contender, work, percent);
                    if (!all.isEmpty()) {
                        System.out.printf(
                                "| %s | %s | %d %% | %,.0f |%s %.2f |%s%n",
                                work,
                                contender,
                                percent,
                                Spread.of(all.stream().map(Latency::perSecond))
                                        .orElseThrow()
                                        .median(),
                                milliseconds(all),
                                Results.micros(all, Latency::late, 99)
                                                .orElseThrow()
                                                .median()
                                        / 1e3,
                                failures(all));
                    }
                }
            }
        }
    }

    private static String failures(List<Latency> all) {
        long failed = all.stream().mapToLong(Latency::failed).sum();
        return failed == 0 ? "" : " " + failed + " without success |";
    }

    private static String milliseconds(List<Latency> all) {
        StringBuilder text = new StringBuilder();
        for (double percentile : PRINTED) {
            Spread spread = Results.micros(all, Latency::micros, percentile).orElseThrow();
            // Of the longest the longest of all rounds.
            text.append(" %,.2f |".formatted((percentile == 100 ? spread.greatest() : spread.median()) / 1e3));
        }
        return text.toString();
    }

    /** Returns the percentiles of one load, for the progress. */
    static String milliseconds(Map<Double, Double> micros) {
        return "p50 %,.2f, p99 %,.2f, p99.9 %,.2f, longest %,.2f ms"
                .formatted(PRINTED.stream()
                        .map(percentile -> micros.get(percentile) / 1e3)
                        .toArray());
    }
}
