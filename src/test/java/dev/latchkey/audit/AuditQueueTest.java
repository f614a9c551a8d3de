package dev.latchkey.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AuditQueueTest {

    private record Settings(Duration retention, int queue) implements AuditConfig {

        @Override
        public LineFormat lineFormat() {
            return LineFormat.JSON;
        }
    }

    // SC-009: what the queue cannot hold is counted, and the caller does not wait.
    @Test
    void countsEventsThatDoNotFit() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        AuditQueue queue = new AuditQueue(null, new Settings(Duration.ofDays(1), 3), meters);
        for (int i = 0; i < 3; i++) {
            queue.offer(new AuditEventEntity());
        }
        assertEquals(0, meters.get("latchkey.audit.dropped").counter().count());
        assertEquals(3, meters.get("latchkey.audit.waiting").gauge().value());
        queue.offer(new AuditEventEntity());
        queue.offer(new AuditEventEntity());
        assertEquals(2, meters.get("latchkey.audit.dropped").counter().count());
        assertEquals(3, meters.get("latchkey.audit.waiting").gauge().value());
    }
}
