package dev.latchkey.signin;

import dev.latchkey.account.Profile;
import dev.latchkey.session.Session;
import dev.latchkey.token.AccessToken;
import dev.latchkey.token.RefreshToken;

/** What somebody gets who has been let in. */
public record Grant(Profile user, AccessToken access, RefreshToken refresh, Session session) {}
