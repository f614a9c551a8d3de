package dev.latchkey.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every metric, label and label's value that the dashboard and the alerts of the chart name is one that the service has. */
@QuarkusTest
@TestProfile(ChartMetricsResourceTest.WithEverythingMeasured.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class ChartMetricsResourceTest {

    /** What has metrics only where it is configured. Nothing listens at these addresses. */
    public static class WithEverythingMeasured implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "latchkey.token.trusted.shop.jwks-url", "http://127.0.0.1:9/jwks",
                    "latchkey.token.trusted.shop.issuer", "https://shop.example.com",
                    "latchkey.token.trusted.shop.audience", "https://auth.example.com",
                    "latchkey.password.breach-check-url", "http://127.0.0.1:9/range/",
                    // Beside that API both may take eight seconds together.
                    "latchkey.password.max-wait", "2s");
        }
    }

    private static final Pattern SAMPLE =
            Pattern.compile("^([a-z_:][a-zA-Z0-9_:]*)(?:\\{([^}]*)})? ", Pattern.MULTILINE);

    /** Prometheus adds them when it reads a replica. */
    private static final Set<String> OF_PROMETHEUS = Set.of("namespace", "job", "pod");

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    @Test
    void theServiceHasEveryMetricOfTheDashboardAndOfTheAlerts() throws IOException {
        Set<String> existing = names(scraped());
        Set<String> named = Queries.metrics(queries());
        assertTrue(named.size() > 25, named::toString);

        Set<String> missing = new TreeSet<>(named);
        missing.removeAll(existing);
        assertEquals(Set.of(), missing);
    }

    @Test
    void theyHaveTheLabelsByWhichTheyAreChosenAndGrouped() throws IOException {
        String metrics = scraped();
        List<String> wrong = new ArrayList<>();
        for (String query : queries()) {
            for (String metric : Queries.metrics(List.of(query))) {
                Set<String> labels = Queries.labels(query, metric);
                labels.removeAll(OF_PROMETHEUS);
                Set<String> existing = labels(metrics, metric);
                if (!existing.containsAll(labels)) {
                    wrong.add(metric + " has " + existing + " and not " + labels);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** A reason that was renamed would leave an alert that never fires. */
    @Test
    void theValuesThatAlertsChooseExist() throws IOException {
        String metrics = scraped();
        Pattern choice = Pattern.compile("([a-z_]+)\\{ *,([a-z]+)=~?\"([a-z_|]+)\"");
        int found = 0;
        for (String query : Queries.ofAlerts()) {
            Matcher chosen = choice.matcher(query);
            while (chosen.find()) {
                for (String value : chosen.group(3).split("\\|")) {
                    found++;
                    String sample = chosen.group(1) + "{" + chosen.group(2) + "=\"" + value + "\"}";
                    assertTrue(metrics.contains("\n" + sample + " "), sample);
                }
            }
        }
        assertTrue(found >= 8, "the alerts choose " + found + " values");
    }

    private static List<String> queries() throws IOException {
        return Stream.concat(Queries.ofDashboard().stream(), Queries.ofAlerts().stream())
                .toList();
    }

    private String scraped() {
        // Hashes a password, looks it up in vain, and verifies tokens.
        Person.signedUp().bearing().get("/api/auth/session");
        Eventually.holds(
                "requests are measured", () -> names(metrics()).contains("http_server_requests_seconds_count"));
        return metrics();
    }

    private String metrics() {
        return RestAssured.given().get(metrics.toString()).asString();
    }

    private static Set<String> names(String metrics) {
        return SAMPLE.matcher(metrics).results().map(it -> it.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> labels(String metrics, String metric) {
        Set<String> labels = new TreeSet<>();
        SAMPLE.matcher(metrics)
                .results()
                .filter(it -> it.group(1).equals(metric))
                .forEach(it -> {
                    if (it.group(2) != null) {
                        Matcher label = Pattern.compile("([a-zA-Z_]+)=\"").matcher(it.group(2));
                        while (label.find()) {
                            labels.add(label.group(1));
                        }
                    }
                });
        return labels;
    }
}
