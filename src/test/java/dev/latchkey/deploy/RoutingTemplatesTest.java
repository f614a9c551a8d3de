package dev.latchkey.deploy;

import static dev.latchkey.deploy.Chart.REQUIRED;
import static dev.latchkey.deploy.Chart.WITH_PROXIES;
import static dev.latchkey.deploy.Chart.and;
import static dev.latchkey.deploy.Chart.render;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteRule;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressRule;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** {@code ingress.yaml}, {@code httproute.yaml} */
class RoutingTemplatesTest {

    private static final List<String> PATHS = List.of(
            "/api/auth", "/api/users", "/links", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server");

    @Test
    void nothingLeadsToItByDefault() {
        assertTrue(render(WITH_PROXIES).all(Ingress.class).isEmpty());
        assertTrue(render(WITH_PROXIES).all(HTTPRoute.class).isEmpty());
    }

    /** All routes of the service, besides those for backends and for administrators, which are let through on request. */
    @Test
    void everyRouteForClientsIsAmongThePaths() {
        List<String> roots = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.latchkey").stream()
                        .filter(type -> type.isAnnotatedWith(Path.class))
                        .map(type -> type.getAnnotationOfType(Path.class).value())
                        .filter(path -> !path.equals("/.well-known"))
                        .filter(path -> !path.startsWith("/api/admin/"))
                        .toList();
        assertTrue(roots.size() > 5, roots::toString);
        assertEquals(
                List.of("/oauth"),
                roots.stream()
                        .filter(root -> PATHS.stream().noneMatch(root::startsWith))
                        .toList());
    }

    @Nested
    class OfTheIngress {

        @Test
        void hostAndCertificateAreThoseOfThePublicUrl() {
            Ingress ingress = ingress();
            assertEquals("nginx", ingress.getSpec().getIngressClassName());
            assertEquals(
                    List.of("auth.example.com"),
                    ingress.getSpec().getRules().stream()
                            .map(IngressRule::getHost)
                            .toList());
            assertEquals(
                    List.of("auth.example.com"),
                    ingress.getSpec().getTls().get(0).getHosts());
            assertEquals("latchkey-tls", ingress.getSpec().getTls().get(0).getSecretName());
        }

        @Test
        void pathsLeadToTheServiceForClients() {
            List<HTTPIngressPath> paths =
                    ingress().getSpec().getRules().get(0).getHttp().getPaths();
            assertEquals(PATHS, paths.stream().map(HTTPIngressPath::getPath).toList());
            for (HTTPIngressPath path : paths) {
                assertEquals("Prefix", path.getPathType());
                assertEquals("latchkey", path.getBackend().getService().getName());
                assertEquals("http", path.getBackend().getService().getPort().getName());
            }
        }

        @Test
        void neitherManagementNorBackendsAreReached() {
            String rendered = Chart.text(WITH_PROXIES, "ingress: {enabled: true}")
                    .replaceAll("(?s).*kind: Ingress\n(.*?)(\n---.*|$)", "$1");
            assertFalse(rendered.contains("management"), rendered);
            assertFalse(rendered.contains("/oauth\""), rendered);
            assertFalse(rendered.contains("/q"), rendered);
        }

        @Test
        void canBeOfAnyController() {
            Ingress ingress = ingress("""
                    ingress:
                      className: traefik
                      annotations: {cert-manager.io/cluster-issuer: acme}
                      paths: [/]
                      tls: {secretName: own}
                    """);
            assertEquals("traefik", ingress.getSpec().getIngressClassName());
            assertEquals(
                    Map.of("cert-manager.io/cluster-issuer", "acme"),
                    ingress.getMetadata().getAnnotations());
            assertEquals("own", ingress.getSpec().getTls().get(0).getSecretName());
            assertEquals(
                    "/",
                    ingress.getSpec()
                            .getRules()
                            .get(0)
                            .getHttp()
                            .getPaths()
                            .get(0)
                            .getPath());
        }

        /** The rules of the gate are for backends; the service's own routes must be reached without a token. */
        @Test
        void isNotBehindTheGateItself() {
            assertTrue(ingress("gate: {rules: [{path: '/**', allow: authenticated}]}")
                    .getMetadata()
                    .getAnnotations()
                    .isEmpty());
        }

        @Test
        void hasNoCertificateOnALoopbackAddress() {
            Ingress ingress = ingress("publicUrl: http://localhost:8080");
            assertTrue(ingress.getSpec().getTls().isEmpty());
            assertEquals("localhost", ingress.getSpec().getRules().get(0).getHost());
        }

        private static Ingress ingress(String... values) {
            return render(and(WITH_PROXIES, and("ingress: {enabled: true}", values)))
                    .only(Ingress.class);
        }
    }

    @Nested
    class OfTheGatewayApi {

        @Test
        void routeLeadsToTheServiceForClients() {
            HTTPRoute route = route();
            assertEquals(List.of("auth.example.com"), route.getSpec().getHostnames());
            assertEquals("public", route.getSpec().getParentRefs().get(0).getName());
            assertEquals("gateways", route.getSpec().getParentRefs().get(0).getNamespace());
            assertEquals(1, route.getSpec().getRules().size());
            HTTPRouteRule rule = route.getSpec().getRules().get(0);
            assertEquals(
                    PATHS,
                    rule.getMatches().stream()
                            .map(match -> match.getPath().getValue())
                            .toList());
            assertTrue(rule.getMatches().stream()
                    .allMatch(match -> match.getPath().getType().equals("PathPrefix")));
            assertEquals("latchkey", rule.getBackendRefs().get(0).getName());
            assertEquals(8080, rule.getBackendRefs().get(0).getPort());
        }

        @Test
        void waitsLongerThanTheServiceTakes() {
            assertEquals(
                    "30s", route().getSpec().getRules().get(0).getTimeouts().getRequest());
        }

        @Test
        void canHaveFewerPaths() {
            HTTPRoute route = route("httpRoute: {paths: [/api/auth], annotations: {a: b}}", "service: {port: 80}");
            assertEquals(1, route.getSpec().getRules().get(0).getMatches().size());
            assertEquals(
                    80,
                    route.getSpec().getRules().get(0).getBackendRefs().get(0).getPort());
            assertEquals(Map.of("a", "b"), route.getMetadata().getAnnotations());
        }

        @Test
        void refusesAParentWithoutAName() {
            assertTrue(Chart.refusal(REQUIRED, "httpRoute: {enabled: true, parentRefs: [{namespace: gateways}]}")
                    .contains("schema"));
        }

        private static HTTPRoute route(String... values) {
            return render(and(WITH_PROXIES, and("""
                            httpRoute:
                              enabled: true
                              parentRefs: [{name: public, namespace: gateways, sectionName: https}]
                            """, values))).only(HTTPRoute.class);
        }
    }
}
