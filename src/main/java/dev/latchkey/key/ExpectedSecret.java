package dev.latchkey.key;

import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.RandomTokens;

/** A secret that a client has to present, kept as its hash, so that both sides of a comparison have the same length. */
public final class ExpectedSecret {

    private final byte[] hash;

    private ExpectedSecret(byte[] hash) {
        this.hash = hash;
    }

    public static ExpectedSecret of(byte[] secret) {
        // No slow hash: a random secret of 32 bytes cannot be guessed.
        return new ExpectedSecret(Digests.sha256(secret));
    }

    /** Returns a random secret that no client knows, to compare with where there is none. */
    public static ExpectedSecret matchingNothing() {
        return of(RandomTokens.bytes(Secrets.MINIMUM_BYTES));
    }

    // Security: in the same time wherever the two differ first.
    public boolean matches(String presented) {
        return Digests.areEqual(Digests.sha256(presented), hash);
    }

    @Override
    public String toString() {
        return "ExpectedSecret[hidden]";
    }
}
