package dev.latchkey;

import dev.latchkey.cli.Cli;
import dev.latchkey.cli.CliApplication;
import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.platform.devdb.DevelopmentSettings;
import dev.latchkey.platform.http.ConnectionGuard;
import dev.latchkey.platform.http.UriCheck;
import dev.latchkey.platform.ops.OutOfMemoryGuard;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Starts the service, or runs a command. In development it supplies a database and a secret. */
@QuarkusMain
public final class Latchkey {

    /**
     * True in development only: the class path of every package lacks it. (The launch mode is not known yet when
     * main begins.) The native compiler initialises this class while it builds, so that to it this is a constant, and the
     * embedded database unreachable.
     */
    private static final boolean HAS_EMBEDDED_DATABASE =
            isOnClassPath("io.zonky.test.db.postgres.embedded.EmbeddedPostgres");

    /** A constant to the native compiler as well, and false there unless it is asked for traces. */
    private static final boolean HAS_TRACES = isOnClassPath("io.opentelemetry.sdk.trace.SpanProcessor");

    Latchkey() {}

    public static void main(String... args) {
        sendTracesToConfiguredEndpoint(args.length == 0);
        if (args.length == 0) {
            serve();
            return;
        }
        switch (Cli.runWithoutService(args)) {
            case Cli.Exited(int code) -> System.exit(code);
            case Cli.NeedsService(Set<Usage> usages) -> runCommand(usages, args);
        }
    }

    private static void serve() {
        supplyDevelopment();
        OutOfMemoryGuard.install();
        ConnectionGuard.enable();
        UriCheck.disable();
        Quarkus.run();
    }

    private static void runCommand(Set<Usage> usages, String... args) {
        CommandMode.enter(usages);
        supplyDevelopment();
        Quarkus.run(CliApplication.class, args);
    }

    private static void supplyDevelopment() {
        if (HAS_EMBEDDED_DATABASE) {
            DevelopmentSettings.setMissing(Path.of(".latchkey"));
        }
    }

    /** The framework knows one of the two variables, and sends to a default where neither is set. */
    private static void sendTracesToConfiguredEndpoint(boolean serves) {
        if (!HAS_TRACES || inEnvironment("QUARKUS_OTEL_SDK_DISABLED").isPresent()) {
            return;
        }
        Optional<String> endpoint = inEnvironment("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT")
                .or(() -> inEnvironment("OTEL_EXPORTER_OTLP_ENDPOINT"));
        endpoint.ifPresent(url -> System.setProperty("quarkus.otel.exporter.otlp.endpoint", url));
        System.setProperty("quarkus.otel.sdk.disabled", Boolean.toString(endpoint.isEmpty() || !serves));
    }

    private static Optional<String> inEnvironment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
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
