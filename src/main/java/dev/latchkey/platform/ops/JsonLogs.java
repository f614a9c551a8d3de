package dev.latchkey.platform.ops;

import dev.latchkey.platform.boot.StartOrder;
import dev.latchkey.platform.ops.OpsConfig.LogFormat;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import org.jboss.logmanager.ExtHandler;
import org.jspecify.annotations.Nullable;

/** Makes each log line one JSON object, with the request id in it. */
@Singleton
class JsonLogs {

    private final LogFormat format;

    JsonLogs(OpsConfig config) {
        this.format = config.logFormat();
    }

    void begin(@Observes @Priority(StartOrder.LOG_FORMAT) StartupEvent event) {
        if (format == LogFormat.JSON) {
            apply(LogManager.getLogManager().getLogger("").getHandlers());
        }
    }

    private static void apply(Handler @Nullable [] handlers) {
        if (handlers == null) {
            return;
        }
        for (Handler handler : handlers) {
            if (handler instanceof ExtHandler outer) {
                apply(outer.getHandlers());
            }
            if (handler instanceof org.jboss.logmanager.handlers.ConsoleHandler || handler instanceof ConsoleHandler) {
                handler.setFormatter(new JsonLine());
            }
        }
    }
}
