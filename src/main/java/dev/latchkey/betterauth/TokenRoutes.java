package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Access.PUBLIC;
import static dev.latchkey.betterauth.Endpoint.Access.SESSION;

import dev.latchkey.betterauth.Endpoint.RouteCall;
import dev.latchkey.betterauth.Endpoint.RouteGroup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** Access tokens for backends, the health check and the error page. */
@ApplicationScoped
class TokenRoutes implements RouteGroup {

    private static final int MAX_CODE_LENGTH = 200;

    private final BetterAuthTokens tokens;

    TokenRoutes(BetterAuthTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get(
                        "/token", SESSION, call -> BetterAuthResponse.ok(Map.of("token", tokens.mint(call.caller())))),
                Endpoint.get("/ok", PUBLIC, call -> BetterAuthResponse.ok(Map.of("ok", true))),
                Endpoint.get("/error", PUBLIC, TokenRoutes::errorPage));
    }

    /** The page for e-mail links that do not work and have no page of the front end to go to. */
    private static BetterAuthResponse errorPage(RouteCall call) {
        String error = call.query().optionalText("error");
        // Security: of the link's own text only a short word of harmless characters is shown in the page.
        String code = error != null && error.length() <= MAX_CODE_LENGTH && error.matches("[A-Za-z0-9_ -]+")
                ? error
                : "UNKNOWN";
        return BetterAuthResponse.page("""
                <!DOCTYPE html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
                <title>The link does not work</title></head>
                <body>
                <h1>The link does not work</h1>
                <p>It has expired, was used already, or is incomplete. Please request a new one.</p>
                <p>Code: <code>%s</code></p>
                <p><a href="/">Continue</a></p>
                </body>
                </html>
                """.formatted(code));
    }
}
