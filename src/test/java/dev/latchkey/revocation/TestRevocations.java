package dev.latchkey.revocation;

import java.time.Instant;

/** What a replica knows without a database. */
public final class TestRevocations {

    private TestRevocations() {}

    /** It has read all revocations, and there were none. */
    public static RevokedTokens none() {
        RevokedTokens revoked = new RevokedTokens();
        complete(revoked, Instant.parse("2026-01-01T00:00:00Z"));
        return revoked;
    }

    /** It has read all that there were at an instant. */
    public static void complete(RevokedTokens revoked, Instant then) {
        revoked.markComplete(then);
    }

    public static void session(RevokedTokens revoked, String sessionId, Instant until) {
        revoked.add(sessionId, until);
    }

    public static void user(
            RevokedTokens revoked, String userId, String spared, long version, Instant issuedBefore, Instant until) {
        revoked.addUser(userId, spared, version, issuedBefore, until);
    }

    public static void disabled(RevokedTokens revoked, String userId) {
        revoked.addDisabled(userId);
    }
}
