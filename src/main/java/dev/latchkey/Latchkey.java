package dev.latchkey;

import dev.latchkey.ops.DevelopmentSettings;
import dev.latchkey.ops.UriCheck;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;

/** Starts the service; in development it brings its own database and secret along. */
@QuarkusMain
public final class Latchkey {

    /**
     * True in development only: the class path of every package lacks the unpacker. (The launch mode is not known yet when
     * main begins.) The native compiler initialises this class while it builds, so that to it this is a constant, and the
     * embedded database unreachable.
     */
    private static final boolean HAS_EMBEDDED_DATABASE = isOnClassPath("org.tukaani.xz.XZInputStream");

    Latchkey() {}

    public static void main(String... args) {
        if (HAS_EMBEDDED_DATABASE) {
            DevelopmentSettings.supply(Path.of(".latchkey"));
        }
        exportTelemetryToConfiguredEndpoint();
        UriCheck.ours();
        Quarkus.run(args);
    }

    private static void exportTelemetryToConfiguredEndpoint() {
        boolean hasEndpoint = isInEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT")
                || isInEnvironment("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT");
        if (hasEndpoint && !isInEnvironment("QUARKUS_OTEL_SDK_DISABLED")) {
            System.setProperty("quarkus.otel.sdk.disabled", "false");
        }
    }

    private static boolean isInEnvironment(String name) {
        String value = System.getenv(name);
        return value != null && !value.isBlank();
    }

    private static boolean isOnClassPath(String name) {
        try {
            Class.forName(name, false, Latchkey.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }
}
