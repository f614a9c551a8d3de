package dev.latchkey.compare;

import dev.latchkey.compare.Results.Latency;
import dev.latchkey.compare.Results.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Draws what was measured, as SVG. All scales are logarithmic: between the contenders are factors. */
final class Charts {

    private static final int WIDTH = 760;
    private static final int MARGIN = 16;

    private static final Map<String, String> COLORS = Map.of(
            "native", "#2563eb",
            "jvm", "#d97706",
            "better-auth", "#059669",
            "fastapi", "#db2777",
            "keycloak", "#8b5cf6",
            "libraries", "#6b7280");

    private static final Map<String, String> NAMES = Map.of(
            "native", "Latchkey, executable",
            "jvm", "Latchkey, jar",
            "better-auth", "Better Auth",
            "fastapi", "FastAPI and PyJWT",
            "keycloak", "Keycloak",
            "libraries", "JDK, libargon2");

    private final StringBuilder svg = new StringBuilder();
    private final Results results;

    private Charts(Results results) {
        this.results = results;
    }

    static void write(Results results, Path folder) throws IOException {
        Files.writeString(
                folder.resolve("processor-time.svg"),
                new Charts(results)
                        .bars(
                                "Processor time of the server for each request, µs (less is better)",
                                results::cpuMicros));
        Files.writeString(
                folder.resolve("throughput.svg"),
                new Charts(results).bars("Requests a second (more is better)", results::perSecond));
        if (!results.latencies().isEmpty()) {
            Files.writeString(folder.resolve("latency.svg"), new Charts(results).latency());
        }
    }

    private String bars(String title, BiFunction<String, Work, Optional<Spread>> values) {
        int left = 272;
        int right = WIDTH - 80;
        int line = 15;
        int gap = 9;
        List<Work> works = Stream.of(Work.values())
                .filter(work -> results.contenders().stream()
                        .anyMatch(contender -> values.apply(contender, work).isPresent()))
                .toList();
        List<Spread> all = works.stream()
                .flatMap(work ->
                        results.contenders().stream().flatMap(contender -> values.apply(contender, work).stream()))
                .toList();
        Scale x = Scale.over(
                all.stream().flatMapToDouble(spread -> DoubleStream.of(spread.least(), spread.greatest())),
                left,
                right);
        int top = 78;
        int bottom = top + works.size() * gap + all.size() * line;
        begin(title, bottom + 30);
        legend(results.contenders(), 46);
        for (double mark : x.marks()) {
            add("  <path class=\"grid\" d=\"M%.1f %dV%d\"/>%n", x.at(mark), top - 4, bottom);
            add("  <text class=\"mark\" x=\"%.1f\" y=\"%d\">%s</text>%n", x.at(mark), bottom + 18, number(mark));
        }
        int y = top;
        for (Work work : works) {
            int first = y;
            for (String contender : results.contenders()) {
                Optional<Spread> value = values.apply(contender, work);
                if (value.isPresent()) {
                    bar(x, y, line - 3, COLORS.get(contender), value.get());
                    y += line;
                }
            }
            add("  <text class=\"name\" x=\"%d\" y=\"%.1f\">%s</text>%n", left - 10, (first + y) / 2.0 + 3, work);
            y += gap;
        }
        return svg.append("</svg>\n").toString();
    }

