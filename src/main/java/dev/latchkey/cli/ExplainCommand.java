package dev.latchkey.cli;

import dev.latchkey.cli.Invocation.Help;
import dev.latchkey.cli.Invocation.Run;
import dev.latchkey.token.TokenOrigin;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * To say which rule of the gate decides on a request, and why.
 *
 * @param user the user of the token; none for a request without one
 * @param issuer what the settings call whoever issued it
 */
record ExplainCommand(String method, String target, Optional<String> user, Set<String> roles, String issuer)
        implements Command {

    static final String HELP = """
            Usage: latchkey gate explain METHOD TARGET [options]

            Says which rule of the gate decides on a request, and why.

              METHOD          as the client sends it: GET
              TARGET          path and query as the client sends them: /api/42/tasks
              --user ID       the user of the token; without it there is no token
              --role NAME     a role of that user; may be given several times
              --issuer NAME   who issued the token, by its name in the settings;
                              by default we did

            Reads the rules from the settings, as the service does, and asks no database.
            Exit code 0, whatever the answer is.
            """;

    ExplainCommand {
        roles = Set.copyOf(roles);
    }

    static Invocation read(List<String> arguments) {
        String help = "latchkey gate explain --help";
        if (arguments.stream().anyMatch(CommandLine::asksForHelp)) {
            return new Help(HELP);
        }
        if (arguments.size() < 2) {
            return CommandLine.misuse("gate explain needs a method and a target: GET /api/42/tasks.", help);
        }
        Optional<String> user = Optional.empty();
        Set<String> roles = new HashSet<>();
        String issuer = TokenOrigin.OURS;
        for (Iterator<String> rest = arguments.listIterator(2); rest.hasNext(); ) {
            String option = rest.next();
            if (!Set.of("--user", "--role", "--issuer").contains(option)) {
                return CommandLine.misuse("gate explain has no option '" + option + "'.", help);
            }
            if (!rest.hasNext()) {
                return CommandLine.misuse(option + " needs a value.", help);
            }
            String value = rest.next();
            switch (option) {
                case "--user" -> user = Optional.of(value);
                case "--role" -> roles.add(value);
                default -> issuer = value;
            }
        }
        return user.isEmpty() && !(roles.isEmpty() && issuer.equals(TokenOrigin.OURS))
                ? CommandLine.misuse("--role and --issuer say something of a token, which needs --user.", help)
                : new Run(new ExplainCommand(arguments.get(0), arguments.get(1), user, roles, issuer));
    }
}
