package dev.latchkey.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The raw figures of a run, as the file of JSON has them. */
record Results(int rounds, int seconds, int processors, List<Sample> samples, List<Latency> latencies) {

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setSerializationInclusion(JsonInclude.Include.NON_NULL);

    Results {
        // Older files have closed loads alone.
        latencies = Objects.requireNonNullElse(latencies, List.of());
    }

    /**
     * What one load in the closed model came to.
     *
     * @param cpuMicros processor time of the server for each request
     * @param beside what else went on
     */
    record Sample(
            int round,
            String contender,
            Work work,
            double perSecond,
            @Nullable Double cpuMicros,
            @Nullable String beside) {}

    /**
     * What one load in the open model came to.
     *
     * @param percent the rate, in per cent of the contender's throughput in the closed model
     * @param perSecond the rate at which requests were due
     * @param failed how many did not succeed
     * @param micros the response times by their percentile, such as 99.9, from when each request was due
     * @param late the same of how late requests were sent, which is in the response times
     */
    record Latency(
            int round,
            String contender,
            Work work,
            int percent,
            double perSecond,
            long failed,
            Map<Double, Double> micros,
            Map<Double, Double> late) {}

    /** A median with the smallest and the greatest value. */
    record Spread(double median, double least, double greatest) {

        static Optional<Spread> of(Stream<Double> values) {
            List<Double> sorted = values.sorted().toList();
            if (sorted.isEmpty()) {
                return Optional.empty();
            }
            double median = (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
            return Optional.of(new Spread(median, sorted.getFirst(), sorted.getLast()));
        }

        String text(String format) {
            return (format + " (" + format + " to " + format + ")").formatted(median, least, greatest);
        }
    }

    static Results read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), Results.class);
    }

    void write(Path file) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }

    /** Returns the contenders in the order in which they were measured. */
    List<String> contenders() {
        return samples.stream().map(Sample::contender).distinct().toList();
    }

    List<Sample> of(String contender, Work work) {
        return samples.stream()
                .filter(sample -> sample.contender().equals(contender) && sample.work() == work)
                .toList();
    }

    Optional<Spread> perSecond(String contender, Work work) {
        return Spread.of(of(contender, work).stream().map(Sample::perSecond));
    }

    Optional<Spread> cpuMicros(String contender, Work work) {
        return Spread.of(of(contender, work).stream().map(Sample::cpuMicros).filter(Objects::nonNull));
    }

    List<Latency> latencies(String contender, Work work, int percent) {
        return latencies.stream()
                .filter(latency ->
                        latency.contender().equals(contender) && latency.work() == work && latency.percent() == percent)
                .toList();
    }

    /** Returns a percentile of the response times, or of how late requests were sent. */
    static Optional<Spread> micros(
            List<Latency> latencies, Function<Latency, Map<Double, Double>> which, double percentile) {
        return Spread.of(latencies.stream()
                .map(which)
                .map(values -> values.get(percentile))
                .filter(Objects::nonNull));
    }
}
