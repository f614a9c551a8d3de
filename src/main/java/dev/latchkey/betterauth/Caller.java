package dev.latchkey.betterauth;

import dev.latchkey.account.Profile;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionToken;

/** Who asks, by a session that lives. */
record Caller(Session session, SessionToken token, Profile user) {}
