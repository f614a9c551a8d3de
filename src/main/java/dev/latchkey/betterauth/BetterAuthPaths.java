package dev.latchkey.betterauth;

import java.util.Set;

/** The paths of the Better Auth protocol. */
final class BetterAuthPaths {

    /** The base path, which Latchkey's own APIs share. */
    static final String BASE = "/api/auth";

    /** The routes of Latchkey's own APIs below the base path (the gate handles its own before). */
    static final Set<String> OWN_API = Set.of(
            "/signup",
            "/login",
            "/refresh",
            "/logout",
            "/session",
            "/jwks",
            "/password-reset",
            "/password-reset/confirm",
            "/email-verification",
            "/email-verification/confirm");

    private BetterAuthPaths() {}

    /** Returns whether a request's path is one of the Better Auth protocol, known or unknown. */
    static boolean isBetterAuth(String path) {
        if (!path.startsWith(BASE + "/")) {
            return false;
        }
        String rest = path.substring(BASE.length());
        String withoutSlash = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        return !OWN_API.contains(withoutSlash);
    }
}
