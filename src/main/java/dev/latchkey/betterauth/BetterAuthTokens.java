package dev.latchkey.betterauth;

import dev.latchkey.account.Profile;
import dev.latchkey.token.AccessTokens;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Mints access tokens that also have the user's fields as claims, which backends of Better Auth read. */
@ApplicationScoped
class BetterAuthTokens {

    /** Exactly three digits of a second's fraction, for the client reads any number of them as milliseconds. */
    private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final AccessTokens tokens;

    BetterAuthTokens(AccessTokens tokens) {
        this.tokens = tokens;
    }

    String mint(Caller caller) {
        Profile user = caller.user();
        Map<String, Object> furtherClaims = new HashMap<>();
        JsonViews.user(user).forEach((name, value) -> {
            if (value != null) {
                furtherClaims.put(name, value instanceof Instant time ? MILLISECONDS.format(time) : value);
            }
        });
        return tokens.mint(caller.session().tokenSubject(user), furtherClaims).value();
    }
}
