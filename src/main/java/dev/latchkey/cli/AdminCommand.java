package dev.latchkey.cli;

import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ManagedAccount;
import dev.latchkey.admin.Operators;
import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands that appoint administrators. */
@Command(
        name = "admin",
        subcommands = HelpCommand.class,
        description = "Appoints administrators, and lists them.",
        footer = "  latchkey admin grant ada@example.com")
final class AdminCommand {

    private static final Set<Usage> USAGES = Set.of(Usage.DATABASE);

    @Spec
    @SuppressWarnings("NullAway.Init") // The parser sets it.
    private CommandSpec spec;

    @Command(
            name = "grant",
            description = {
                "Makes a user an administrator: gives the account the role admin.",
                "",
                "The account has to be there already: sign up first. The next refresh or sign-in gives a token with the role."
            },
            footer = "  latchkey admin grant ada@example.com")
    ServiceCommand grant(
            @Parameters(paramLabel = "E-MAIL", description = "The e-mail address of the account.") String email) {
        EmailAddress address = address(email);
        return new ServiceCommand(USAGES, services -> switch (services.operators()
                .grant(address)) {
            case Operators.Changed(ManagedAccount account, boolean _) ->
                CommandResult.done(address.canonical() + " is an administrator from now on.", remark(account));
            case Operators.Unchanged _ -> CommandResult.done(address.canonical() + " is an administrator already.");
            case Operators.NoAccount _ -> noAccount(address);
        });
    }

    @Command(
            name = "revoke",
            description = {
                "Takes the role admin from a user. The account's access tokens are refused within a second.",
                "",
                "Also from the last administrator: latchkey admin grant appoints another."
            },
            footer = "  latchkey admin revoke ada@example.com")
    ServiceCommand revoke(
            @Parameters(paramLabel = "E-MAIL", description = "The e-mail address of the account.") String email) {
        EmailAddress address = address(email);
        return new ServiceCommand(USAGES, services -> switch (services.operators()
                .revoke(address)) {
            case Operators.Changed(ManagedAccount _, boolean hasOtherAdministrators) ->
                CommandResult.done(
                        address.canonical() + " is no administrator any more.",
                        hasOtherAdministrators
                                ? ""
                                : "There is no administrator now. latchkey admin grant appoints one.");
            case Operators.Unchanged _ -> CommandResult.done(address.canonical() + " is no administrator.");
            case Operators.NoAccount _ -> noAccount(address);
        });
    }

    @Command(name = "list", description = "Shows all administrators.", footer = "  latchkey admin list")
    ServiceCommand list() {
        return new ServiceCommand(USAGES, services -> list(services.operators().administrators()));
    }

    private EmailAddress address(String email) {
        return switch (EmailAddress.parse(email)) {
            case EmailAddress.Parsed.Valid(EmailAddress address) -> address;
            case EmailAddress.Parsed.Invalid _ ->
                throw new Cli.UsageException(spec, "E-MAIL has to be an e-mail address, such as ada@example.com.");
        };
    }

    private static CommandResult noAccount(EmailAddress address) {
        return CommandResult.failed(
                "There is no account with the address " + address.canonical() + ". Sign up with it first.");
    }

    private static String remark(ManagedAccount account) {
        return account.ban() == null ? "" : "The account is banned. Its user can sign in once the ban has ended.";
    }

    static CommandResult list(List<ManagedAccount> administrators) {
        if (administrators.isEmpty()) {
            return CommandResult.done("", "There is no administrator. latchkey admin grant appoints one.");
        }
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("E-MAIL", "ID", "STATE", "CREATED"));
        for (ManagedAccount account : administrators) {
            lines.add(List.of(
                    account.profile().email().canonical(),
                    account.profile().id().value(),
                    account.ban() == null ? "active" : "banned",
                    account.profile()
                            .createdAt()
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString()));
        }
        return CommandResult.done(Table.of(lines));
    }
}
