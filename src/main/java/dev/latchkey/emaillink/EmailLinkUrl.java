package dev.latchkey.emaillink;

import org.jspecify.annotations.Nullable;

/**
 * The form of the URL of a link, which waits in the database until the link is made.
 *
 * @param form path and query below the public URL, with {@link #TOKEN} in the place of the token
 * @param callback where the browser goes on once the link was used, as the client named it; null: to a page of ours
 */
public record EmailLinkUrl(String form, @Nullable String callback) {

    public static final String TOKEN = "{token}";

    /** The path and query of the link with a token. */
    String path(String token) {
        return form.replace(TOKEN, token);
    }
}
