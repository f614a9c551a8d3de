package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.WITH_PROXIES;
import static dev.latchkey.deploy.Chart.notes;
import static dev.latchkey.deploy.Chart.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values of the chart: what they may be, where they are described, and what is said of those that cannot be meant. */
class ValuesTest {

    private static final String PROXIES = "trustedProxies: ['10.0.0.0/8']";

    @Test
    void lints() {
        LintResult result = Chart.lint();
        assertFalse(result.isFailed(), () -> String.join("\n", result.getMessages()));
    }

    @Test
    void chartAndServiceHaveOneVersion() throws IOException {
        JsonNode chart = Chart.YAML.readTree(Chart.FOLDER.resolve("Chart.yaml").toFile());
        Matcher version = Pattern.compile("<artifactId>latchkey</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(version.find());
        assertEquals(version.group(1), chart.path("version").asText());
        assertEquals(version.group(1), chart.path("appVersion").asText());
    }

    /** A template without a test of its own would be noticed here: this list grows with the folder. */
    @Test
    void everyTemplateIsTested() throws IOException {
        Map<String, String> tests = Map.ofEntries(
                Map.entry("NOTES.txt", "ValuesTest"),
                Map.entry("_helpers.tpl", "ValuesTest"),
                Map.entry("configmap.yaml", "ConfigMapTemplateTest"),
                Map.entry("dashboard.yaml", "MonitoringTemplatesTest"),
                Map.entry("deployment.yaml", "DeploymentTemplateTest"),
                Map.entry("hpa.yaml", "ScalingTemplatesTest"),
                Map.entry("httproute.yaml", "RoutingTemplatesTest"),
                Map.entry("ingress.yaml", "RoutingTemplatesTest"),
                Map.entry("migration-job.yaml", "MigrationJobTemplateTest"),
                Map.entry("networkpolicy.yaml", "NetworkPolicyTemplateTest"),
                Map.entry("pdb.yaml", "ScalingTemplatesTest"),
                Map.entry("prometheusrule.yaml", "MonitoringTemplatesTest"),
                Map.entry("secret.yaml", "SecretTemplateTest"),
                Map.entry("service-gate.yaml", "ServiceTemplatesTest"),
                Map.entry("service-management.yaml", "ServiceTemplatesTest"),
                Map.entry("service.yaml", "ServiceTemplatesTest"),
                Map.entry("serviceaccount.yaml", "ServiceTemplatesTest"),
                Map.entry("servicemonitor.yaml", "MonitoringTemplatesTest"));
        try (Stream<Path> templates = Files.list(Chart.FOLDER.resolve("templates"))) {
            assertEquals(
                    new TreeSet<>(tests.keySet()),
                    new TreeSet<>(
                            templates.map(it -> it.getFileName().toString()).toList()));
        }
        for (String test : tests.values()) {
            assertTrue(Files.exists(Path.of("src/test/java/dev/latchkey/deploy", test + ".java")), test);
        }
    }

    @Nested
    class Description {

        @Test
        void everyValueIsInTheSchemaAndNothingElseIs() throws IOException {
            JsonNode schema = Chart.YAML.readTree(
                    Chart.FOLDER.resolve("values.schema.json").toFile());
            Set<String> described = new TreeSet<>();
            leaves(schema, "", described);
            // Is given to charts that are part of another one.
            described.remove("global");

            assertEquals(new TreeSet<>(values(schema).keySet()), described);
        }

        @Test
        void noPartOfTheSchemaAllowsValuesThatNothingReads() throws IOException {
            JsonNode schema = Chart.YAML.readTree(
                    Chart.FOLDER.resolve("values.schema.json").toFile());
            List<String> open = new ArrayList<>();
            collectOpen(schema, "", open);
            assertEquals(List.of(), open);
        }

        @Test
        void everyValueIsInTheTableWithItsDefault() throws IOException {
            JsonNode schema = Chart.YAML.readTree(
                    Chart.FOLDER.resolve("values.schema.json").toFile());
            Map<String, String> documented = new HashMap<>();
            String readme = Files.readString(Chart.FOLDER.resolve("README.md"));
            Matcher row = Pattern.compile("^\\| `([a-zA-Z.]+)` \\| (.*?) \\| .+ \\|$", Pattern.MULTILINE)
                    .matcher(readme.substring(readme.indexOf("## Values")));
            while (row.find()) {
                documented.put(row.group(1), row.group(2));
            }
            Map<String, JsonNode> values = values(schema);

            assertEquals(new TreeSet<>(values.keySet()), new TreeSet<>(documented.keySet()));
            List<String> wrong = new ArrayList<>();
            values.forEach((name, value) -> {
                // What does not fit into a cell is described in it.
                boolean fits = !value.isContainerNode() || value.isEmpty();
                String shown = value.isTextual() && value.asText().isEmpty()
                        ? "empty"
                        : "`" + (value.isTextual() ? value.asText() : value.toString()) + "`";
                if (fits && !documented.get(name).equals(shown)) {
                    wrong.add(name + " is " + shown + ", and the table has " + documented.get(name));
                }
            });
            assertEquals(List.of(), wrong);
        }

        /** Returns the values by their names; what the schema takes as a whole is one value. */
        private static Map<String, JsonNode> values(JsonNode schema) throws IOException {
            Map<String, JsonNode> values = new HashMap<>();
            flatten(Chart.YAML.readTree(Chart.FOLDER.resolve("values.yaml").toFile()), schema, "", values);
            return values;
        }

        private static void flatten(JsonNode value, JsonNode schema, String name, Map<String, JsonNode> into) {
            if (!value.isObject() || !schema.has("properties")) {
                into.put(name, value);
                return;
            }
            value.properties()
                    .forEach(entry -> flatten(
                            entry.getValue(),
                            schema.path("properties").path(entry.getKey()),
                            name.isEmpty() ? entry.getKey() : name + "." + entry.getKey(),
                            into));
        }

        private static void leaves(JsonNode schema, String name, Set<String> into) {
            if (!schema.has("properties")) {
                into.add(name);
                return;
            }
            schema.path("properties")
                    .properties()
                    .forEach(entry -> leaves(
                            entry.getValue(), name.isEmpty() ? entry.getKey() : name + "." + entry.getKey(), into));
        }

        private static void collectOpen(JsonNode schema, String name, List<String> open) {
            if (schema.has("properties")
                    && !schema.path("additionalProperties").isBoolean()
                    && !schema.has("additionalProperties")) {
                open.add(name);
            }
            schema.path("properties")
                    .properties()
                    .forEach(entry -> collectOpen(entry.getValue(), name + "." + entry.getKey(), open));
            if (schema.has("items")) {
                collectOpen(schema.path("items"), name + "[]", open);
            }
        }
    }

    @Nested
    class Refusals {

        @Test
        void namesWhatHasToBeSet() {
            assertSays("Set publicUrl to the origin", "{}");
            assertSays("Set database.host to the host name", "publicUrl: https://auth.example.com");
            assertSays(
                    "Set database.existingSecret to a Secret of the namespace auth",
                    "publicUrl: https://auth.example.com",
                    "database: {host: postgres}");
        }

        @ParameterizedTest
        @CsvSource({
            "auth.example.com, set it to an origin",
            "https://auth.example.com/login, set it to an origin",
            "https://auth.example.com?a=b, set it to an origin",
            "https://user@auth.example.com, set it to an origin",
            "ftp://auth.example.com, set it to an origin",
            "http://auth.example.com, set it to an HTTPS URL",
            "http://localhost.example.com, set it to an HTTPS URL",
        })
        void publicUrl(String url, String words) {
            assertSays(words, REQUIRED, "publicUrl: '" + url + "'");
        }

        @ParameterizedTest
        @CsvSource({
            "0.0.0.0/0, every client could claim any address",
            "::/0, every client could claim any address",
            "ingress.example.com, Host names are not resolved",
            "10.0.0.0/8;1, addresses or CIDR networks",
        })
        void trustedProxies(String proxy, String words) {
            assertSays(words, REQUIRED, "trustedProxies: ['" + proxy + "']");
        }

        @Test
        void proxiesHaveToBeKnownBehindAnIngress() {
            assertSays("Set trustedProxies to the networks", REQUIRED, "ingress: {enabled: true}");
            assertSays(
                    "Set trustedProxies to the networks",
                    REQUIRED,
                    "httpRoute: {enabled: true, parentRefs: [{name: public}]}");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "https://*.example.com",
                    "https://app.example.com/path",
                    "app.example.com",
                })
        void trustedOrigins(String origin) {
            assertSays("without path or wildcard", REQUIRED, "trustedOrigins: ['" + origin + "']");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "database: {sslMode: verify-full}                     | set database.ca.existingSecret",
                    "database: {migration: {user: owner}}                 | Set both database.migration.user and",
                    "database: {migration: {existingSecret: owner}}       | Set both database.migration.user and",
                    "masterSecret: {existingSecret: '', previousKey: old} | masterSecret.previousKey needs",
                    "jwtSecret: {previousKey: old}                        | jwtSecret.previousKey needs",
                    "mail: {host: smtp.example.com}                       | Set mail.from",
                    "mail: {host: smtp.example.com, from: a@b.c, user: u} | Set both mail.user and mail.existingSecret",
                    "mail: {from: a@b.c}                                  | Set mail.host",
                    "autoscaling: {enabled: true, minReplicas: 9}         | autoscaling.minReplicas is more",
                    "httpRoute: {enabled: true}                           | Set httpRoute.parentRefs",
                    "serviceMonitor: {enabled: true}                      | Set networkPolicy.managementNamespaces",
                    "config: {LATCHKEY_PUBLIC_URL: https://a.example.com} | config has LATCHKEY_PUBLIC_URL, which the chart",
                    "config: {LATCHKEY_TRUSTED_ORIGINS: https://a.b}      | config has LATCHKEY_TRUSTED_ORIGINS, which",
                    "config: {LATCHKEY_GATE_RULES_0__PATH: /a}            | config has LATCHKEY_GATE_RULES_0__PATH, which",
                    "config: {QUARKUS_HTTP_PORT: 80}                      | config has QUARKUS_HTTP_PORT, which the chart",
                    "config: {LATCHKEY_SECRET: abc}                       | everyone who may read ConfigMaps would read it",
                    "config: {LATCHKEY_MAIL_PASSWORD: abc}                | everyone who may read ConfigMaps would read it",
                    "config: {LATCHKEY_OAUTH_CLIENTS_A_SECRET: abc}       | everyone who may read ConfigMaps would read it",
                })
        void whatCannotBeMeant(String values, String words) {
            assertSays(words, WITH_PROXIES, values);
        }

