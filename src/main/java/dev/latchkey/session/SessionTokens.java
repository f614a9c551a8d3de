package dev.latchkey.session;

import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.RandomTokens;
import jakarta.enterprise.context.ApplicationScoped;

/** Makes session tokens. */
@ApplicationScoped
public class SessionTokens {

    /** 190 bits. */
    private static final int LENGTH = 32;

    public SessionToken create() {
        return new SessionToken(RandomTokens.base62(LENGTH));
    }

    /** What the database keeps of a token. It is random enough that a plain hash cannot be searched. */
    public static byte[] hash(SessionToken token) {
        return Digests.sha256(token.text());
    }
}
