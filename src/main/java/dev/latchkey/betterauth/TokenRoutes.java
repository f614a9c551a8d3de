package dev.latchkey.betterauth;

import static dev.latchkey.betterauth.Endpoint.Demand.NOBODY;
import static dev.latchkey.betterauth.Endpoint.Demand.SESSION;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** Tokens for backends, and what tells that this service is there. */
@ApplicationScoped
class TokenRoutes implements RouteGroup {

    private static final int LONGEST = 200;

    private final BetterAuthTokens jwts;

    TokenRoutes(BetterAuthTokens jwts) {
        this.jwts = jwts;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.get("/token", SESSION, call -> BetterAuthResponse.ok(Map.of("token", jwts.of(call.caller())))),
                Endpoint.get("/ok", NOBODY, call -> BetterAuthResponse.ok(Map.of("ok", true))),
                Endpoint.get("/error", NOBODY, TokenRoutes::page));
    }

    /** Where somebody lands whose link led nowhere. */
    private static BetterAuthResponse page(RouteCall call) {
        String code = call.query().optionalText("error");
        // Security: what a link says stands in the page as a word of a few letters, and as nothing else.
        String shown = code != null && code.length() <= LONGEST && code.matches("[A-Za-z0-9_ -]+") ? code : "UNKNOWN";
        return BetterAuthResponse.ok(new BetterAuthResponse.Page("""
                <!DOCTYPE html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
                <title>That did not work</title></head>
                <body>
                <h1>That did not work</h1>
                <p>The link has expired, was used already, or was cut off on its way. Please ask for a new one.</p>
                <p>Code: <code>%s</code></p>
                <p><a href="/">Go on</a></p>
                </body>
                </html>
                """.formatted(shown)));
    }
}