        @Test
        void scalingNeedsARequestForTheProcessor() {
            assertSays(
                    "autoscaling.enabled needs resources.requests.cpu",
                    REQUIRED,
                    "{autoscaling: {enabled: true}, resources: {requests: {cpu: null}}}");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "publicURL: https://a.example.com",
                    "database: {pasword: x}",
                    "database: {port: 0}",
                    "database: {port: '5432'}",
                    "database: {sslMode: on}",
                    "database: {migration: {job: {enabled: maybe}}}",
                    "database: {migration: {job: {activeDeadlineSeconds: 0}}}",
                    "replicaCount: two",
                    "replicaCount: -1",
                    "image: {pullPolicy: Sometimes}",
                    "image: {digest: sha256:abc}",
                    "mail: {security: ssl}",
                    "gate: {rules: [{path: /a}]}",
                    "gate: {rules: [{path: a, allow: owner}]}",
                    "gate: {rules: [{path: /a, allow: everyone}]}",
                    "gate: {rules: [{path: /a, allow: owner, method: GET}]}",
                    "gate: {rules: [{path: /a, allow: owner, methods: []}]}",
                    "oauthClients: [{id: my_shop, existingSecret: a}]",
                    "oauthClients: [{id: shop}]",
                    "config: {latchkey.token.access-lifetime: 5m}",
                    "config: {LATCHKEY_A: [1]}",
                    "ingress: {paths: []}",
                    "ingress: {paths: [api]}",
                    "service: {type: ExternalName}",
                    "serviceMonitor: {interval: often}",
                    "prometheusRule: {unavailableRatio: 2}",
                })
        void whatTheSchemaDoesNotAllow(String values) {
            assertSays("values don't meet the specifications of the schema", REQUIRED, values);
        }

        private static void assertSays(String words, String... values) {
            String message = refusal(values);
            assertTrue(message.contains(words), message);
        }
    }

    @Nested
    class Notes {

        @Test
        void saysHowToReachItWithoutAnIngress() {
            String notes = notes(REQUIRED);
            assertTrue(notes.contains("port-forward service/latchkey 8080:8080"), notes);
            assertTrue(notes.contains("It migrates its database when it starts"), notes);
            assertTrue(notes.contains("exec deployment/latchkey -- ./application doctor"), notes);
            assertTrue(notes.contains("denies everything (gate.rules)"), notes);
            assertTrue(notes.contains("users cannot reset a password (mail.host)"), notes);
            assertFalse(notes.contains("WARNING"), notes);
            assertFalse(notes.contains("master secret was generated"), notes);
        }

        @Test
        void saysWhatHasMigrated() {
            String notes = notes(REQUIRED, "database: {migration: {job: {enabled: true}}}");
            assertTrue(notes.contains("A job has migrated its database"), notes);
            assertFalse(notes.contains("when it starts"), notes);
        }

        @Test
        void saysWhereTheGeneratedSecretIs() {
            String notes = notes(REQUIRED, "masterSecret: {existingSecret: ''}");
            assertTrue(notes.contains("get secret latchkey-master"), notes);
        }

        @Test
        void hasTheAnnotationsOfTheGateForOtherIngresses() {
            String notes = notes(WITH_PROXIES, "gate: {rules: [{path: '/api/{user_id}/**', allow: owner}]}");
            assertTrue(
                    notes.contains("auth-url: http://latchkey-gate.auth.svc.cluster.local:8080/api/auth/verify"),
                    notes);
            assertTrue(notes.contains("auth-method: GET"), notes);
            assertTrue(notes.contains("X-Auth-User-Id,X-Auth-Email,X-Auth-Email-Verified,X-Auth-Issuer"), notes);
            String direct =
                    notes(WITH_PROXIES, "gate: {rules: [{path: /a, allow: public}], service: {enabled: false}}");
            assertTrue(direct.contains("auth-url: http://latchkey.auth.svc.cluster.local:8080/"), direct);
        }

        @Test
        void namesThePublicUrlBehindAnIngress() {
            String notes = notes(WITH_PROXIES, PROXIES, "ingress: {enabled: true}");
            assertTrue(notes.contains("curl https://auth.example.com/.well-known/jwks.json"), notes);
            assertFalse(notes.contains("port-forward"), notes);
        }

        @Test
        void warnsOfOneReplicaAndOfAnOpenManagementPort() {
            String notes = notes(REQUIRED, "replicaCount: 1", "networkPolicy: {enabled: false}");
            assertTrue(notes.contains("WARNING: one replica"), notes);
            assertTrue(notes.contains("WARNING: without a network policy"), notes);
        }
    }
}
