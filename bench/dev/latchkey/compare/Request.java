package dev.latchkey.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request that wrk sends again and again.
 *
 * @param pid the process whose time counts
 * @param body of a POST; null: GET
 * @param connections on which it is sent at once
 * @param script a script of wrk that makes requests of its own for each connection; null: always this one
 */
record Request(
        long pid,
        String url,
        Map<String, String> headers,
        @Nullable String body,
        int connections,
        @Nullable Supplier<String> script)
        implements Load {

    static final int CONNECTIONS = 16;

    /** The unit of {@code /proc/PID/stat} on Linux. */
    private static final double TICK_MICROS = 10_000;

    static Request get(long pid, String url, Map<String, String> headers) {
        return new Request(pid, url, headers, null, CONNECTIONS, null);
    }

    static Request post(long pid, String url, Map<String, String> headers, String body) {
        return new Request(pid, url, headers, body, CONNECTIONS, null);
    }

    Request on(int otherConnections) {
        return new Request(pid, url, headers, body, otherConnections, script);
    }

    @Override
    public Outcome run(Duration time) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("wrk", "-c" + connections, "-d" + time.toSeconds() + "s", "--timeout", "20s"));
        headers.forEach((name, value) -> command.addAll(List.of("-H", name + ": " + value)));
        // A script may keep something for each connection, which wrk offers for each thread.
        command.add("-t" + (script == null ? 1 : connections));
        if (script != null || body != null) {
            Path file = Comparison.FOLDER.resolve("request.lua");
            Files.writeString(
                    file, script != null ? script.get() : "wrk.method = \"POST\"\nwrk.body = [[%s]]%n".formatted(body));
            command.addAll(List.of("-s", file.toString()));
        }
        command.add(url);
        double before = cpuMicros();
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(wrk.getInputStream().readAllBytes());
        if (!wrk.waitFor(1, TimeUnit.MINUTES) || wrk.exitValue() != 0 || output.contains("Non-2xx")) {
            throw new IllegalStateException(url + " does not respond with success\n" + output);
        }
        double cpu = cpuMicros() - before;
        return new Outcome(
                number(output, "Requests/sec: +([0-9.]+)"), cpu / number(output, "([0-9]+) requests in"), null);
    }

    private static double number(String output, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(output);
        if (!found.find()) {
            throw new IllegalStateException("no " + pattern + " in " + output);
        }
        return Double.parseDouble(found.group(1));
    }

    /** Returns the processor time of the process so far, in user and in system mode. */
    private double cpuMicros() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(afterName[11]) + Long.parseLong(afterName[12])) * TICK_MICROS;
    }
}
