package dev.latchkey.session;

import dev.latchkey.token.RefreshToken;

/** A session and the token that continues it. */
public record OpenedSession(Session session, RefreshToken refresh) {}
