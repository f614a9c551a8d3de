package dev.latchkey.session;

import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.RandomTokens;
import java.util.Optional;

/** The secret that stands for a session where it travels as one unchanging word, as the Better Auth client has it. */
public final class SessionToken implements SessionSecret {

    /** 190 bits. */
    private static final int LENGTH = 32;

    private static final int MAX_LENGTH = 128;

    private final String text;

    SessionToken(String text) {
        this.text = text;
    }

    static SessionToken create() {
        return new SessionToken(RandomTokens.base62(LENGTH));
    }

    /** Parses what a client sent, if it has the form of a session token; those of other systems may be longer than ours. */
    public static Optional<SessionToken> parse(String text) {
        boolean plausible = !text.isEmpty()
                && text.length() <= MAX_LENGTH
                && text.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '.');
        return plausible ? Optional.of(new SessionToken(text)) : Optional.empty();
    }

    @Override
    public String text() {
        return text;
    }

    /** Returns what the database keeps of the token, which is random enough that a plain hash cannot be searched. */
    byte[] hash() {
        return Digests.sha256(text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionToken token && token.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "SessionToken[hidden]";
    }
}
