package dev.latchkey.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The queries of the dashboard and of the alerts, and the metrics that they name. */
final class Queries {

    private static final Pattern TEMPLATE = Pattern.compile("\\{\\{.*?}}");
    private static final Pattern SELECTOR = Pattern.compile("([a-z_:][a-zA-Z0-9_:]*) *\\{");
    private static final Pattern LABEL = Pattern.compile("[a-z_]+(?= *(?:=~|!~|!=|=))");

    private Queries() {}

    /** Returns the queries of all panels. */
    static List<String> ofDashboard() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = Chart.YAML.readTree(
                Chart.FOLDER.resolve("dashboards/latchkey.json").toFile());
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(target.path("expr").asText());
            }
        }
        return queries;
    }

    /** Returns the expressions of all alerts as they stand in the template, without what the template puts into them. */
    static List<String> ofAlerts() throws IOException {
        List<String> queries = new ArrayList<>();
        Matcher expression = Pattern.compile("^ +expr: (?:\\|-\\n((?:^ {12}.*\\n)+)|(.*)\\n)", Pattern.MULTILINE)
                .matcher(Files.readString(Chart.FOLDER.resolve("templates/prometheusrule.yaml")));
        while (expression.find()) {
            String query = expression.group(1) == null ? expression.group(2) : expression.group(1);
            queries.add(TEMPLATE.matcher(query).replaceAll(""));
        }
        return queries;
    }

    /** Returns the names of the metrics: each has a selector, be it an empty one, behind it. */
    static Set<String> metrics(List<String> queries) {
        Set<String> names = new TreeSet<>();
        queries.forEach(query -> {
            Matcher selector = SELECTOR.matcher(query);
            while (selector.find()) {
                names.add(selector.group(1));
            }
        });
        return names;
    }

    /** Returns the labels by which a metric of a query is chosen, and by which the query is grouped. */
    static Set<String> labels(String query, String metric) {
        Set<String> names = groups(query);
        Matcher selection = Pattern.compile("\\b" + metric + " *\\{([^}]*)}").matcher(query);
        while (selection.find()) {
            Matcher label = LABEL.matcher(selection.group(1).replaceAll("\"[^\"]*\"", "\"\""));
            while (label.find()) {
                names.add(label.group());
            }
        }
        return names;
    }

    /** Returns the labels by which a query is grouped. */
    static Set<String> groups(String query) {
        Set<String> names = new TreeSet<>();
        Matcher grouping = Pattern.compile("\\bby \\(([^)]*)\\)").matcher(query);
        while (grouping.find()) {
            names.addAll(List.of(grouping.group(1).split(", *")));
        }
        return names;
    }
}
