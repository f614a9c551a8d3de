package dev.latchkey.cli;

import dev.latchkey.cli.CliApplication.ServiceCommand;
import dev.latchkey.gate.AccessRequirement.Decision;
import dev.latchkey.gate.AccessRule;
import dev.latchkey.gate.GateRules;
import dev.latchkey.gate.RuleExplanation;
import dev.latchkey.platform.boot.ConfigurationCheck.Usage;
import dev.latchkey.token.TokenOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands for the gate; {@code gate check} is {@link GateCheckCommand}. */
@Command(
        name = "gate",
        subcommands = {GateCheckCommand.class, HelpCommand.class},
        description = "Explains the gate's rules, and tests a deployment for ways around them.",
        footer = "  latchkey gate explain GET /api/42/tasks --user 42")
final class GateCommand {

    /** What is assumed of the token of the request that is explained. */
    static final class TokenOptions {

        @Option(
                names = "--user",
                required = true,
                paramLabel = "ID",
                description = "The user of the token. Without it the request has no token.")
        String user = "";

        @Option(names = "--role", paramLabel = "NAME", description = "A role of that user; may be given several times.")
        Set<String> roles = Set.of();

        @Option(
                names = "--issuer",
                paramLabel = "NAME",
                defaultValue = TokenOrigin.OURS,
                description = "The issuer of the token, by its name in the settings; Latchkey itself by default.")
        String issuer = TokenOrigin.OURS;
    }

    @Command(
            name = "explain",
            description = {
                "Says which rule of the gate decides on a request, and why.",
                "",
                "Reads the rules from the settings, as the service does. Needs no database. The exit code is 0, whatever"
                        + " the decision is."
            },
            footer = "  latchkey gate explain GET /api/42/tasks --user 42 --role editor")
    ServiceCommand explain(
            @Parameters(paramLabel = "METHOD", description = "As the client sends it: GET") String method,
            @Parameters(paramLabel = "TARGET", description = "Path and query as the client sends them: /api/42/tasks")
                    String target,
            @ArgGroup(exclusive = false) @Nullable TokenOptions token) {
        return new ServiceCommand(
                Set.of(Usage.GATE_RULES), services -> explain(services.gateRules(), method, target, token));
    }

    private static CommandResult explain(GateRules rules, String method, String target, @Nullable TokenOptions token) {
        RuleExplanation.Caller caller = null;
        if (token != null) {
            TokenOrigin issuer = rules.origin(token.issuer).orElse(null);
            if (issuer == null) {
                return CommandResult.failed("There is no trusted issuer " + token.issuer + " in the settings.");
            }
            caller = new RuleExplanation.Caller(token.user, token.roles, issuer);
        }
        return CommandResult.done(
                text(method, target, caller, RuleExplanation.of(rules.rules(), method, target, caller)));
    }

    static String text(
            String method, String target, RuleExplanation.@Nullable Caller caller, RuleExplanation explanation) {
        List<String> lines = new ArrayList<>();
        lines.add("Request   " + method + " " + target);
        lines.add("Caller    " + words(caller));
        switch (explanation) {
            case RuleExplanation.Ambiguous(var reason) ->
                lines.add("Decision  403: the path can be read in more than one way: " + reason.text() + ".");
            case RuleExplanation.NoRule(var path, int rules) -> {
                lines.add("Path      " + path.encoded());
                lines.add("Decision  403: "
                        + (rules == 0 ? "there are no rules" : "none of the " + rules + " rules matches")
                        + ", and a request that no rule matches is denied.");
            }
            case RuleExplanation.Decided decided -> {
                lines.add("Path      " + decided.path().encoded());
                lines.add("Decides   " + decided.rule());
                for (AccessRule other :
                        decided.matching().subList(1, decided.matching().size())) {
                    lines.add("          rather than " + other + ", which is less specific");
                }
                lines.add("Decision  " + decision(decided));
            }
        }
        return String.join("\n", lines);
    }

    private static String decision(RuleExplanation.Decided decided) {
        return switch (decided.decision()) {
            case Decision.Granted _ ->
                "200: "
                        + decided.owner().stream()
                                .findFirst()
                                .map(owner -> "the route's user is " + owner + ", and so is the token's.")
                                .orElse("this caller may pass.");
            case Decision.NoToken _ -> "401: this needs a token, and without --user there is none.";
            case Decision.NotOwner _ ->
                "403: the route's user is " + String.join(", ", decided.owner()) + ", and the token's is another.";
            case Decision.NoRole(String role) -> "403: this needs the role " + role + ".";
            case Decision.OtherIssuer(String expected) ->
                "403: the rule is for users of " + expected + ", and the token is from another issuer.";
        };
    }

    private static String words(RuleExplanation.@Nullable Caller caller) {
        if (caller == null) {
            return "none (no token)";
        }
        String roles = caller.roles().isEmpty()
                ? ""
                : ", roles "
                        + String.join(", ", caller.roles().stream().sorted().toList());
        return "user " + caller.user() + roles + ", token of " + caller.origin().name();
    }
}
