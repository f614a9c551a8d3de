package dev.latchkey.session;

import dev.latchkey.account.Profile;
import org.jspecify.annotations.Nullable;

/** The result of presenting a refresh token. */
public sealed interface Rotation {

    /**
     * The token was the current one, or was spent within the grace period: here is its successor.
     *
     * @param user null when the account is disabled
     */
    record Rotated(Session session, @Nullable Profile user, RefreshToken successor) implements Rotation {}

    /** The token was spent within the grace period and so was its successor: refused, but the session goes on. */
    record Superseded(Session session) implements Rotation {}

    /** The token was spent before the grace period: there is a stolen copy, and the session has been ended. */
    record Reused(Session session) implements Rotation {}

    /** The token belongs to no active session, or was never ours. */
    record Unknown() implements Rotation {}
}
