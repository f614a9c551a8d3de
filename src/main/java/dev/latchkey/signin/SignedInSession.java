package dev.latchkey.signin;

import dev.latchkey.account.Profile;
import dev.latchkey.session.RefreshToken;
import dev.latchkey.session.Session;
import dev.latchkey.token.AccessToken;

/** What somebody gets who has been let in. */
public record SignedInSession(Profile user, AccessToken access, RefreshToken refresh, Session session) {}
