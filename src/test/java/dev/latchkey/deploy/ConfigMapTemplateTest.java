package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.and;
import static dev.latchkey.deploy.Chart.render;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code configmap.yaml}: the settings of the service. */
class ConfigMapTemplateTest {

    /** Values that give every setting which the chart knows. */
    private static final String EVERYTHING = """
            trustedProxies: [10.244.0.0/16, '2001:db8::/48']
            trustedOrigins: ['https://app.example.com', 'http://localhost:3000']
            database:
              user: serving
              direct: {host: primary.example.com, port: 5433}
              migration: {user: owner, existingSecret: owner}
            masterSecret: {existingSecret: own, previousKey: old}
            jwtSecret: {existingSecret: jwt, previousKey: old}
            betterAuthSecret: {existingSecret: ba}
            oauthClients: [{id: shop2, existingSecret: shop, previousKey: old}]
            mail:
              host: smtp.example.com
              port: 465
              security: tls
              user: latchkey
              existingSecret: mail
              from: accounts@example.com
              fromName: Example
              ca: {existingSecret: authority}
              templatesConfigMap: texts
            gate:
              sendUnverifiedEmail: true
              rules:
                - {path: '/api/{user}/**', allow: owner, ownerParameter: user, issuer: shop}
                - {path: /status, allow: public, methods: [GET, HEAD]}
            """;

    @Test
    void hasLittleByDefault() {
        assertEquals(
                Map.of(
                        "LATCHKEY_PUBLIC_URL", "https://auth.example.com",
                        "LATCHKEY_SECRET_FILE", "/run/secrets/latchkey/master-secret",
                        "QUARKUS_DATASOURCE_JDBC_URL",
                                "jdbc:postgresql://postgres.example.com:5432/latchkey?sslmode=require",
                        "QUARKUS_DATASOURCE_USERNAME", "latchkey",
                        "QUARKUS_SHUTDOWN_DELAY", "5s",
                        "QUARKUS_SHUTDOWN_TIMEOUT", "20s"),
                settings());
    }

    @Test
    void hasWhatTheValuesSay() {
        Map<String, String> settings = settings(EVERYTHING);
        assertEquals("10.244.0.0/16,2001:db8::/48", settings.get("LATCHKEY_TRUSTED_PROXIES"));
        assertEquals("https://app.example.com,http://localhost:3000", settings.get("LATCHKEY_TRUSTED_ORIGINS"));
        assertEquals("serving", settings.get("QUARKUS_DATASOURCE_USERNAME"));
        assertEquals("owner", settings.get("QUARKUS_FLYWAY_USERNAME"));
        assertEquals("465", settings.get("LATCHKEY_MAIL_PORT"));
        assertEquals("tls", settings.get("LATCHKEY_MAIL_SECURITY"));
        assertEquals("accounts@example.com", settings.get("LATCHKEY_MAIL_FROM"));
        assertEquals("/etc/latchkey/mail", settings.get("LATCHKEY_MAIL_TEMPLATES"));
        assertEquals("true", settings.get("LATCHKEY_GATE_SEND_UNVERIFIED_EMAIL"));
        assertEquals(
                "/run/secrets/latchkey/oauth-client-shop2", settings.get("LATCHKEY_OAUTH_CLIENTS_SHOP2_SECRET_FILE"));
    }

    /** Each variable stands in the documentation, by which the service's own checks go. */
    @Test
    void namesOnlySettingsOfTheService() throws IOException {
        String documents = Files.readString(Path.of("docs/operations.md")) + Files.readString(Path.of("docs/gate.md"));
        // Of the framework, and not worth a line there.
        List<String> others = List.of("QUARKUS_FLYWAY_USERNAME");
        List<String> unknown = new ArrayList<>();
        for (String name : settings(EVERYTHING).keySet()) {
            String documented =
                    name.replaceFirst("_RULES_\\d+__", "_RULES_0__").replace("_CLIENTS_SHOP2_", "_CLIENTS_<ID>_");
            if (!others.contains(name) && !documents.contains("`" + documented + "`")) {
                unknown.add(name);
            }
        }
        assertEquals(List.of(), unknown);
    }

