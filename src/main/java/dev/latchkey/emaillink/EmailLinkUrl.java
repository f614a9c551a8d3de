package dev.latchkey.emaillink;

import org.jspecify.annotations.Nullable;

/**
 * The form of the URL of a link, which waits in the database until the link is made.
 *
 * @param form path and query below the public URL, with {@link #TOKEN} in the place of the token
 * @param callback where the browser goes on once the link was used, as the client named it; null, and too long a one: to a page
 *     of ours
 */
public record EmailLinkUrl(String form, @Nullable String callback) {

    public static final String TOKEN = "{token}";

    /** The number of characters up to which a callback is stored. */
    private static final int MAX_CALLBACK = 2048;

    public EmailLinkUrl {
        callback = storable(callback);
    }

    /** Returns a callback, or null if it is too long to be stored. */
    public static @Nullable String storable(@Nullable String callback) {
        return callback == null || callback.length() > MAX_CALLBACK ? null : callback;
    }

    /** The path and query of the link with a token. */
    String path(String token) {
        return form.replace(TOKEN, token);
    }
}
