package dev.latchkey.session;

/** What becomes of a refresh token that is presented. */
public sealed interface Rotation {

    /** It was the live one, or was spent within the grace: here is its successor. */
    record Rotated(Session session, RefreshToken successor) implements Rotation {}

    /** It was spent within the grace and so was its successor: refused, and the session lives. */
    record Superseded(Session session) implements Rotation {}

    /** It was spent long ago: somebody holds a copy, and the session has been ended. */
    record Reused(Session session) implements Rotation {}

    /** It belongs to no living session, or was never ours. */
    record Unknown() implements Rotation {}
}
