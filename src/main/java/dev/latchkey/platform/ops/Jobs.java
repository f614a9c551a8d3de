package dev.latchkey.platform.ops;

import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.StartOrder;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduler;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Lets the scheduled jobs run once nothing can refuse the boot any more. */
@Singleton
class Jobs {

    private final Scheduler scheduler;

    Jobs(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    void begin(@Observes @Priority(StartOrder.JOBS) StartupEvent event) {
        if (!CommandMode.isOn()) {
            scheduler.resume();
        }
    }
}