    @Nested
    class Database {

        @Test
        void urlHasItsParametersInOrderAndEncoded() {
            assertEquals(
                    "jdbc:postgresql://db:6432/auth?currentSchema=a%26b&prepareThreshold=0&sslmode=require",
                    settings("""
                            database:
                              host: db
                              port: 6432
                              name: auth
                              parameters: {prepareThreshold: '0', currentSchema: a&b}
                            """).get("QUARKUS_DATASOURCE_JDBC_URL"));
        }

        @Test
        void isVerifiedByTheGivenAuthority() {
            assertEquals(
                    "jdbc:postgresql://postgres.example.com:5432/latchkey?sslmode=verify-full"
                            + "&sslrootcert=%2Frun%2Fsecrets%2Flatchkey%2Fdatabase-ca.crt",
                    settings("database: {sslMode: verify-full, ca: {existingSecret: authority}}")
                            .get("QUARKUS_DATASOURCE_JDBC_URL"));
        }

        @Test
        void isAskedDirectlyForMigrationsBehindAPooler() {
            Map<String, String> settings = settings("""
                    database:
                      host: pooler
                      direct: {host: '2001:db8::5'}
                      parameters: {prepareThreshold: '0'}
                    """);
            assertEquals(
                    "jdbc:postgresql://[2001:db8::5]:5432/latchkey?sslmode=require",
                    settings.get("LATCHKEY_DIRECT_JDBC_URL"));
            assertFalse(settings().containsKey("LATCHKEY_DIRECT_JDBC_URL"));
        }
    }

    @Nested
    class GateRules {

        @Test
        void areNumberedWithoutGaps() {
            Map<String, String> settings = settings(EVERYTHING);
            assertEquals("/api/{user}/**", settings.get("LATCHKEY_GATE_RULES_0__PATH"));
            assertEquals("owner", settings.get("LATCHKEY_GATE_RULES_0__ALLOW"));
            assertEquals("user", settings.get("LATCHKEY_GATE_RULES_0__OWNER_PARAMETER"));
            assertEquals("shop", settings.get("LATCHKEY_GATE_RULES_0__ISSUER"));
            assertEquals("GET,HEAD", settings.get("LATCHKEY_GATE_RULES_1__METHODS"));
            // "Set but empty" stops the service.
            assertFalse(settings.containsKey("LATCHKEY_GATE_RULES_0__METHODS"));
            assertFalse(settings.containsKey("LATCHKEY_GATE_RULES_2__PATH"));
        }
    }

    @Nested
    class Others {

        @Test
        void areTextsWhateverTheyWere() {
            Map<String, String> settings = settings("""
                    config:
                      LATCHKEY_AUDIT_QUEUE: 1000000
                      LATCHKEY_SIGNIN_REQUIRE_VERIFIED_EMAIL: true
                      LATCHKEY_TOKEN_ACCESS_LIFETIME: 10m
                      OTEL_TRACES_SAMPLER_ARG: 0.25
                      QUARKUS_LOG_LEVEL: "null"
                    """);
            assertEquals("1000000", settings.get("LATCHKEY_AUDIT_QUEUE"));
            assertEquals("true", settings.get("LATCHKEY_SIGNIN_REQUIRE_VERIFIED_EMAIL"));
            assertEquals("10m", settings.get("LATCHKEY_TOKEN_ACCESS_LIFETIME"));
            assertEquals("0.25", settings.get("OTEL_TRACES_SAMPLER_ARG"));
            assertEquals("null", settings.get("QUARKUS_LOG_LEVEL"));
        }

        @Test
        void areNoSecrets() {
            assertTrue(settings(EVERYTHING).entrySet().stream()
                    .filter(it -> it.getKey().contains("SECRET") || it.getKey().contains("PASSWORD"))
                    .allMatch(it -> it.getValue().startsWith("/run/secrets/latchkey/")));
        }
    }

    private static Map<String, String> settings(String... values) {
        return render(and(REQUIRED, values)).only(ConfigMap.class).getData();
    }
}
