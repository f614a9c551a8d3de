package dev.latchkey.gate;

import dev.latchkey.gate.GateDecision.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Counts the gate's decisions. */
@Singleton
@Startup // All counters exist from the start, so that a first denial shows as an increase.
class GateMetrics {

    private final Counter allowed;
    private final Map<Reason, Counter> denied;

    GateMetrics(MeterRegistry meters) {
        this.allowed = counter(meters, "allowed");
        this.denied = Arrays.stream(Reason.values())
                .collect(Collectors.toUnmodifiableMap(reason -> reason, reason -> counter(meters, reason.tag())));
    }

    void count(GateDecision decision) {
        switch (decision) {
            case GateDecision.Allowed _ -> allowed.increment();
            case GateDecision.Denied(Reason reason, String message) ->
                Objects.requireNonNull(denied.get(reason)).increment();
        }
    }

    private static Counter counter(MeterRegistry meters, String decision) {
        return Counter.builder("latchkey.gate.decisions")
                .description("Decisions of the gate")
                .tag("decision", decision)
                .register(meters);
    }
}
