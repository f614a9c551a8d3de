package dev.latchkey.betterauth;

import dev.latchkey.account.Profile;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.TokenSubject;
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

    private static final String IMAGE = "image";

    /** Exactly three digits of a second's fraction, for the client reads any number of them as milliseconds. */
    private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /**
     * The greatest length of a token that carries the user's image, in characters. Half of what our verifier and the header
     * buffers of usual proxies take (8 KiB), so that a response has room for its cookies, too.
     */
    private static final int MAX_LENGTH_WITH_IMAGE = 4 * 1024;

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
        TokenSubject subject = caller.session().tokenSubject(user);
        String token = tokens.mint(subject, furtherClaims).value();
        // Better Auth leaves it in and sends a token that no proxy takes. A user chooses the image, or has it imported,
        // and
        // no backend needs it to decide anything.
        return token.length() > MAX_LENGTH_WITH_IMAGE && furtherClaims.remove(IMAGE) != null
                ? tokens.mint(subject, furtherClaims).value()
                : token;
    }
}
