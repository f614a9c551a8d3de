package dev.latchkey.cli;

import dev.latchkey.gate.AccessDecision;
import dev.latchkey.gate.AccessRule;
import dev.latchkey.gate.GateRules;
import dev.latchkey.gate.RuleExplanation;
import dev.latchkey.token.TokenOrigin;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says which rule of the gate decides on a request, and why. */
@ApplicationScoped
class GateExplain {

    private final GateRules rules;

    GateExplain(GateRules rules) {
        this.rules = rules;
    }

    CommandResult run(ExplainCommand command) {
        Optional<TokenOrigin> issuer = rules.origin(command.issuer());
        if (issuer.isEmpty()) {
            return CommandResult.failed("There is no trusted issuer " + command.issuer() + " in the settings.");
        }
        RuleExplanation.Caller caller = command.user()
                .map(user -> new RuleExplanation.Caller(user, command.roles(), issuer.get()))
                .orElse(null);
        return CommandResult.done(
                text(command, caller, RuleExplanation.of(rules.rules(), command.method(), command.target(), caller)));
    }

    static String text(ExplainCommand command, RuleExplanation.@Nullable Caller caller, RuleExplanation explanation) {
        List<String> lines = new ArrayList<>();
        lines.add("Request   " + command.method() + " " + command.target());
        lines.add("Caller    " + words(caller));
        switch (explanation) {
            case RuleExplanation.Ambiguous(var reason) ->
                lines.add("Answer    403: the path can be read in more than one way: " + reason.text() + ".");
            case RuleExplanation.NoRule(var path, int rules) -> {
                lines.add("Path      " + path.encoded());
                lines.add("Answer    403: "
                        + (rules == 0 ? "there are no rules" : "none of the " + rules + " rules is about it")
                        + ", and what no rule is about is denied.");
            }
            case RuleExplanation.Decided decided -> {
                lines.add("Path      " + decided.path().encoded());
                lines.add("Decides   " + decided.rule());
                for (AccessRule other :
                        decided.concerning().subList(1, decided.concerning().size())) {
                    lines.add("          rather than " + other + ", which is less specific");
                }
                lines.add("Answer    " + answer(decided));
            }
        }
        return String.join("\n", lines);
    }

    private static String answer(RuleExplanation.Decided decided) {
        return switch (decided.access()) {
            case AccessDecision.Granted _ ->
                "200: "
                        + decided.owner().stream()
                                .findFirst()
                                .map(owner -> "the route's user is " + owner + ", and so is the token's.")
                                .orElse("this caller may pass.");
            case AccessDecision.NoToken _ -> "401: this needs a token, and without --user there is none.";
            case AccessDecision.NotOwner _ ->
                "403: the route's user is " + String.join(", ", decided.owner()) + ", and the token's is another.";
            case AccessDecision.NoRole(String role) -> "403: this needs the role " + role + ".";
            case AccessDecision.OtherIssuer(String expected) ->
                "403: the rule is about users of " + expected + ", and the token is another issuer's.";
        };
    }

    private static String words(RuleExplanation.@Nullable Caller caller) {
        if (caller == null) {
            return "nobody";
        }
        return "user " + caller.user()
                + (caller.roles().isEmpty()
                        ? ""
                        : ", roles "
                                + String.join(
                                        ", ", caller.roles().stream().sorted().toList()))
                + ", token of " + caller.origin().name();
    }
}
