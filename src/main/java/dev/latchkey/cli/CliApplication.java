package dev.latchkey.cli;

import dev.latchkey.admin.Operators;
import dev.latchkey.audit.RecordedClients;
import dev.latchkey.gate.GateRules;
import dev.latchkey.key.KeyRotation;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.platform.boot.Diagnosis;
import dev.latchkey.platform.db.DatabaseErrors;
import dev.latchkey.platform.db.SchemaHistory;
import dev.latchkey.platform.db.UpgradeCheck;
import dev.latchkey.platform.http.OutboundHttp;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.token.Issuer;
import dev.latchkey.userimport.ImportConfig;
import dev.latchkey.userimport.UserImport;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Set;
import java.util.function.Function;

/** Runs a command that needs the service's beans, and exits. */
@ApplicationScoped
public class CliApplication implements QuarkusApplication {

    private final Services services;

    CliApplication(
            Operators operators,
            KeyRotation keyRotation,
            GateRules gateRules,
            UserImport userImport,
            ImportConfig importConfig,
            Clock clock,
            Diagnosis diagnosis,
            SchemaHistory history,
            UpgradeCheck upgrade,
            RecordedClients clients,
            OutboundHttp http,
            PublicUrl publicUrl,
            Issuer issuer) {
        this.services = new Services(
                operators,
                keyRotation,
                gateRules,
                userImport,
                importConfig,
                clock,
                new Deployment(diagnosis, history, upgrade, clients, http, publicUrl, issuer));
    }

    /** The beans that commands use. */
    record Services(
            Operators operators,
            KeyRotation keyRotation,
            GateRules gateRules,
            UserImport userImport,
            ImportConfig importConfig,
            Clock clock,
            Deployment deployment) {}

    /** The beans of the commands that check or change a deployment as a whole. */
    record Deployment(
            Diagnosis diagnosis,
            SchemaHistory history,
            UpgradeCheck upgrade,
            RecordedClients clients,
            OutboundHttp http,
            PublicUrl publicUrl,
            Issuer issuer) {}

    /**
     * A command whose arguments are parsed, and which needs beans to run.
     *
     * @param usages the settings that have to be right for it
     */
    record ServiceCommand(Set<Usage> usages, Function<Services, CommandResult> action) {

        CommandResult run(Services services) {
            try {
                return action.apply(services);
            } catch (RuntimeException failure) {
                // A sentence, for an operator has no use for a stack trace.
                return CommandResult.failed(DatabaseErrors.describe(failure));
            }
        }
    }

    @Override
    @SuppressWarnings("SystemOut") // It is what the operator reads.
    public int run(String... arguments) {
        return Cli.run(services, System.out, System.err, arguments);
    }
}
