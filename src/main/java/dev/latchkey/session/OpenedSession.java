package dev.latchkey.session;

/** A session and what stands for it: the token that continues it, and the one that names it for good. */
public record OpenedSession(Session session, RefreshToken refresh, SessionToken token) {}
