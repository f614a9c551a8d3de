package dev.latchkey.gate;

import dev.latchkey.gate.GateDecision.Refusal;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** How often the gate answered what. */
@Singleton
class GateMetrics {

    private final LongAdder passed = new LongAdder();
    private final ConcurrentMap<Refusal, LongAdder> refused = new ConcurrentHashMap<>();

    void begin(@Observes StartupEvent event, MeterRegistry meters) {
        register(meters, "passed", passed);
        for (Refusal why : Refusal.values()) {
            register(meters, why.word(), of(why));
        }
    }

    private static void register(MeterRegistry meters, String answer, LongAdder count) {
        FunctionCounter.builder("latchkey.gate.answers", count, LongAdder::sum)
                .description("Questions to the gate, by its answer")
                .tag("answer", answer)
                .register(meters);
    }

    void count(GateDecision answer) {
        switch (answer) {
            case GateDecision.Pass _ -> passed.increment();
            case GateDecision.Refused(Refusal why, String sentence) -> of(why).increment();
        }
    }

    private LongAdder of(Refusal why) {
        return refused.computeIfAbsent(why, first -> new LongAdder());
    }
}
