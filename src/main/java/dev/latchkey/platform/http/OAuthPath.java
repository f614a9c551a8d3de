package dev.latchkey.platform.http;

import org.jspecify.annotations.Nullable;

/** The routes of backends with credentials: no page has business there, whatever its origin, and no cache. */
final class OAuthPath {

    private static final String PATH = "/oauth/";

    private OAuthPath() {}

    static boolean is(@Nullable String path) {
        return path != null && path.startsWith(PATH);
    }
}
