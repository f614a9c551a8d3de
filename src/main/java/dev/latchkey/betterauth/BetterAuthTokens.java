package dev.latchkey.betterauth;

import dev.latchkey.account.Profile;
import dev.latchkey.session.Session;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.TokenSubject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Our access tokens, with what this dialect's backends expect to read of the user besides. */
@ApplicationScoped
class BetterAuthTokens {

    private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final AccessTokens tokens;

    BetterAuthTokens(AccessTokens tokens) {
        this.tokens = tokens;
    }

    String of(Caller caller) {
        Profile user = caller.user();
        Session session = caller.session();
        TokenSubject subject = new TokenSubject(
                user.id().value(),
                user.email().canonical(),
                user.roles(),
                session.id().value(),
                session.absoluteEnd());
        Map<String, Object> besides = new HashMap<>();
        JsonViews.user(user).forEach((name, value) -> {
            if (value != null) {
                besides.put(name, value instanceof Instant time ? MILLISECONDS.format(time) : value);
            }
        });
        return tokens.mint(subject, besides).value();
    }
}
