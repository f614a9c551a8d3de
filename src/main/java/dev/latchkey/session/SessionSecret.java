package dev.latchkey.session;

/** The secret by which a client holds its session. A session has one, of the kind that its client uses. */
public sealed interface SessionSecret permits RefreshToken, SessionToken {

    /** The secret as the client holds it. */
    String text();

    /** Which secret a session is opened with; of the other kind none is made. */
    enum Kind {
        /** Spent for a successor with each use. */
        REFRESH_TOKEN,
        /** Never changes while the session lasts. */
        SESSION_TOKEN
    }
}
