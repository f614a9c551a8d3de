package dev.latchkey.betterauth;

import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.emaillink.EmailLinkUrl;
import dev.latchkey.platform.http.PercentEncoding;
import jakarta.enterprise.context.ApplicationScoped;
import org.jspecify.annotations.Nullable;

/**
 * The URLs of e-mail links that clients of the Better Auth paths request: of our page, or if a deployment is configured so,
 * Better Auth's own.
 *
 * <p>Security: they are built from the configured public URL alone; the Host header of a request has no part in them.
 */
@ApplicationScoped
class EmailLinkUrls {

    private final EmailLinkPage page;

    EmailLinkUrls(EmailLinkPage page) {
        this.page = page;
    }

    EmailLinkUrl passwordReset(@Nullable String named) {
        String callback = EmailLinkUrl.storable(named);
        String encoded = PercentEncoding.encodeValue(callback == null ? "" : callback);
        return page.isPreferred()
                ? page.urls(callback)
                : betterAuth("/reset-password/" + EmailLinkUrl.TOKEN + "?callbackURL=" + encoded);
    }

    EmailLinkUrl verification(@Nullable String callback) {
        return link("/verify-email", callback);
    }

    EmailLinkUrl accountDeletion(@Nullable String callback) {
        return link("/delete-user/callback", callback);
    }

    private EmailLinkUrl link(String path, @Nullable String named) {
        String callback = EmailLinkUrl.storable(named);
        String encoded = PercentEncoding.encodeValue(callback == null || callback.isEmpty() ? "/" : callback);
        return page.isPreferred()
                ? page.urls(callback)
                : betterAuth(path + "?token=" + EmailLinkUrl.TOKEN + "&callbackURL=" + encoded);
    }

    private static EmailLinkUrl betterAuth(String path) {
        return new EmailLinkUrl(BetterAuthPaths.BASE + path, null);
    }
}
