package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.and;
import static dev.latchkey.deploy.Chart.render;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code deployment.yaml} */
class DeploymentTemplateTest {

    @Test
    void runsTwoReplicasAndReplacesThemOneByOne() {
        Deployment deployment = deployment();
        assertEquals(2, deployment.getSpec().getReplicas());
        assertEquals(
                1,
                deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getIntVal());
        assertEquals(
                0,
                deployment
                        .getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal());
    }

    @Test
    void leavesTheirNumberToTheAutoscaler() {
        assertNull(deployment("autoscaling: {enabled: true}").getSpec().getReplicas());
    }

    @Test
    void selectsItsOwnPodsOnly() {
        Deployment deployment = deployment("podLabels: {team: accounts, app.kubernetes.io/name: other}");
        Map<String, String> selector = deployment.getSpec().getSelector().getMatchLabels();
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        assertEquals(Map.of("app.kubernetes.io/name", "latchkey", "app.kubernetes.io/instance", "latchkey"), selector);
        assertTrue(labels.entrySet().containsAll(selector.entrySet()), labels::toString);
        assertEquals("accounts", labels.get("team"));
    }

    @Nested
    class Image {

        @Test
        void hasNoRegistryByDefaultAndTheVersionOfTheChart() throws IOException {
            String version = Chart.YAML
                    .readTree(Chart.FOLDER.resolve("Chart.yaml").toFile())
                    .path("appVersion")
                    .asText();
            assertEquals("latchkey:" + version, container().getImage());
        }

        @Test
        void isNamedByTagOrByDigest() {
            assertEquals(
                    "images.example.com/auth/latchkey:1",
                    container("image: {registry: images.example.com/, repository: auth/latchkey, tag: '1'}")
                            .getImage());
            String digest = "sha256:" + "ab".repeat(32);
            assertEquals(
                    "latchkey@" + digest,
                    container("image: {tag: '1', digest: '" + digest + "'}").getImage());
        }
    }

    @Nested
    class Probes {

        @Test
        void askTheManagementPort() {
            Container container = container();
            assertProbe("/q/health/started", container.getStartupProbe());
            assertProbe("/q/health/live", container.getLivenessProbe());
            assertProbe("/q/health/ready", container.getReadinessProbe());
            Map<String, Integer> ports = container.getPorts().stream()
                    .collect(Collectors.toMap(it -> it.getName(), it -> it.getContainerPort()));
            assertEquals(Map.of("http", 8080, "management", 9000), ports);
        }

        /** The ports and the place of health are those of the service. */
        @Test
        void fitTheSettingsOfTheService() throws IOException {
            String settings = Files.readString(Path.of("src/main/resources/application.properties"));
            assertTrue(settings.contains("\nquarkus.http.port=8080\n"));
            assertTrue(settings.contains("\nquarkus.management.enabled=true\nquarkus.management.port=9000\n"));
            assertFalse(settings.contains("quarkus.smallrye-health."), "its paths are the defaults");
            assertFalse(settings.contains("quarkus.management.root-path"), "its paths are the defaults");
        }

        @Test
        void canBeSlower() {
            Container container =
                    container("probes: {startup: {failureThreshold: 300}, liveness: {periodSeconds: 30}}");
            assertEquals(300, container.getStartupProbe().getFailureThreshold());
            assertEquals(1, container.getStartupProbe().getPeriodSeconds());
            assertEquals(30, container.getLivenessProbe().getPeriodSeconds());
        }

        private static void assertProbe(String path, Probe probe) {
            assertEquals(path, probe.getHttpGet().getPath());
            assertEquals("management", probe.getHttpGet().getPort().getStrVal());
            assertNull(probe.getHttpGet().getScheme());
        }
    }

    @Nested
    class Rights {

        @Test
        void areTakenAway() {
            PodSpec pod = pod();
            assertEquals(false, pod.getAutomountServiceAccountToken());
            assertEquals(false, pod.getEnableServiceLinks());
            assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
            assertEquals(1001L, pod.getSecurityContext().getRunAsUser());
            assertEquals(
                    "RuntimeDefault",
                    pod.getSecurityContext().getSeccompProfile().getType());
            assertNull(pod.getHostNetwork());
            var container = container().getSecurityContext();
            assertEquals(false, container.getAllowPrivilegeEscalation());
            assertEquals(true, container.getReadOnlyRootFilesystem());
            assertEquals(List.of("ALL"), container.getCapabilities().getDrop());
            assertEquals(List.of(), container.getCapabilities().getAdd());
            assertNull(container.getPrivileged());
        }

