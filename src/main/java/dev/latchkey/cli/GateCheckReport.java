package dev.latchkey.cli;

import dev.latchkey.gatecheck.GateCheck.Outcome;
import dev.latchkey.gatecheck.TestResult;
import dev.latchkey.gatecheck.TestResult.Assessment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Reports the outcome of a gate check: a table of the requests to look at, and a line that counts all of them. */
final class GateCheckReport {

    /** The assessments whose requests get a line of their own, in the order of the table. */
    private static final Set<Assessment> LISTED =
            EnumSet.of(Assessment.BYPASS, Assessment.WRONGLY_REFUSED, Assessment.REDIRECTED, Assessment.UNCLEAR);

    private GateCheckReport() {}

    static CommandResult of(Outcome outcome) {
        return switch (outcome) {
            case Outcome.NotStarted(String reason) -> CommandResult.failed("Nothing was tested. " + reason);
            case Outcome.Finished(List<TestResult> results, List<String> remarks) -> {
                String message = String.join("\n", remarks);
                yield count(results, Assessment.BYPASS) == 0
                        ? CommandResult.done(text(results), message)
                        : CommandResult.failed(text(results), message);
            }
            case Outcome.Aborted(List<TestResult> results, List<String> remarks, String reason) -> {
                List<String> messages = new ArrayList<>(remarks);
                messages.add(reason);
                yield CommandResult.failed(text(results), String.join("\n", messages));
            }
        };
    }

    private static String text(List<TestResult> results) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("RESULT", "TEST", "REQUEST", "TOKEN", "RESPONSE"));
        for (Assessment assessment : LISTED) {
            results.stream()
                    .filter(result -> result.assessment() == assessment)
                    .map(result -> List.of(
                            words(assessment), result.name(), result.request(), result.credential(), result.response()))
                    .forEach(lines::add);
        }
        String summary = summary(results);
        return lines.size() == 1 ? summary : Table.of(lines) + "\n\n" + summary;
    }

    private static String summary(List<TestResult> results) {
        StringBuilder line = new StringBuilder(results.size() + " requests:");
        String separator = " ";
        for (Assessment assessment : Assessment.values()) {
            long count = count(results, assessment);
            // The one that matters is shown even if it is 0.
            if (count > 0 || assessment == Assessment.BYPASS) {
                line.append(separator).append(count).append(' ').append(words(assessment));
                separator = ", ";
            }
        }
        return line.toString();
    }

    private static long count(List<TestResult> results, Assessment assessment) {
        return results.stream()
                .filter(result -> result.assessment() == assessment)
                .count();
    }

    private static String words(Assessment assessment) {
        return switch (assessment) {
            case BYPASS -> "got through";
            case WRONGLY_REFUSED -> "refused though it should pass";
            case REDIRECTED -> "redirected";
            case UNCLEAR -> "unclear";
            case REFUSED -> "refused";
            case NOT_SERVED -> "not served though it should pass";
            case FALLBACK_PAGE -> "got the page for unknown paths";
            case UNAFFECTED -> "unaffected";
            case PASSED -> "passed as it should";
        };
    }
}