    private void bar(Scale x, int y, int height, String color, Spread value) {
        double from = x.at(x.least());
        add(
                "  <rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                from, y, x.at(value.median()) - from, height, color);
        double middle = y + height / 2.0;
        add(
                "  <path class=\"spread\" d=\"M%.1f %.1fH%.1fM%.1f %dv%dM%.1f %dv%d\"/>%n",
                x.at(value.least()),
                middle,
                x.at(value.greatest()),
                x.at(value.least()),
                y + 2,
                height - 4,
                x.at(value.greatest()),
                y + 2,
                height - 4);
        add(
                "  <text class=\"value\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
                x.at(value.greatest()) + 5, middle + 4, number(value.median()));
    }

    /** Returns one panel for each kind of work, with a curve for each contender and rate. */
    private String latency() {
        List<Work> works = Stream.of(Work.values())
                .filter(work -> results.latencies().stream().anyMatch(latency -> latency.work() == work))
                .toList();
        Scale y = Scale.over(
                results.latencies().stream()
                        .flatMap(latency -> latency.micros().entrySet().stream())
                        .filter(entry -> entry.getKey() >= 50)
                        .mapToDouble(entry -> entry.getValue() / 1e3),
                0,
                190);
        int panel = 262;
        int rows = (works.size() + 1) / 2;
        begin("Response times at a fixed rate of arrivals, ms, by percentile (less is better)", 92 + rows * panel);
        legend(results.latencies().stream().map(Latency::contender).distinct().toList(), 46);
        add("  <path class=\"spread\" d=\"M%d 66h26\"/>%n", MARGIN);
        add("  <text class=\"value\" x=\"%d\" y=\"70\">at 50 %% of its throughput</text>%n", MARGIN + 32);
        add("  <path class=\"spread\" stroke-dasharray=\"5 4\" d=\"M%d 66h26\"/>%n", MARGIN + 230);
        add("  <text class=\"value\" x=\"%d\" y=\"70\">at 80 %%</text>%n", MARGIN + 262);
        for (int i = 0; i < works.size(); i++) {
            panel(works.get(i), y, 56 + i % 2 * (WIDTH / 2 - 8), 120 + i / 2 * panel);
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(Work work, Scale y, int left, int top) {
        int width = WIDTH / 2 - 84;
        add("  <text class=\"heading\" x=\"%d\" y=\"%d\">%s</text>%n", left, top - 12, work);
        double bottom = top + y.at(y.greatest());
        for (double mark : y.marks()) {
            double at = bottom - y.at(mark);
            add("  <path class=\"grid\" d=\"M%d %.1fh%d\"/>%n", left, at, width);
            add("  <text class=\"name\" x=\"%d\" y=\"%.1f\">%s</text>%n", left - 6, at + 4, number(mark));
        }
        for (double percentile : List.of(50.0, 90.0, 99.0, 99.9, 99.99)) {
            String label =
                    percentile == 50 ? "half" : format("%s %%", percentile).replace(".0 ", " ");
            add(
                    "  <text class=\"mark\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
                    left + part(percentile) * width, bottom + 18, label);
        }
        for (String contender : results.contenders()) {
            for (int percent : Comparison.PERCENT) {
                List<Latency> latencies = results.latencies(contender, work, percent);
                if (!latencies.isEmpty()) {
                    StringBuilder path = new StringBuilder();
                    for (double percentile : Comparison.PERCENTILES) {
                        if (percentile >= 50 && percentile < 100) {
                            double millis = Results.micros(latencies, Latency::micros, percentile)
                                            .orElseThrow()
                                            .median()
                                    / 1e3;
                            path.append(format(
                                    "%s%.1f %.1f",
                                    path.isEmpty() ? "M" : "L",
                                    left + part(percentile) * width,
                                    bottom - y.at(millis)));
                        }
                    }
                    add(
                            "  <path class=\"curve\" stroke=\"%s\"%s d=\"%s\"/>%n",
                            COLORS.get(contender), percent == 50 ? "" : " stroke-dasharray=\"5 4\"", path);
                }
            }
        }
    }

    /** Returns where a percentile is on an axis that gives as much room to the last tenth of each part as to the part. */
    private static double part(double percentile) {
        return (-Math.log10(1 - percentile / 100) - Math.log10(2)) / (4 - Math.log10(2));
    }

    private void begin(String title, int height) {
        add("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="title">
                  <title id="title">%s</title>
                  <style>
                    text { font: 12px system-ui, sans-serif; fill: #374151; }
                    .title { font-size: 15px; font-weight: 600; }
                    .heading { font-weight: 600; }
                    .name { text-anchor: end; }
                    .mark { text-anchor: middle; }
                    .value { font-size: 11px; }
                    .grid { stroke: #d1d5db; }
                    .spread { stroke: #111827; stroke-width: 1.2; fill: none; }
                    .curve { fill: none; stroke-width: 2; }
                    @media (prefers-color-scheme: dark) {
                      text { fill: #d1d5db; }
                      .grid { stroke: #4b5563; }
                      .spread { stroke: #f9fafb; }
                    }
                  </style>
                  <text class="title" x="%d" y="24">%s</text>
                """, WIDTH, height, title, MARGIN, title);
    }

    private void legend(List<String> contenders, int y) {
        int x = MARGIN;
        for (String contender : contenders) {
            add(
                    "  <rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/>%n",
                    x, y - 9, COLORS.get(contender));
            add("  <text class=\"value\" x=\"%d\" y=\"%d\">%s</text>%n", x + 15, y, NAMES.get(contender));
            x += 32 + 6 * NAMES.get(contender).length();
        }
    }

    /** A logarithmic axis between two powers of ten, or one of their halves, of so many pixels. */
    private record Scale(double least, double greatest, double from, double to) {

        static Scale over(DoubleStream values, double from, double to) {
            double[] positive = values.filter(value -> value > 0).toArray();
            double least = DoubleStream.of(positive).min().orElse(1);
            double greatest = DoubleStream.of(positive).max().orElse(10);
            return new Scale(
                    Math.pow(10, Math.floor(Math.log10(least * 0.999))),
                    Math.pow(10, Math.ceil(Math.log10(greatest))),
                    from,
                    to);
        }

        double at(double value) {
            return from + (to - from) * Math.log(Math.max(value, least) / least) / Math.log(greatest / least);
        }

        List<Double> marks() {
            return Stream.iterate(least, mark -> mark <= greatest * 1.001, mark -> mark * 10)
                    .toList();
        }
    }

    private void add(String format, Object... values) {
        svg.append(format(format, values));
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String number(double value) {
        String format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
        return format(format, value).replaceFirst("\\.?0+$", value >= 100 ? "$0" : "");
    }
}
