package dev.latchkey.emaillink;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The URL of a link in its e-mail, made when its token is, later and on another thread. */
@FunctionalInterface
public interface EmailLinkUrl {

    /** Returns the URL of the link with a token. */
    URI of(String token);

    /** Returns where the browser goes on once the link was used, as the client named it; null: to a page of ours. */
    default @Nullable String callback() {
        return null;
    }
}
