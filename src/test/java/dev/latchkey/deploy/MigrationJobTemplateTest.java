package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.and;
import static dev.latchkey.deploy.Chart.renderWithHooks;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code migration-job.yaml} */
class MigrationJobTemplateTest {

    private static final String ENABLED = "database: {migration: {job: {enabled: true}}}";
    private static final String WITH_ROLE = """
            database:
              user: latchkey_service
              migration: {user: latchkey_migrator, existingSecret: migrator, passwordKey: pw, job: {enabled: true}}
            """;

    /** Else it would be an object like the others, and not run before them. */
    @Test
    void isAHook() {
        assertEquals(List.of(), Chart.render(and(REQUIRED, ENABLED)).all(Job.class));
    }

    @Test
    void isNotThereByDefault() {
        assertEquals(List.of(), renderWithHooks(REQUIRED).all(Job.class));
        assertFalse(renderWithHooks(REQUIRED).only(ConfigMap.class).getData().containsKey("LATCHKEY_DATABASE_MIGRATE"));
    }

    @Test
    void runsBeforeAnInstallationAndBeforeAnUpgrade() {
        Map<String, String> annotations = job().getMetadata().getAnnotations();
        assertEquals("pre-install,pre-upgrade", annotations.get("hook"));
        // A job cannot be changed: the one before it has to go first. A failed one is kept for its log.
        assertEquals("before-hook-creation,hook-succeeded", annotations.get("hook-delete-policy"));
    }

    @Test
    void runsTheCommandOfTheSameImage() {
        Deployment deployment = renderWithHooks(and(REQUIRED, ENABLED)).only(Deployment.class);
        Container replica =
                deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
        assertEquals(replica.getImage(), container().getImage());
        assertEquals(List.of("migrate"), container().getArgs());
        assertEquals(
                List.of("-Xmx256m", "migrate"), container("args: [-Xmx256m]").getArgs());
    }

    @Test
    void endsAfterAWhile() {
        assertEquals("Never", pod().getRestartPolicy());
        assertEquals(3600, job().getSpec().getActiveDeadlineSeconds());
        assertEquals(
                60,
                job("database: {migration: {job: {activeDeadlineSeconds: 60}}}")
                        .getSpec()
                        .getActiveDeadlineSeconds());
    }

    @Test
    void hasTheRightsOfTheReplicas() {
        PodSpec pod = pod();
        assertEquals(false, pod.getAutomountServiceAccountToken());
        assertEquals(false, pod.getEnableServiceLinks());
        assertEquals(true, pod.getSecurityContext().getRunAsNonRoot());
        assertEquals(true, container().getSecurityContext().getReadOnlyRootFilesystem());
        assertEquals(
                List.of("ALL"),
                container().getSecurityContext().getCapabilities().getDrop());
        assertTrue(pod.getVolumes().stream().anyMatch(it -> it.getEmptyDir() != null));
    }

    /** Before an installation there is none of the release's own objects, and before an upgrade they are those of before. */
    @Test
    void refersToNoObjectOfTheRelease() {
        assertNull(pod().getServiceAccountName());
        assertEquals(List.of(), container().getEnvFrom());
        assertEquals(
                List.of("latchkey-database"),
                container().getEnv().stream()
                        .filter(it -> it.getValueFrom() != null)
                        .map(it -> it.getValueFrom().getSecretKeyRef().getName())
                        .toList());
    }

    @Test
    void isSelectedByNoServiceAndNoReplicaSet() {
        var rendered = renderWithHooks(and(REQUIRED, ENABLED));
        Map<String, String> labels =
                rendered.only(Job.class).getSpec().getTemplate().getMetadata().getLabels();
        for (Service service : rendered.all(Service.class)) {
            assertFalse(labels.entrySet()
                    .containsAll(service.getSpec().getSelector().entrySet()));
        }
        assertFalse(labels.entrySet()
                .containsAll(rendered.only(Deployment.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels()
                        .entrySet()));
        assertFalse(labels.entrySet()
                .containsAll(rendered.only(NetworkPolicy.class)
                        .getSpec()
                        .getPodSelector()
                        .getMatchLabels()
                        .entrySet()));
    }

    @Nested
    class Database {

        @Test
        void isThatOfTheReplicas() {
            var rendered = renderWithHooks(and(REQUIRED, ENABLED));
            assertEquals(
                    rendered.only(ConfigMap.class).getData().get("QUARKUS_DATASOURCE_JDBC_URL"),
                    variable("QUARKUS_DATASOURCE_JDBC_URL").getValue());
            assertEquals("latchkey", variable("QUARKUS_DATASOURCE_USERNAME").getValue());
        }

        @Test
        void isItselfBehindAPooler() {
            String pooled = "database: {parameters: {prepareThreshold: '0'}, direct: {host: db, port: 6432}}";
            assertEquals(
                    "jdbc:postgresql://db:6432/latchkey?sslmode=require",
                    variable("QUARKUS_DATASOURCE_JDBC_URL", pooled).getValue());
        }

        @Test
        void isReachedAsItsOwnerAndReplicasDoNotKnowThatPassword() {
            assertEquals(
                    "latchkey_migrator",
                    variable("QUARKUS_DATASOURCE_USERNAME", WITH_ROLE).getValue());
            var password = variable("QUARKUS_DATASOURCE_PASSWORD", WITH_ROLE)
                    .getValueFrom()
                    .getSecretKeyRef();
            assertEquals("migrator", password.getName());
            assertEquals("pw", password.getKey());

            var rendered = renderWithHooks(and(REQUIRED, WITH_ROLE));
            Map<String, String> settings = rendered.only(ConfigMap.class).getData();
            assertEquals("false", settings.get("LATCHKEY_DATABASE_MIGRATE"));
            assertEquals("latchkey_service", settings.get("QUARKUS_DATASOURCE_USERNAME"));
            assertFalse(settings.containsKey("QUARKUS_FLYWAY_USERNAME"));
            assertFalse(rendered.only(Deployment.class).toString().contains("QUARKUS_FLYWAY_PASSWORD"));
        }

        @Test
        void isVerifiedByItsAuthority() {
            String verified = "database: {sslMode: verify-full, ca: {existingSecret: authority, key: db.crt}}";
            Volume volume = pod(verified).getVolumes().stream()
                    .filter(it -> it.getName().equals("secrets"))
                    .findFirst()
                    .orElseThrow();
            assertEquals("authority", volume.getSecret().getSecretName());
            assertEquals("db.crt", volume.getSecret().getItems().get(0).getKey());
            String file = container(verified).getVolumeMounts().stream()
                            .filter(it -> it.getName().equals("secrets"))
                            .findFirst()
                            .orElseThrow()
                            .getMountPath()
                    + "/" + volume.getSecret().getItems().get(0).getPath();
            assertTrue(variable("QUARKUS_DATASOURCE_JDBC_URL", verified)
                    .getValue()
                    .contains("sslrootcert=" + file.replace("/", "%2F")));
        }

        private static EnvVar variable(String name, String... values) {
            return container(values).getEnv().stream()
                    .filter(it -> it.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Job job(String... values) {
        return renderWithHooks(and(REQUIRED, and(ENABLED, values))).only(Job.class);
    }

    private static PodSpec pod(String... values) {
        return job(values).getSpec().getTemplate().getSpec();
    }

    private static Container container(String... values) {
        return pod(values).getContainers().get(0);
    }
}
