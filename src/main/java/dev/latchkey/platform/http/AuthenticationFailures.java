package dev.latchkey.platform.http;

import static dev.latchkey.platform.http.FilterOrder.AUTHENTICATED;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Leaves the refusal of a token to Jakarta REST alone, which asks for the caller and maps what is thrown then.
 *
 * <p>The framework attaches a handler of such failures to each request, and takes it away again when the request comes to a
 * route. In between, to name the request in the metrics should the handler be called, it builds the table of all routes anew,
 * which took 8 % of the time of a read. Routes name their requests themselves.
 */
@Singleton
class AuthenticationFailures {

    void register(@Observes Filters filters) {
        filters.register(
                request -> {
                    request.remove(QuarkusHttpUser.AUTH_FAILURE_HANDLER);
                    request.next();
                },
                AUTHENTICATED);
    }
}
