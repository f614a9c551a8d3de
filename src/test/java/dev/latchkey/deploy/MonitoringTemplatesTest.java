package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.and;
import static dev.latchkey.deploy.Chart.render;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code servicemonitor.yaml}, {@code prometheusrule.yaml}, {@code dashboard.yaml} */
class MonitoringTemplatesTest {

    /** Without the operator of Prometheus the types do not exist. */
    @Test
    void nothingIsThereByDefault() {
        assertTrue(render(REQUIRED).all(ServiceMonitor.class).isEmpty());
        assertTrue(render(REQUIRED).all(PrometheusRule.class).isEmpty());
        assertEquals(1, render(REQUIRED).all(ConfigMap.class).size());
    }

    @Nested
    class Monitor {

        private static final String ON =
                "{serviceMonitor: {enabled: true}, networkPolicy: {managementNamespaces: [monitoring]}}";

        @Test
        void readsTheMetricsOfTheManagementService() {
            ServiceMonitor monitor = render(REQUIRED, ON).only(ServiceMonitor.class);
            Service service = render(REQUIRED).named(Service.class, "latchkey-management");
            assertTrue(service.getMetadata()
                    .getLabels()
                    .entrySet()
                    .containsAll(
                            monitor.getSpec().getSelector().getMatchLabels().entrySet()));
            // And of no other one: a replica would be counted twice.
            assertEquals(
                    1,
                    render(REQUIRED).all(Service.class).stream()
                            .filter(it -> it.getMetadata()
                                    .getLabels()
                                    .entrySet()
                                    .containsAll(monitor.getSpec()
                                            .getSelector()
                                            .getMatchLabels()
                                            .entrySet()))
                            .count());
            assertEquals(
                    List.of("auth"), monitor.getSpec().getNamespaceSelector().getMatchNames());
            var endpoint = monitor.getSpec().getEndpoints().get(0);
            assertEquals(service.getSpec().getPorts().get(0).getName(), endpoint.getPort());
            assertEquals("/q/metrics", endpoint.getPath());
            assertEquals("30s", endpoint.getInterval());
        }

        @Test
        void hasTheLabelByWhichPrometheusChooses() {
            assertEquals(
                    "kube",
                    render(REQUIRED, ON, "serviceMonitor: {labels: {release: kube}, interval: 1m}")
                            .only(ServiceMonitor.class)
                            .getMetadata()
                            .getLabels()
                            .get("release"));
        }

        @Test
        void needsNoNamespaceWithoutANetworkPolicy() {
            render(REQUIRED, "{serviceMonitor: {enabled: true}, networkPolicy: {enabled: false}}")
                    .only(ServiceMonitor.class);
        }
    }

    @Nested
    class Alerts {

        @Test
        void sayWhatHappenedAndWhatToDo() {
            List<Rule> rules = rules();
            assertTrue(rules.size() > 10);
            Set<String> names = new HashSet<>();
            for (Rule rule : rules) {
                assertTrue(rule.getAlert().startsWith("Latchkey"), rule.getAlert());
                assertTrue(names.add(rule.getAlert()), rule.getAlert());
                assertTrue(
                        Set.of("critical", "warning", "info")
                                .contains(rule.getLabels().get("severity")),
                        rule.getAlert());
                assertEquals(
                        Set.of("summary", "description"), rule.getAnnotations().keySet(), rule.getAlert());
                rule.getAnnotations().values().forEach(text -> assertTrue(text.endsWith("."), text));
            }
        }

        @Test
        void concernThisReleaseOnly() {
            for (Rule rule : rules()) {
                String query = rule.getExpr().getStrVal();
                int selectors = query.split("\\{", -1).length - 1;
                assertTrue(selectors > 0, query);
                assertEquals(
                        selectors,
                        query.split("\\{namespace=\"auth\",job=\"latchkey-management\"", -1).length - 1,
                        query);
            }
        }

        @Test
        void compareWithTheValues() {
            List<Rule> rules = rules(
                    "prometheusRule: {mailsWaiting: 7, forgedTokensPerSecond: 0.5, unavailableRatio: 0.2, slowSeconds: 3}");
            assertTrue(query(rules, "LatchkeyMailsWait").endsWith("> 7"));
            assertTrue(query(rules, "LatchkeyForgedTokens").endsWith("> 0.5"));
            assertTrue(query(rules, "LatchkeyUnavailable").contains("> 0.2 * sum"));
            assertTrue(query(rules, "LatchkeySlow").contains("> 3 * sum"));
        }

        @Test
        void haveTheLabelsThatAreGiven() {
            PrometheusRule object = rule("prometheusRule: {labels: {release: kube}, alertLabels: {team: accounts}}");
            assertEquals("kube", object.getMetadata().getLabels().get("release"));
            for (Rule rule : object.getSpec().getGroups().get(0).getRules()) {
                assertEquals("accounts", rule.getLabels().get("team"));
                assertTrue(rule.getLabels().containsKey("severity"));
            }
        }

