package dev.latchkey.betterauth;

import dev.latchkey.platform.http.PercentEncoding;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds the URLs of e-mail links, each as a function of the link's token.
 *
 * <p>Security: they are built from the configured public URL alone; the Host header of a request has no part in them.
 */
@ApplicationScoped
class EmailLinkUrls {

    private final String base;

    EmailLinkUrls(AllowedOrigins origins) {
        this.base = origins.publicOrigin() + BetterAuthPaths.BASE;
    }

    Function<String, URI> passwordReset(@Nullable String callback) {
        String encoded = PercentEncoding.encodeValue(callback == null ? "" : callback);
        return token -> URI.create(base + "/reset-password/" + token + "?callbackURL=" + encoded);
    }

    Function<String, URI> verification(@Nullable String callback) {
        return link("/verify-email", callback);
    }

    Function<String, URI> accountDeletion(@Nullable String callback) {
        return link("/delete-user/callback", callback);
    }

    private Function<String, URI> link(String path, @Nullable String callback) {
        String encoded = PercentEncoding.encodeValue(callback == null || callback.isEmpty() ? "/" : callback);
        return token -> URI.create(base + path + "?token=" + token + "&callbackURL=" + encoded);
    }

    /** Adds a query parameter to a URL. */
    static String withParameter(String url, String name, String value) {
        int end = url.indexOf('#');
        String beforeFragment = end < 0 ? url : url.substring(0, end);
        String fragment = end < 0 ? "" : url.substring(end);
        return beforeFragment + (beforeFragment.indexOf('?') < 0 ? "?" : "&") + name + "="
                + PercentEncoding.encodeValue(value) + fragment;
    }
}
