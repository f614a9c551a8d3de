package dev.latchkey.platform.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what each client network holds of a kind at this moment (see {@link Client#network()}): things, or bytes. */
final class NetworkCounts {

    private final Map<String, Long> counts = new ConcurrentHashMap<>();

    /** Adds one and returns how many there are now. */
    long add(String network) {
        return add(network, 1);
    }

    /** Adds an amount, which may be negative, and returns how much there is now. */
    long add(String network, long amount) {
        // A network that holds nothing takes no memory.
        Long now = counts.compute(network, (key, before) -> {
            long sum = (before == null ? 0 : before) + amount;
            return sum == 0 ? null : sum;
        });
        return now == null ? 0 : now;
    }

    void remove(String network) {
        add(network, -1);
    }

    long of(String network) {
        return counts.getOrDefault(network, 0L);
    }
}