        /** What {@link Queries} reads in the template is what is rendered. */
        @Test
        void areReadAsTheyAreRendered() throws IOException {
            List<String> rendered =
                    rules().stream().map(it -> it.getExpr().getStrVal()).toList();
            assertEquals(rendered.size(), Queries.ofAlerts().size());
            assertEquals(Queries.metrics(rendered), Queries.metrics(Queries.ofAlerts()));
        }

        @Test
        void areInTheReadme() throws IOException {
            String readme = Files.readString(Chart.FOLDER.resolve("README.md"));
            for (Rule rule : rules()) {
                assertTrue(
                        readme.contains("| `" + rule.getAlert() + "` | "
                                + rule.getLabels().get("severity") + " | "),
                        rule.getAlert());
            }
            assertEquals(rules().size(), readme.split("\\n\\| `Latchkey", -1).length - 1);
        }

        /** With what to do about it. */
        @Test
        void areInTheManual() throws IOException {
            String manual = Files.readString(Path.of("docs/operations.md"));
            for (Rule rule : rules()) {
                assertTrue(
                        manual.lines()
                                .filter(line -> line.startsWith("| `Latchkey"))
                                .anyMatch(line -> line.contains("`" + rule.getAlert() + "`")
                                        && line.split(" \\| ", -1).length == 3),
                        rule.getAlert());
            }
        }

        private static String query(List<Rule> rules, String alert) {
            return rules.stream()
                    .filter(it -> alert.equals(it.getAlert()))
                    .map(it -> it.getExpr().getStrVal())
                    .findFirst()
                    .orElseThrow();
        }

        private static List<Rule> rules(String... values) {
            return rule(values).getSpec().getGroups().get(0).getRules();
        }

        private static PrometheusRule rule(String... values) {
            return render(and(REQUIRED, and("prometheusRule: {enabled: true}", values)))
                    .only(PrometheusRule.class);
        }
    }

    @Nested
    class Dashboard {

        @Test
        void isTheFileInTheChartForTheSidecarOfGrafana() throws IOException {
            ConfigMap dashboard = render(REQUIRED, "dashboard: {enabled: true, annotations: {folder: auth}}")
                    .named(ConfigMap.class, "latchkey-dashboard");
            assertEquals("1", dashboard.getMetadata().getLabels().get("grafana_dashboard"));
            assertEquals(Map.of("folder", "auth"), dashboard.getMetadata().getAnnotations());
            assertEquals(file(), new ObjectMapper().readTree(dashboard.getData().get("latchkey.json")));
        }

        @Test
        void panelsHaveIdsOfTheirOwnAndDoNotOverlap() throws IOException {
            Set<Integer> ids = new HashSet<>();
            Set<String> cells = new HashSet<>();
            for (JsonNode panel : file().path("panels")) {
                assertTrue(ids.add(panel.path("id").asInt()), panel::toString);
                JsonNode place = panel.path("gridPos");
                for (int x = 0; x < place.path("w").asInt(); x++) {
                    for (int y = 0; y < place.path("h").asInt(); y++) {
                        String cell = (place.path("x").asInt() + x) + ","
                                + (place.path("y").asInt() + y);
                        assertTrue(cells.add(cell), panel.path("title").asText());
                        assertTrue(
                                place.path("x").asInt() + x < 24,
                                panel.path("title").asText());
                    }
                }
            }
            assertTrue(ids.size() > 20);
        }

        @Test
        void everyQueryIsOfTheChosenReleaseAndDataSource() throws IOException {
            for (String query : Queries.ofDashboard()) {
                assertEquals(
                        query.split("\\{", -1).length,
                        query.split("\\{namespace=\"\\$namespace\",job=\"\\$job\"", -1).length,
                        query);
            }
            Set<String> sources = new TreeSet<>();
            file().path("panels").forEach(panel -> {
                if (panel.has("targets")) {
                    sources.add(panel.path("datasource").path("uid").asText());
                    assertFalse(panel.path("description").asText().isEmpty(), panel.path("title")::asText);
                }
            });
            assertEquals(Set.of("${datasource}"), sources);
        }

        /** A query that is not grouped keeps all labels of its metric; a sum of everything keeps none. */
        @Test
        void everyLegendNamesALabelThatItsQueryKeeps() throws IOException {
            int labels = 0;
            for (JsonNode panel : file().path("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    String query = target.path("expr").asText();
                    boolean keepsAll = query.startsWith("latchkey_")
                            || query.startsWith("process_")
                            || query.startsWith("increase(");
                    Matcher label = Pattern.compile("\\{\\{(\\w+)}}")
                            .matcher(target.path("legendFormat").asText());
                    while (label.find()) {
                        labels++;
                        assertTrue(keepsAll || Queries.groups(query).contains(label.group(1)), query);
                    }
                }
            }
            assertTrue(labels > 20);
        }

        private static JsonNode file() throws IOException {
            return new ObjectMapper()
                    .readTree(Chart.FOLDER.resolve("dashboards/latchkey.json").toFile());
        }
    }
}