        /** The user of the images. */
        @Test
        void areThoseOfTheUserOfTheImages() throws IOException {
            for (String image : List.of("Dockerfile.native", "Dockerfile.jvm")) {
                assertTrue(Files.readString(Path.of("src/main/docker", image)).contains("\nUSER 1001\n"), image);
            }
        }

        @Test
        void leaveOnePlaceToWriteTo() {
            List<VolumeMount> writable = container().getVolumeMounts().stream()
                    .filter(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                    .toList();
            assertEquals(1, writable.size());
            Volume volume = volume(pod(), writable.get(0).getName());
            assertEquals(Quantity.parse("64Mi"), volume.getEmptyDir().getSizeLimit());
        }
    }

    @Nested
    class Memory {

        /** {@code docs/operations.md}, "Memory": the executable stays below 192 MiB. */
        @Test
        void isWhatTheExecutableWasMeasuredToTakeAndSomeForTheKernel() {
            var resources = container().getResources();
            assertEquals(Quantity.parse("192Mi"), resources.getRequests().get("memory"));
            assertEquals(Quantity.parse("256Mi"), resources.getLimits().get("memory"));
        }

        @Test
        void hasALimitAndTheProcessorHasNone() {
            assertEquals(
                    Set.of("memory"), container().getResources().getLimits().keySet());
        }

        @Test
        void canBeGivenToTheHeapByAnArgument() {
            assertEquals(List.of(), container().getArgs());
            assertEquals(List.of("-Xmx256m"), container("args: [-Xmx256m]").getArgs());
        }
    }

    @Nested
    class Drain {

        @Test
        void leavesTheServiceTheTimeThatItTakes() {
            // operations.md, "Shutdown": 5 s, 20 s, three for the audit log, seven for e-mails.
            assertEquals(40, pod().getTerminationGracePeriodSeconds());
            assertNull(container().getLifecycle());
        }

        @Test
        void growsWithItsSettings() {
            assertEquals(
                    75, pod("drain: {delaySeconds: 30, timeoutSeconds: 30}").getTerminationGracePeriodSeconds());
        }
    }

    @Nested
    class Secrets {

        @Test
        void areMountedForTheGroupAloneAndReadOnly() {
            Volume volume = volume(pod(), "secrets");
            assertEquals(0440, volume.getProjected().getDefaultMode());
            assertTrue(container().getVolumeMounts().stream()
                    .filter(mount -> mount.getName().equals("secrets"))
                    .allMatch(
                            mount -> mount.getReadOnly() && mount.getMountPath().equals("/run/secrets/latchkey")));
            assertEquals(Map.of("master-secret", "our-master-secret/master-secret"), files());
        }

        @Test
        void comeFromTheSecretsThatAreNamed() {
            assertEquals(
                    Map.of(
                            "master-secret", "own/now",
                            "master-secret-previous", "own/before",
                            "jwt-secret", "jwt/jwt-secret",
                            "jwt-secret-previous", "jwt/old",
                            "better-auth-secret", "ba/better-auth-secret",
                            "oauth-client-shop", "shop/secret",
                            "oauth-client-shop-previous", "shop/old",
                            "mail-password", "mail/password",
                            "mail-ca.crt", "authority/ca.crt",
                            "database-ca.crt", "authority/db.crt"),
                    files("""
                            masterSecret: {existingSecret: own, key: now, previousKey: before}
                            jwtSecret: {existingSecret: jwt, previousKey: old}
                            betterAuthSecret: {existingSecret: ba}
                            oauthClients: [{id: shop, existingSecret: shop, previousKey: old}]
                            mail:
                              host: smtp.example.com
                              from: accounts@example.com
                              user: latchkey
                              existingSecret: mail
                              ca: {existingSecret: authority}
                            database: {sslMode: verify-full, ca: {existingSecret: authority, key: db.crt}}
                            """));
        }

        @Test
        void ofThePasswordsOfTheDatabaseAreReferences() {
            EnvVar password = env("QUARKUS_DATASOURCE_PASSWORD");
            assertNull(password.getValue());
            assertEquals(
                    "latchkey-database",
                    password.getValueFrom().getSecretKeyRef().getName());
            assertEquals("password", password.getValueFrom().getSecretKeyRef().getKey());
            assertEquals(1, container().getEnv().size());

            EnvVar owner =
                    env("QUARKUS_FLYWAY_PASSWORD", "database: {migration: {user: owner, existingSecret: owner}}");
            assertEquals("owner", owner.getValueFrom().getSecretKeyRef().getName());
        }

        @Test
        void neverStandInTheManifest() {
            for (EnvVar variable : container().getEnv()) {
                assertNull(variable.getValue(), variable::getName);
            }
        }

