package dev.latchkey.emaillink;

import dev.latchkey.platform.http.PublicUrl;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * The page of this service that e-mail links lead to ({@code pages.LinkPageResource}).
 *
 * <p>Security: what a link is for happens when a person presses the button there. Mail scanners open links before their
 * recipients do, and to open a page must prove nothing.
 */
@ApplicationScoped
public class EmailLinkPage {

    /** The path of the page of a link, without the token. */
    public static final String PATH = "/links/";

    private final PublicUrl publicUrl;
    private final EmailLinkConfig config;

    EmailLinkPage(PublicUrl publicUrl, EmailLinkConfig config) {
        this.publicUrl = publicUrl;
        this.config = config;
    }

    /** Returns whether e-mails lead to the page where a client has a URL of its own for the link. */
    public boolean isPreferred() {
        return config.confirmPage();
    }

    /** Returns the URLs of links after which the browser goes on to a place that a client named, if it did. */
    public EmailLinkUrl urls(@Nullable String callback) {
        return new EmailLinkUrl(PATH + EmailLinkUrl.TOKEN, callback == null || callback.isEmpty() ? null : callback);
    }

    /**
     * Returns the URL of a link.
     *
     * <p>Security: it begins with the configured public URL, whatever the form; the Host header of a request has no part in it.
     */
    public URI resolve(EmailLinkUrl url, String token) {
        return URI.create(publicUrl.origin() + url.path(token));
    }
}
