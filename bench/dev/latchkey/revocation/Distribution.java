package dev.latchkey.revocation;

import java.util.List;
import java.util.Locale;

/** A chart of how many of some values are at most how great, as SVG. */
final class Distribution {

    private static final int LEFT = 64;
    private static final int TOP = 48;
    private static final int WIDTH = 620;
    private static final int HEIGHT = 240;
    private static final List<String> COLORS = List.of("#2563eb", "#d97706", "#059669");

    private Distribution() {}

    /** Returns a chart with a curve for each replica. */
    static String chart(List<List<Double>> sorted) {
        double most = sorted.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double step = step(most);
        double end = Math.ceil(most / step) * step;
        StringBuilder svg = new StringBuilder();
        svg.append("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 350" role="img" aria-labelledby="title desc">
                  <title id="title">Time until an ended session is refused</title>
                  <desc id="desc">The share of ended sessions that each of three replicas refuses within so many milliseconds.</desc>
                  <style>
                    text { font: 13px system-ui, sans-serif; fill: #374151; }
                    .title { font-size: 15px; font-weight: 600; }
                    .grid { stroke: #d1d5db; }
                    .curve { fill: none; stroke-width: 2; }
                    @media (prefers-color-scheme: dark) {
                      text { fill: #d1d5db; }
                      .grid { stroke: #4b5563; }
                    }
                  </style>
                """);
        svg.append(
                "  <text class=\"title\" x=\"%d\" y=\"24\">Ended sessions that are refused within so many milliseconds</text>%n"
                        .formatted(LEFT));
        for (int percent = 0; percent <= 100; percent += 25) {
            double y = TOP + HEIGHT * (100 - percent) / 100.0;
            svg.append(number("  <path class=\"grid\" d=\"M%d %.1fh%d\"/>%n", LEFT, y, WIDTH));
            svg.append(
                    number("  <text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d %%</text>%n", LEFT - 8, y + 4, percent));
        }
        for (double at = 0; at <= end + step / 2; at += step) {
            double x = LEFT + WIDTH * at / end;
            svg.append(number(
                    "  <text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>%n", x, TOP + HEIGHT + 20, at));
        }
        for (int i = 0; i < sorted.size(); i++) {
            curve(svg, sorted.get(i), end, COLORS.get(i % COLORS.size()));
            int x = LEFT + i * 130;
            svg.append(number(
                    "  <path class=\"curve\" stroke=\"%s\" d=\"M%d %dh24\"/>%n",
                    COLORS.get(i % COLORS.size()), x, TOP + HEIGHT + 44));
            svg.append(number("  <text x=\"%d\" y=\"%d\">replica %d</text>%n", x + 32, TOP + HEIGHT + 48, i + 1));
        }
        return svg.append("</svg>\n").toString();
    }

    private static void curve(StringBuilder svg, List<Double> values, double end, String color) {
        StringBuilder path = new StringBuilder(number("M%d %d", LEFT, TOP + HEIGHT));
        for (int i = 0; i < values.size(); i++) {
            path.append(number(
                    "L%.1f %.1f", LEFT + WIDTH * values.get(i) / end, TOP + HEIGHT * (1 - (i + 1.0) / values.size())));
        }
        svg.append("  <path class=\"curve\" stroke=\"%s\" d=\"%s\"/>%n".formatted(color, path));
    }

    /** Returns a round distance between the marks of an axis that ends at this value. */
    private static double step(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        return most / power < 2 ? power / 5 : most / power < 5 ? power / 2 : power;
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