        private static Map<String, String> files(String... values) {
            return volume(pod(values), "secrets").getProjected().getSources().stream()
                    .map(source -> source.getSecret())
                    .collect(Collectors.toMap(
                            secret -> secret.getItems().get(0).getPath(),
                            secret -> secret.getName() + "/"
                                    + secret.getItems().get(0).getKey()));
        }

        private static EnvVar env(String name, String... values) {
            return container(values).getEnv().stream()
                    .filter(variable -> variable.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Nested
    class Settings {

        @Test
        void comeFromTheConfigMap() {
            assertEquals(
                    List.of("latchkey"),
                    container().getEnvFrom().stream()
                            .map(it -> it.getConfigMapRef().getName())
                            .toList());
        }

        @Test
        void replaceThePodsWhenTheyChange() {
            assertEquals(checksum(), checksum());
            assertNotEquals(checksum(), checksum("config: {LATCHKEY_TOKEN_ACCESS_LIFETIME: 10m}"));
            assertNotEquals(checksum(), checksum("gate: {rules: [{path: /a, allow: public}]}"));
            assertEquals(checksum(), checksum("replicaCount: 3"));
        }

        @Test
        void canBeVariablesOfAnyKind() {
            Container container = container("""
                    extraEnv:
                      - name: LATCHKEY_TOKEN_TRUSTED_SHOP_SECRET
                        valueFrom: {secretKeyRef: {name: shop, key: secret}}
                    extraVolumes: [{name: more, emptyDir: {}}]
                    extraVolumeMounts: [{name: more, mountPath: /more}]
                    """);
            assertEquals(2, container.getEnv().size());
            assertEquals(
                    "shop",
                    container.getEnv().get(1).getValueFrom().getSecretKeyRef().getName());
            assertTrue(container.getVolumeMounts().stream()
                    .anyMatch(mount -> mount.getMountPath().equals("/more")));
        }

        @Test
        void mountTemplatesOfEMailsWhereThereIsEMail() {
            String templates = "mail: {templatesConfigMap: texts}";
            assertTrue(
                    pod("mail: {host: smtp.example.com, from: a@example.com, templatesConfigMap: texts}")
                            .getVolumes()
                            .stream()
                            .anyMatch(it -> it.getConfigMap() != null
                                    && it.getConfigMap().getName().equals("texts")));
            assertTrue(pod(templates).getVolumes().stream().allMatch(it -> it.getConfigMap() == null));
        }

        private static String checksum(String... values) {
            return deployment(values)
                    .getSpec()
                    .getTemplate()
                    .getMetadata()
                    .getAnnotations()
                    .get("checksum/config");
        }
    }

    @Nested
    class Placement {

        @Test
        void spreadsOverNodesAndZones() {
            List<TopologySpreadConstraint> spread = pod().getTopologySpreadConstraints();
            assertEquals(
                    List.of("kubernetes.io/hostname", "topology.kubernetes.io/zone"),
                    spread.stream()
                            .map(TopologySpreadConstraint::getTopologyKey)
                            .toList());
            for (TopologySpreadConstraint constraint : spread) {
                assertEquals(
                        deployment().getSpec().getSelector().getMatchLabels(),
                        constraint.getLabelSelector().getMatchLabels());
                assertEquals("ScheduleAnyway", constraint.getWhenUnsatisfiable());
                assertEquals(List.of("pod-template-hash"), constraint.getMatchLabelKeys());
            }
        }

        @Test
        void canBeChosen() {
            PodSpec pod = pod("""
                    nodeSelector: {disk: fast}
                    tolerations: [{key: auth, operator: Exists}]
                    affinity: {nodeAffinity: {}}
                    priorityClassName: high
                    topologySpreadConstraints: []
                    imagePullSecrets: [registry]
                    podAnnotations: {a: b}
                    """);
            assertEquals(Map.of("disk", "fast"), pod.getNodeSelector());
            assertEquals("auth", pod.getTolerations().get(0).getKey());
            assertEquals("high", pod.getPriorityClassName());
            assertEquals(List.of(), pod.getTopologySpreadConstraints());
            assertEquals("registry", pod.getImagePullSecrets().get(0).getName());
        }
    }

    private static Deployment deployment(String... values) {
        return render(and(REQUIRED, values)).only(Deployment.class);
    }

    private static PodSpec pod(String... values) {
        return deployment(values).getSpec().getTemplate().getSpec();
    }

    private static Container container(String... values) {
        List<Container> containers = pod(values).getContainers();
        assertEquals(1, containers.size());
        return containers.get(0);
    }

    private static Volume volume(PodSpec pod, String name) {
        return pod.getVolumes().stream()
                .filter(volume -> volume.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
