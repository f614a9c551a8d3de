package dev.latchkey.betterauth;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of this dialect's mailed links.
 *
 * <p>Security: built from the configured public URL alone; what a request says of the host it came to has no part in them.
 */
@ApplicationScoped
class EmailLinkUrls {

    private final String base;

    EmailLinkUrls(AllowedOrigins origins) {
        this.base = origins.ours() + BetterAuthHandler.BASE;
    }

    Function<String, URI> reset(@Nullable String target) {
        String callback = encoded(target == null ? "" : target);
        return token -> URI.create(base + "/reset-password/" + token + "?callbackURL=" + callback);
    }

    Function<String, URI> verification(@Nullable String target) {
        return link("/verify-email", target);
    }

    Function<String, URI> deletion(@Nullable String target) {
        return link("/delete-user/callback", target);
    }

    private Function<String, URI> link(String path, @Nullable String target) {
        String callback = encoded(target == null || target.isEmpty() ? "/" : target);
        return token -> URI.create(base + path + "?token=" + token + "&callbackURL=" + callback);
    }

    /** A place with one more word in its query. */
    static String with(String target, String name, String value) {
        int end = target.indexOf('#');
        String plain = end < 0 ? target : target.substring(0, end);
        String fragment = end < 0 ? "" : target.substring(end);
        return plain + (plain.indexOf('?') < 0 ? "?" : "&") + name + "=" + encoded(value) + fragment;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
