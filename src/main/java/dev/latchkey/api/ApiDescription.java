package dev.latchkey.api;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/**
 * Serves {@code openapi.yaml}, the description of the API, on the management port.
 *
 * <p>A file, because the framework would make the same document anew at each start, which takes the executable a sixth of it.
 */
@Singleton
class ApiDescription {

    private static final String FILE = "/openapi.yaml";
    private static final String PATH = "/q/openapi";

    void register(@Observes ManagementInterface management) {
        register(management.router());
    }

    /** Development has one port for everything. */
    void register(@Observes Router router, LaunchMode mode) {
        if (mode == LaunchMode.DEVELOPMENT) {
            register(router);
        }
    }

    private static void register(Router router) {
        router.get(PATH).blockingHandler(ApiDescription::send);
    }

    private static void send(RoutingContext request) {
        try (InputStream file = Objects.requireNonNull(ApiDescription.class.getResourceAsStream(FILE))) {
            request.response().putHeader("Content-Type", "application/yaml").end(Buffer.buffer(file.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
