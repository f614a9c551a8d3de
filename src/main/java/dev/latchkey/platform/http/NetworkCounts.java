package dev.latchkey.platform.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts how many things of a kind each client network holds at this moment (see {@link Client#network()}). */
final class NetworkCounts {

    private final Map<String, Integer> counts = new ConcurrentHashMap<>();

    /** Adds one and returns how many there are now. */
    int add(String network) {
        return counts.merge(network, 1, Integer::sum);
    }

    void remove(String network) {
        // A network that holds nothing takes no memory.
        counts.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
    }

    int of(String network) {
        return counts.getOrDefault(network, 0);
    }
}
