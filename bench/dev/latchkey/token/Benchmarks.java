package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.revocation.RevokedTokensBenchmark;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs all benchmarks and prints the tables of docs/performance.md. */
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] arguments) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("dev\\.latchkey\\..*Benchmark")
                        .verbosity(VerboseMode.NORMAL)
                        .jvmArgsAppend("-Xmx512m")
                        .build())
                .run();
        Map<Algorithm, Map<String, Double>> times = new EnumMap<>(Algorithm.class);
        for (RunResult result : results) {
            String algorithm = result.getParams().getParam("algorithm");
            if (algorithm != null) {
                times.computeIfAbsent(Algorithm.valueOf(algorithm), name -> new HashMap<>())
                        .put(
                                result.getPrimaryResult().getLabel(),
                                result.getPrimaryResult().getStatistics().getPercentile(50) / 1000);
            }
        }
        System.out.printf(
                "%n| Algorithm | Bare primitive | Verified, not cached | Ratio | Verified, cached | Minted |%n");
        System.out.printf("|---|---|---|---|---|---|%n");
        times.forEach((algorithm, of) -> System.out.printf(
                "| %s | %.1f µs | %.1f µs | %.2f | %.1f µs | %.0f µs |%n",
                algorithm.jose(),
                of.get("primitive"),
                of.get("verifyUncached"),
                of.get("verifyUncached") / of.get("primitive"),
                of.get("verifyCached"),
                of.get("mint")));
        System.out.printf("%n| Memory of a million revoked sessions | Look-up of a revoked session"
                + " | Look-up where neither session nor user is revoked |%n");
        System.out.printf("|---|---|---|%n");
        System.out.printf(
                "| %.1f MB | %.0f ns | %.0f ns |%n",
                RevokedTokensBenchmark.megabytes(), nanoseconds(results, "found"), nanoseconds(results, "absent"));
        System.out.printf("%n| Of 10 rules | of 500 rules |%n");
        System.out.printf("|---|---|%n");
        System.out.printf(
                "| %.1f µs | %.1f µs |%n",
                median(results, "tenRules") / 1000, median(results, "hundredsOfRules") / 1000);
        VerifiedTokenCacheBytes.print();
    }

    private static double median(Collection<RunResult> results, String label) {
        return result(results, label).getStatistics().getPercentile(50);
    }

    private static double nanoseconds(Collection<RunResult> results, String label) {
        return result(results, label).getScore();
    }

    private static Result<?> result(Collection<RunResult> results, String label) {
        return results.stream()
                .map(RunResult::getPrimaryResult)
                .filter(result -> result.getLabel().equals(label))
                .findFirst()
                .orElseThrow();
    }
}
