package dev.latchkey.token;

import java.time.Instant;

/** What a replica knows that has read all revocations. */
final class Revoked {

    private Revoked() {}

    static RevokedTokens none() {
        RevokedTokens revoked = new RevokedTokens();
        revoked.complete(Instant.parse("2026-01-01T00:00:00Z"));
        return revoked;
    }
}
