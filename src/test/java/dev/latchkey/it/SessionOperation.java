package dev.latchkey.it;

/** A request of a user, or a statement of an administrator, and what comes back. Passwords are told by their number. */
sealed interface SessionOperation {

    record SignIn(boolean betterAuth, int password) implements SessionOperation {}

    record Refresh(String session, String token) implements SessionOperation {
        @Override
        public String toString() {
            return "Refresh[%s, …%s]".formatted(session, ending(token));
        }
    }

    /** An access token for the session token of Better Auth. */
    record GetToken(String session, String sessionToken) implements SessionOperation {}

    /** By any of its refresh tokens, or by the session token. */
    record SignOut(String session, boolean betterAuth, String secret) implements SessionOperation {}

    record SignOutByAccessToken(AccessToken by) implements SessionOperation {}

    /** A new session takes the place of all. */
    record ChangePassword(AccessToken by, int current, int replacement) implements SessionOperation {}

    /** All sessions end but this one, which gets a new session token. */
    record ChangePasswordAndKeepSession(String session, String sessionToken, int current, int replacement)
            implements SessionOperation {}

    record EndAll(AccessToken by, boolean keepCurrent) implements SessionOperation {}

    record EndOne(AccessToken by, String session) implements SessionOperation {}

    record Disable() implements SessionOperation {}

    record Enable() implements SessionOperation {}

    record SetRoles(String roles) implements SessionOperation {}

    /** The client's time from before the request to after the response, in nanoseconds. */
    record Interval(long start, long end) {

        boolean isBefore(Interval other) {
            return end < other.start;
        }

        Interval hull(Interval other) {
            return new Interval(Math.min(start, other.start), Math.max(end, other.end));
        }
    }

    /** An access token, the session that it belongs to, and the roles that it says. */
    record AccessToken(String text, String session, String roles) {

        static final AccessToken NONE = new AccessToken("", "", "");

        @Override
        public String toString() {
            return "access token …%s of %s, %s".formatted(ending(text), session, roles);
        }
    }

    /** A response. What it does not have is empty. */
    record Response(int status, String session, String secret, AccessToken accessToken) {

        static Response of(int status) {
            return new Response(status, "", "", AccessToken.NONE);
        }

        @Override
        public String toString() {
            return "%d%s%s"
                    .formatted(
                            status,
                            secret.isEmpty() ? "" : ", session " + session + ", secret …" + ending(secret),
                            accessToken.text().isEmpty() ? "" : ", " + accessToken);
        }
    }

    /**
     * An operation and its response.
     *
     * @param isKnownRevoked whether the replica that responded had refused the operation's access token before
     */
    record Observation(SessionOperation operation, Interval at, boolean isKnownRevoked, Response response) {}

    static String ending(String secret) {
        return secret.substring(Math.max(0, secret.length() - 6));
    }
}
