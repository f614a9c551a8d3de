package dev.latchkey.cli;

import dev.latchkey.cli.Invocation.Help;
import dev.latchkey.cli.Invocation.Misuse;
import dev.latchkey.cli.Invocation.RunAlone;
import dev.latchkey.gatecheck.Deployment;
import dev.latchkey.gatecheck.Parsed;
import dev.latchkey.gatecheck.Routes;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commands that concern the gate. */
public sealed interface GateCommand {

    /**
     * To try the spoofs against a deployment.
     *
     * @param tokenFile where the token stands; {@code -} for standard input; none for the environment
     * @param corpusFile further requests to try, if any
     * @param authorityFile which certificates are believed instead of those that Java knows, if any
     */
    record Check(
            Deployment deployment,
            Routes routes,
            @Nullable String tokenFile,
            @Nullable String corpusFile,
            @Nullable String authorityFile)
            implements GateCommand, StandaloneCommand {}

    String HELP = """
            Usage: latchkey gate <command>

            Commands:
              check     tries the known spoofs against a deployment
              explain   says which rule decides on a request, and why
            """;

    String HELP_CHECK = """
            Usage: latchkey gate check URL --own PATH --other PATH [options]

            Tries, from outside, whether one user can get at another's route through your
            ingress: ambiguous paths, forged headers, methods, tokens. Prints what got
            through. Needs two accounts made for this, and neither settings nor database.

              URL                 the origin people use: https://app.example.com
              --own PATH          a route of the token's user that answers 2xx to GET,
                                  with a body that stays the same: /api/ada/tasks
              --other PATH        the same route of the other user: /api/bob/tasks
              --token-file FILE   holds the access token; - for standard input.
                                  Without it: the variable LATCHKEY_CHECK_TOKEN
              --corpus FILE       further requests, one a line; see docs/gate.md
              --ca FILE           certificates (PEM) that are believed instead of those
                                  that Java knows

            Some 240 requests, one after the other, ten a second. All are GET or HEAD, but
            for empty POSTs that claim to be GET, and what a corpus says beyond that: where
            there is a hole, they reach the other account. One puts the token into the
            query, where access logs keep it; it counts until it expires. Redirects are not
            followed.

            Exit codes: 0 nothing got through, 1 something did, or the routes do not answer
            as they should to begin with, 2 no such command. Where much is unclear or
            redirected, 0 says little: look at the lines.
            """;

    /** What {@code gate check} may be told besides the URL. */
    Set<String> CHECK_OPTIONS = Set.of("--own", "--other", "--token-file", "--corpus", "--ca");

    static Invocation read(List<String> arguments) {
        if (arguments.isEmpty()) {
            return CommandLine.misuse("gate needs to be told what to do: check or explain.", "latchkey gate --help");
        }
        String word = arguments.getFirst();
        if (CommandLine.asksForHelp(word)) {
            return new Help(HELP);
        }
        List<String> rest = arguments.subList(1, arguments.size());
        return switch (word) {
            case "check" -> check(rest);
            case "explain" -> ExplainCommand.read(rest);
            default -> CommandLine.misuse("There is no command 'gate " + word + "'.", "latchkey gate --help");
        };
    }

    private static Invocation check(List<String> rest) {
        if (!rest.isEmpty() && CommandLine.asksForHelp(rest.getFirst())) {
            return new Help(HELP_CHECK);
        }
        String url = null;
        Map<String, String> options = new HashMap<>();
        for (Iterator<String> words = rest.iterator(); words.hasNext(); ) {
            String word = words.next();
            // Security: what was meant as a token must not be repeated, so values are never quoted here.
            String name = word.startsWith("-") ? word.split("=", 2)[0] : "";
            if (name.isEmpty()) {
                if (url != null) {
                    return checkMisuse("gate check takes one URL, and was given something besides.");
                }
                url = word;
            } else if (name.equals("--token")) {
                return checkMisuse("The token is no argument, for everybody on the machine sees arguments:"
                        + " use --token-file or LATCHKEY_CHECK_TOKEN.");
            } else if (!CHECK_OPTIONS.contains(word)) {
                return checkMisuse("gate check has no option '" + name + "'"
                        + (CHECK_OPTIONS.contains(name)
                                ? " with an equals sign; its value follows after a blank."
                                : "."));
            } else if (!words.hasNext()) {
                return checkMisuse(word + " needs a value.");
            } else if (options.put(word, words.next()) != null) {
                return checkMisuse(word + " was given twice.");
            }
        }
        String own = options.get("--own");
        String other = options.get("--other");
        if (url == null || own == null || other == null) {
            return checkMisuse("gate check needs a URL, --own and --other.");
        }
        return switch (Deployment.read(url)) {
            case Parsed.Unfit<Deployment>(String sentence) -> checkMisuse(sentence);
            case Parsed.Fit<Deployment>(Deployment deployment) ->
                switch (Routes.read(own, other)) {
                    case Parsed.Unfit<Routes>(String sentence) -> checkMisuse(sentence);
                    case Parsed.Fit<Routes>(Routes routes) ->
                        new RunAlone(new Check(
                                deployment,
                                routes,
                                options.get("--token-file"),
                                options.get("--corpus"),
                                options.get("--ca")));
                };
        };
    }

    private static Misuse checkMisuse(String sentence) {
        return CommandLine.misuse(sentence, "latchkey gate check --help");
    }
}
