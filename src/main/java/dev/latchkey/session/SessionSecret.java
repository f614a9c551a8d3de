package dev.latchkey.session;

/** The secret by which a client holds its session. A session has one, of the kind that its client uses. */
public sealed interface SessionSecret permits RefreshToken, SessionToken {

    /** The secret as the client holds it. */
    String text();

    /** The kind of secret that a session is opened with; none of the other kind is created. */
    enum Kind {
        /** Spent for a successor with each use. */
        REFRESH_TOKEN,
        /** A secret that never changes while the session lasts. */
        SESSION_TOKEN
    }
}
