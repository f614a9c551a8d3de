package dev.latchkey.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.latchkey.platform.boot.DeploymentCheck.CheckResult;
import dev.latchkey.platform.boot.DeploymentCheck.Status;
import dev.latchkey.platform.boot.Diagnosis.Group;
import java.util.List;
import java.util.Locale;

/** Prints the results of checks, for people or for scripts. The exit code says whether there are errors. */
final class DiagnosisReport {

    private static final int STATUS_WIDTH = 8;

    private DiagnosisReport() {}

    static CommandResult of(List<Group> groups, boolean asJson) {
        long errors = count(groups, Status.ERROR);
        long warnings = count(groups, Status.WARNING);
        String output = asJson ? json(groups, errors, warnings) : text(groups, errors, warnings);
        return errors == 0 ? CommandResult.done(output) : CommandResult.failed(output, "");
    }

    private static String text(List<Group> groups, long errors, long warnings) {
        StringBuilder text = new StringBuilder();
        for (Group group : groups) {
            text.append(group.name()).append('\n');
            for (CheckResult result : group.results()) {
                String status = word(result.status());
                text.append("  ")
                        .append(status)
                        .append(" ".repeat(STATUS_WIDTH - status.length()))
                        .append(line(result.name()))
                        .append(": ")
                        .append(line(result.message()));
                if (!result.remedy().isEmpty()) {
                    text.append(". To do: ").append(line(result.remedy()));
                }
                text.append('\n');
            }
        }
        return text.append(errors)
                .append(errors == 1 ? " error, " : " errors, ")
                .append(warnings)
                .append(warnings == 1 ? " warning" : " warnings")
                .toString();
    }

    private static String json(List<Group> groups, long errors, long warnings) {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("errors", errors).put("warnings", warnings);
        ArrayNode checks = report.putArray("checks");
        for (Group group : groups) {
            for (CheckResult result : group.results()) {
                checks.addObject()
                        .put("group", group.name())
                        .put("name", result.name())
                        .put("status", word(result.status()))
                        .put("message", result.message())
                        .put("remedy", result.remedy());
            }
        }
        return report.toString();
    }

    private static long count(List<Group> groups, Status status) {
        return groups.stream()
                .flatMap(group -> group.results().stream())
                .filter(result -> result.status() == status)
                .count();
    }

    private static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    /** Security: what comes from a server or a file must not move the terminal's cursor, or look like a line of ours. */
    private static String line(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
