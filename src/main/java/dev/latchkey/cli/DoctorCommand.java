package dev.latchkey.cli;

import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.platform.boot.DeploymentCheck;
import dev.latchkey.platform.boot.Diagnosis;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks settings, database, keys, mail server, trusted issuers and the running service, and says what to do. */
@Command(
        name = "doctor",
        sortOptions = false,
        description = {
            "Checks settings, database, keys, mail server, trusted issuers and the public URL, and says what to do about"
                    + " each error and warning.",
            "",
            "It changes nothing and sends no e-mail. It takes 20 seconds at most. Run it"
                    + " where the service runs, with its settings.",
        },
        exitCodeList = {" 0:no error; there may be warnings", " 1:errors were found", Cli.USAGE_ERROR},
        footer = {
            "  latchkey doctor --url https://auth.example.com",
            "      --management-url http://localhost:9000",
        })
final class DoctorCommand implements Callable<ServiceCommand> {

    @Spec
    @SuppressWarnings("NullAway.Init") // The parser sets it.
    private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "Where clients reach the service; without it LATCHKEY_PUBLIC_URL. Given here, one request with a"
                            + " forged client address and an invalid token is made too, which the service records like any other,"
                            + " and the address that it recorded is shown.")
    private @Nullable String url;

    @Option(
            names = "--management-url",
            paramLabel = "URL",
            description = "The management port of a replica; shows the details of its readiness.")
    private @Nullable String managementUrl;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean asJson;

    @Override
    public ServiceCommand call() {
        URI target = parse("--url", url);
        URI management = parse("--management-url", managementUrl);
        return new ServiceCommand(Set.of(Usage.DIAGNOSIS), services -> {
            CliApplication.Deployment deployment = services.deployment();
            ServiceChecks service = new ServiceChecks(deployment, services.keyRotation(), target, management);
            return DiagnosisReport.of(deployment.diagnosis().run(List.of(service)), asJson);
        });
    }

    /** Says what an upgrade would do. */
    @Command(
            name = "upgrade",
            subcommands = {UpgradeCommand.Check.class, HelpCommand.class},
            description = "Tells what an upgrade to this build does to the database.",
            footer = "  latchkey upgrade check")
    static final class UpgradeCommand {

        @Command(
                name = "check",
                sortOptions = false,
                description = {
                    "Says which migrations this build would apply, which of them make writes wait on large tables, and whether"
                            + " the database is newer than this build. Changes nothing.",
                },
                exitCodeList = {
                    " 0:the upgrade can be made, or there is nothing to do",
                    " 1:it cannot, or not while the release before serves",
                    Cli.USAGE_ERROR
                },
                footer = "  latchkey upgrade check")
        static final class Check implements Callable<ServiceCommand> {

            @Option(names = "--json", description = "Prints one JSON object.")
            private boolean asJson;

            @Override
            public ServiceCommand call() {
                return new ServiceCommand(
                        Set.of(Usage.DATABASE),
                        services -> DiagnosisReport.of(
                                Diagnosis.runAll(
                                        List.of(DeploymentCheck.of(
                                                "upgrade", services.deployment().upgrade()::run)),
                                        Diagnosis.TIMEOUT),
                                asJson));
            }
        }
    }

    /** Migrates, for a job that runs before the replicas of a new release. */
    @Command(
            name = "migrate",
            description = {
                "Applies the migrations of this build that the database does not have yet.",
                "",
                "For deployments whose replicas do not (latchkey.database.migrate=false). Several may run at once, and again.",
            },
            footer = "  latchkey migrate")
    static final class MigrateCommand implements Callable<ServiceCommand> {

        @Override
        public ServiceCommand call() {
            return new ServiceCommand(Set.of(Usage.DATABASE), services -> {
                int applied = services.deployment().history().migrate();
                return CommandResult.done(
                        applied == 0 ? "The schema is up to date." : "Applied " + applied + " migrations.");
            });
        }
    }

    private @Nullable URI parse(String option, @Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            URI parsed = new URI(text);
            String scheme = String.valueOf(parsed.getScheme()).toLowerCase(Locale.ROOT);
            boolean isOrigin = parsed.getHost() != null
                    && parsed.getRawUserInfo() == null
                    && (parsed.getRawPath().isEmpty() || parsed.getRawPath().equals("/"))
                    && parsed.getRawQuery() == null
                    && parsed.getRawFragment() == null;
            if (isOrigin && (scheme.equals("https") || scheme.equals("http"))) {
                return new URI(scheme, parsed.getRawAuthority(), "/", null, null);
            }
        } catch (URISyntaxException unreadable) {
            // Refused below.
        }
        throw new Cli.UsageException(spec, option + " needs https:// or http:// and a host, without a path.");
    }
}
