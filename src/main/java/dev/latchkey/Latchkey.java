package dev.latchkey;

import dev.latchkey.cli.CommandLine;
import dev.latchkey.cli.Commands;
import dev.latchkey.cli.Invocation;
import dev.latchkey.cli.StandaloneCommand;
import dev.latchkey.cli.StandaloneCommands;
import dev.latchkey.platform.boot.CommandMode;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.platform.devdb.DevelopmentSettings;
import dev.latchkey.platform.http.UriCheck;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.EnumSet;

/** Starts the service, or runs a command; in development it brings its own database and secret along. */
@QuarkusMain
public final class Latchkey {

    /**
     * True in development only: the class path of every package lacks it. (The launch mode is not known yet when
     * main begins.) The native compiler initialises this class while it builds, so that to it this is a constant, and the
     * embedded database unreachable.
     */
    private static final boolean HAS_EMBEDDED_DATABASE = isOnClassPath("io.zonky.test.db.postgres.embedded.EmbeddedPostgres");

    Latchkey() {}

    public static void main(String... args) {
        switch (CommandLine.read(args)) {
            case Invocation.Serve() -> serve(args);
            case Invocation.Run _ -> command(args);
            case Invocation.RunAlone(StandaloneCommand command) -> alone(command);
            case Invocation.Help(String text) -> say(System.out, text, Commands.DONE);
            case Invocation.Misuse(String sentence) -> say(System.err, sentence + "\n", Commands.MISUSED);
        }
    }

    private static void serve(String... args) {
        supplyDevelopment();
        exportTelemetryToConfiguredEndpoint();
        UriCheck.ours();
        Quarkus.run(args);
    }

    private static void command(String... args) {
        CommandMode.enter(EnumSet.of(Usage.DATABASE, Usage.KEYS, Usage.SESSIONS, Usage.GATE_RULES));
        supplyDevelopment();
        Quarkus.run(Commands.class, args);
    }

    @SuppressWarnings("SystemOut") // It is what the operator reads.
    private static void alone(StandaloneCommand command) {
        System.exit(StandaloneCommands.run(command, System.out, System.err));
    }

    /** What needs no database ends here, before anything is started. */
    @SuppressWarnings("SystemOut") // It is what the operator reads.
    private static void say(PrintStream stream, String text, int code) {
        stream.print(text);
        stream.flush();
        System.exit(code);
    }

    private static void supplyDevelopment() {
        if (HAS_EMBEDDED_DATABASE) {
            DevelopmentSettings.supply(Path.of(".latchkey"));
        }
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
