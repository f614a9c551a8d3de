package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.and;
import static dev.latchkey.deploy.Chart.render;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code secret.yaml}: the master secret is generated once, and kept. */
class SecretTemplateTest {

    private static final String GENERATED = "masterSecret: {existingSecret: ''}";

    @Test
    void thereIsNoneWhereOneIsNamed() {
        assertTrue(render(REQUIRED).all(Secret.class).isEmpty());
    }

    @Nested
    class Generated {

        private Cluster cluster;

        @BeforeEach
        void start() throws IOException {
            cluster = new Cluster();
        }

        @AfterEach
        void stop() {
            cluster.close();
        }

        @Test
        void isLongAndKeptAndCannotBeChanged() {
            install();

            JsonNode secret = cluster.find("secrets", "latchkey-master").orElseThrow();
            assertTrue(decoded(secret).matches("[a-zA-Z0-9]{64}"));
            assertEquals(
                    "keep",
                    secret.path("metadata")
                            .path("annotations")
                            .path("helm.sh/resource-policy")
                            .asText());
            assertTrue(secret.path("immutable").asBoolean());
            JsonNode source = cluster.find("deployments", "latchkey")
                    .orElseThrow()
                    .at("/spec/template/spec/volumes/0/projected/sources/0/secret");
            assertEquals("latchkey-master", source.path("name").asText());
            assertEquals("master-secret", source.at("/items/0/key").asText());
        }

        @Test
        void isAnotherOneInEachCluster() throws IOException {
            install();
            String first = secret();
            try (Cluster other = new Cluster()) {
                install(other);
                assertNotEquals(
                        first, decoded(other.find("secrets", "latchkey-master").orElseThrow()));
            }
        }

        @Test
        void staysThroughUpgrades() {
            install();
            String before = secret();
            cluster.changes();

            upgrade("config: {LATCHKEY_TOKEN_ACCESS_LIFETIME: 10m}");

            assertEquals(before, secret());
            List<String> changes = cluster.changes();
            assertTrue(changes.stream().anyMatch(it -> it.endsWith("/configmaps/latchkey")), changes::toString);
            assertFalse(changes.stream().anyMatch(it -> it.contains("/secrets/latchkey-master")), changes::toString);
        }

        @Test
        void staysWhenTheReleaseIsDeletedAndIsFoundAgain() {
            install();
            String before = secret();
            Helm.uninstall(Chart.RELEASE)
                    .withNamespace(Chart.NAMESPACE)
                    .withKubeConfigContents(cluster.config())
                    .call();
            assertTrue(cluster.find("deployments", "latchkey").isEmpty());
            assertEquals(before, secret());

            install();
            assertEquals(before, secret());
        }

        @Test
        void isNotReplacedWhenItIsGone() {
            install();
            cluster.delete("secrets", "latchkey-master");

            IllegalStateException refusal = assertThrows(IllegalStateException.class, () -> upgrade());
            assertTrue(refusal.getMessage().contains("is gone, or it ran with another one"), refusal.getMessage());
            assertTrue(cluster.find("secrets", "latchkey-master").isEmpty());
        }

        @Test
        void doesNotTakeThePlaceOfOneThatWasNamed() {
            install(cluster, "masterSecret: {existingSecret: own}");

            IllegalStateException refusal = assertThrows(IllegalStateException.class, () -> upgrade());
            assertTrue(refusal.getMessage().contains("set masterSecret.existingSecret"), refusal.getMessage());
        }

        @Test
        void isRefusedWithoutItsKey() {
            install();
            IllegalStateException refusal =
                    assertThrows(IllegalStateException.class, () -> upgrade("masterSecret: {key: other}"));
            assertTrue(refusal.getMessage().contains("has no key \"other\""), refusal.getMessage());
        }

        private void install() {
            install(cluster);
        }

        private static void install(Cluster cluster, String... values) {
            Chart.withValues(
                    and(REQUIRED, and(GENERATED, values)),
                    file -> new Helm(Chart.FOLDER)
                            .install()
                            .withName(Chart.RELEASE)
                            .withNamespace(Chart.NAMESPACE)
                            .withKubeConfigContents(cluster.config())
                            .disableOpenApiValidation()
                            .withValuesFile(file)
                            .call());
        }

        private void upgrade(String... values) {
            Chart.withValues(
                    and(REQUIRED, and(GENERATED, values)),
                    file -> new Helm(Chart.FOLDER)
                            .upgrade()
                            .withName(Chart.RELEASE)
                            .withNamespace(Chart.NAMESPACE)
                            .withKubeConfigContents(cluster.config())
                            .disableOpenApiValidation()
                            .withValuesFile(file)
                            .call());
        }

        private String secret() {
            return decoded(cluster.find("secrets", "latchkey-master").orElseThrow());
        }

        private static String decoded(JsonNode secret) {
            return new String(
                    Base64.getDecoder().decode(secret.at("/data/master-secret").asText()), StandardCharsets.US_ASCII);
        }
    }
}
