package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.and;
import static dev.latchkey.deploy.Chart.render;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code networkpolicy.yaml} */
class NetworkPolicyTemplateTest {

    @Test
    void holdsForThePodsInBothDirections() {
        NetworkPolicy policy = policy();
        assertEquals(
                render(REQUIRED).only(Deployment.class).getSpec().getSelector().getMatchLabels(),
                policy.getSpec().getPodSelector().getMatchLabels());
        assertEquals(List.of("Ingress", "Egress"), policy.getSpec().getPolicyTypes());
    }

    @Test
    void canBeSwitchedOff() {
        assertTrue(render(REQUIRED, "networkPolicy: {enabled: false}")
                .all(NetworkPolicy.class)
                .isEmpty());
    }

    @Nested
    class In {

        @Test
        void nobodyReachesTheManagementPortByDefault() {
            assertEquals(List.of("http"), ports(policy()));
        }

        @Test
        void onlyTheNamespacesThatAreNamedReachTheManagementPort() {
            List<NetworkPolicyIngressRule> rules = policy("networkPolicy: {managementNamespaces: [monitoring, tools]}")
                    .getSpec()
                    .getIngress();
            assertEquals(2, rules.size());
            assertEquals("management", rules.get(1).getPorts().get(0).getPort().getStrVal());
            assertEquals(Set.of("monitoring", "tools"), namespaces(rules.get(1).getFrom()));
        }

        @Test
        void theApiCanBeKeptForNamespaces() {
            assertEquals(List.of(), policy().getSpec().getIngress().get(0).getFrom());
            assertEquals(
                    Set.of("ingress-nginx"),
                    namespaces(policy("networkPolicy: {apiNamespaces: [ingress-nginx]}")
                            .getSpec()
                            .getIngress()
                            .get(0)
                            .getFrom()));
        }

        @Test
        void othersCanBeAdded() {
            assertEquals(
                    2,
                    policy("networkPolicy: {extraIngress: [{from: [{podSelector: {}}]}]}")
                            .getSpec()
                            .getIngress()
                            .size());
        }

        private static List<String> ports(NetworkPolicy policy) {
            return policy.getSpec().getIngress().stream()
                    .flatMap(rule -> rule.getPorts().stream())
                    .map(port -> port.getPort().getStrVal())
                    .toList();
        }
    }

    @Nested
    class Out {

        @Test
        void onlyNamesAndTheDatabaseByDefault() {
            List<NetworkPolicyEgressRule> rules = policy().getSpec().getEgress();
            assertEquals(List.of(Set.of(53), Set.of(5432)), ports(rules));
            assertEquals(
                    "kube-system",
                    rules.get(0)
                            .getTo()
                            .get(0)
                            .getNamespaceSelector()
                            .getMatchLabels()
                            .get("kubernetes.io/metadata.name"));
        }

        @Test
        void eMailWhereThereIsAServer() {
            String mail = "mail: {host: smtp.example.com, port: 465, from: a@example.com}";
            assertEquals(List.of(Set.of(53), Set.of(5432), Set.of(465)), ports(egress(mail)));
        }

        @Test
        void theDatabaseItselfBehindAPooler() {
            assertEquals(
                    List.of(Set.of(53), Set.of(5432, 6432)),
                    ports(egress("database: {port: 6432, direct: {host: primary}}")));
            assertEquals(List.of(Set.of(53), Set.of(5432)), ports(egress("database: {direct: {host: primary}}")));
        }

        @Test
        void keysOfTrustedIssuersTheRangeApiAndTelemetryWhereTheyAreSet() {
            assertEquals(List.of(Set.of(53), Set.of(5432), Set.of(443, 8443, 4317)), ports(egress("""
                            config:
                              LATCHKEY_TOKEN_TRUSTED_SHOP_JWKS_URL: https://shop.example.com:8443/jwks
                              LATCHKEY_PASSWORD_BREACH_CHECK_URL: https://range.example.com/range/
                              OTEL_EXPORTER_OTLP_ENDPOINT: http://collector.observability:4317
                            """)));
        }

        @Test
        void nothingForSettingsThatAreEmptyOrNameNoServer() {
            assertEquals(List.of(Set.of(53), Set.of(5432)), ports(egress("""
                            config:
                              LATCHKEY_PASSWORD_BREACH_CHECK_URL: ""
                              LATCHKEY_TOKEN_TRUSTED_SHOP_ISSUER: https://shop.example.com
                              LATCHKEY_TOKEN_AUDIENCE: https://auth.example.com
                            """)));
        }

        @Test
        void destinationsCanBeNamed() {
            List<NetworkPolicyEgressRule> rules = egress("""
                    mail: {host: smtp.example.com, from: a@example.com}
                    config: {LATCHKEY_PASSWORD_BREACH_CHECK_URL: 'https://range.example.com/range/'}
                    networkPolicy:
                      dnsNamespace: ""
                      databasePeers: [{podSelector: {matchLabels: {app: postgres}}}]
                      mailPeers: [{ipBlock: {cidr: 192.0.2.25/32}}]
                      httpPeers: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]
                      extraEgress: [{ports: [{port: 4318, protocol: TCP}]}]
                    """);
            assertEquals(List.of(), rules.get(0).getTo());
            assertEquals(
                    "postgres",
                    rules.get(1)
                            .getTo()
                            .get(0)
                            .getPodSelector()
                            .getMatchLabels()
                            .get("app"));
            assertEquals(
                    "192.0.2.25/32", rules.get(2).getTo().get(0).getIpBlock().getCidr());
            assertEquals(
                    List.of("10.0.0.0/8"),
                    rules.get(3).getTo().get(0).getIpBlock().getExcept());
            assertEquals(Set.of(4318), ports(rules).get(4));
        }

        private static List<NetworkPolicyEgressRule> egress(String values) {
            return policy(values).getSpec().getEgress();
        }

        private static List<Set<Integer>> ports(List<NetworkPolicyEgressRule> rules) {
            return rules.stream().map(rule -> ports(rule.getPorts())).toList();
        }

        private static Set<Integer> ports(Iterable<NetworkPolicyPort> ports) {
            Set<Integer> numbers = new TreeSet<>();
            ports.forEach(port -> numbers.add(port.getPort().getIntVal()));
            return numbers;
        }
    }

    private static Set<String> namespaces(List<NetworkPolicyPeer> peers) {
        assertEquals(1, peers.size());
        var expression =
                peers.get(0).getNamespaceSelector().getMatchExpressions().get(0);
        assertEquals("kubernetes.io/metadata.name", expression.getKey());
        assertEquals("In", expression.getOperator());
        return new TreeSet<>(expression.getValues());
    }

    private static NetworkPolicy policy(String... values) {
        return render(and(REQUIRED, values)).only(NetworkPolicy.class);
    }
}
