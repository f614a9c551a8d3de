package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.and;
import static dev.latchkey.deploy.Chart.render;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code service.yaml}, {@code service-gate.yaml}, {@code service-management.yaml}, {@code serviceaccount.yaml} */
class ServiceTemplatesTest {

    @Test
    void selectThePodsOfThisRelease() {
        Map<String, String> selector =
                render(REQUIRED).only(Deployment.class).getSpec().getSelector().getMatchLabels();
        List<Service> services = render(REQUIRED).all(Service.class);
        assertEquals(3, services.size());
        for (Service service : services) {
            assertEquals(selector, service.getSpec().getSelector());
            assertEquals("auth", service.getMetadata().getNamespace());
        }
    }

    @Test
    void areNamedAfterTheReleaseOrByTheValues() {
        assertEquals(List.of("latchkey-gate", "latchkey-management", "latchkey"), names());
        assertEquals(List.of("sso-gate", "sso-management", "sso"), names("fullnameOverride: sso"));
        assertEquals(
                List.of("latchkey-login-gate", "latchkey-login-management", "latchkey-login"),
                names("nameOverride: login"));
        for (String name : names("fullnameOverride: " + "long-".repeat(20))) {
            assertTrue(name.length() <= 63, name);
            assertTrue(name.matches("[a-z]([-a-z0-9]*[a-z0-9])?"), name);
        }
    }

    @Nested
    class ForClients {

        @Test
        void hasReadyReplicasOnly() {
            Service service = service("latchkey");
            assertEquals("ClusterIP", service.getSpec().getType());
            assertNull(service.getSpec().getPublishNotReadyAddresses());
            assertPort(8080, "http", service);
        }

        @Test
        void neverHasTheManagementPort() {
            Service service = service("latchkey", "service: {type: LoadBalancer, port: 80, annotations: {a: b}}");
            assertEquals("LoadBalancer", service.getSpec().getType());
            assertPort(80, "http", service);
            assertEquals(Map.of("a", "b"), service.getMetadata().getAnnotations());
        }
    }

    @Nested
    class ForTheGate {

        @Test
        void hasReplicasThatAreNotReadyToo() {
            Service service = service("latchkey-gate");
            assertEquals(true, service.getSpec().getPublishNotReadyAddresses());
            assertPort(8080, "http", service);
        }

        @Test
        void staysInsideWhateverTheOtherOneIs() {
            assertEquals(
                    "ClusterIP",
                    service("latchkey-gate", "service: {type: LoadBalancer}")
                            .getSpec()
                            .getType());
        }

        @Test
        void canLeaveThemOutOrNotBeThere() {
            assertEquals(
                    false,
                    service("latchkey-gate", "gate: {service: {publishNotReadyAddresses: false}}")
                            .getSpec()
                            .getPublishNotReadyAddresses());
            assertEquals(
                    List.of("latchkey-management", "latchkey"),
                    render(REQUIRED, "gate: {service: {enabled: false}}").all(Service.class).stream()
                            .map(it -> it.getMetadata().getName())
                            .toList());
        }
    }

    @Nested
    class ForManagement {

        @Test
        void hasPort9000OfEachReplicaInsideOfTheCluster() {
            Service service = service(
                    "latchkey-management", "service: {type: LoadBalancer}", "managementService: {annotations: {a: b}}");
            assertEquals("ClusterIP", service.getSpec().getType());
            assertEquals("None", service.getSpec().getClusterIP());
            assertEquals("management", service.getMetadata().getLabels().get("app.kubernetes.io/component"));
            assertEquals(Map.of("a", "b"), service.getMetadata().getAnnotations());
            assertPort(9000, "management", service);
        }
    }

    @Nested
    class Account {

        @Test
        void hasNoToken() {
            ServiceAccount account = render(REQUIRED).only(ServiceAccount.class);
            assertEquals(false, account.getAutomountServiceAccountToken());
            assertEquals("latchkey", account.getMetadata().getName());
            assertEquals("latchkey", used());
        }

        @Test
        void canBeAnotherOne() {
            assertEquals("own", used("serviceAccount: {name: own}"));
            assertEquals("default", used("serviceAccount: {create: false}"));
            assertEquals("present", used("serviceAccount: {create: false, name: present}"));
            assertTrue(render(REQUIRED, "serviceAccount: {create: false}")
                    .all(ServiceAccount.class)
                    .isEmpty());
        }

        private static String used(String... values) {
            return render(and(REQUIRED, values))
                    .only(Deployment.class)
                    .getSpec()
                    .getTemplate()
                    .getSpec()
                    .getServiceAccountName();
        }
    }

    private static List<String> names(String... values) {
        return render(and(REQUIRED, values)).all(Service.class).stream()
                .map(it -> it.getMetadata().getName())
                .toList();
    }

    private static Service service(String name, String... values) {
        return render(and(REQUIRED, values)).named(Service.class, name);
    }

    private static void assertPort(int port, String target, Service service) {
        assertEquals(1, service.getSpec().getPorts().size());
        ServicePort only = service.getSpec().getPorts().get(0);
        assertEquals(port, only.getPort());
        assertEquals(target, only.getTargetPort().getStrVal());
    }
}
