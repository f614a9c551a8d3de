package dev.latchkey.ops;

import org.jspecify.annotations.Nullable;

/** The gate's decision endpoint: asked about somebody else's request, whose origin and body are no business of ours. */
final class GatePath {

    private static final String PATH = "/api/auth/verify";

    private GatePath() {}

    static boolean is(@Nullable String path) {
        return path != null && (path.equals(PATH) || path.startsWith(PATH + "/"));
    }
}
