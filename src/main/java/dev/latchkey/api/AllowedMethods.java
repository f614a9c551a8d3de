package dev.latchkey.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;

/**
 * The methods that a path takes: for the {@code Allow} header that a 405 must have (RFC 9110, 15.5.6) and the framework
 * leaves out, and to tell a 405 from a 404 where the framework does not, because a shorter template fits the path too.
 */
final class AllowedMethods {

    private AllowedMethods() {}

    /**
     * Returns the methods; none if no route has this path. Looks into the router's own tables one by one, since those of
     * several classes may fit.
     */
    static Set<String> of(ContainerRequestContext request) {
        Set<String> methods = new TreeSet<>();
        if (request instanceof ResteasyReactiveContainerRequestContext framework
                && framework.getServerRequestContext() instanceof ResteasyReactiveRequestContext routing) {
            String path = routing.getPathWithoutPrefix();
            for (var resource : routing.getDeployment().getClassMappers()) {
                var match = new RequestMapper<>(new ArrayList<>(List.of(resource))).map(path);
                if (match != null && match.value.handlers[0] instanceof ClassRoutingHandler routes) {
                    add(methods, routes, match.remaining);
                }
            }
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        if (!methods.isEmpty()) {
            methods.add("OPTIONS");
        }
        return methods;
    }

    private static void add(Set<String> methods, ClassRoutingHandler routes, String remaining) {
        String rest = remaining.isEmpty() ? "/" : remaining;
        routes.getMappers().forEach((method, paths) -> {
            if (method != null && paths.map(rest) != null) {
                methods.add(method);
            }
        });
    }
}
