package dev.latchkey.session;

import dev.latchkey.platform.crypto.Encodings;
import java.util.Optional;

/**
 * The secret that continues a session: {@code session.generation.secret.mac}.
 *
 * <p>Only the secret grants access; the rest tells a spent token from a forged one without a row for each.
 */
public final class RefreshToken implements SessionSecret {

    static final int SECRET_BYTES = 32;
    static final int MAC_BYTES = 16;
    private static final int MAX_LENGTH = 256;

    private final String sessionId;
    private final int generation;
    private final byte[] secret;
    private final byte[] mac;

    RefreshToken(String sessionId, int generation, byte[] secret, byte[] mac) {
        this.sessionId = sessionId;
        this.generation = generation;
        this.secret = secret.clone();
        this.mac = mac.clone();
    }

    /** Parses what a client sent, if it has the form of a refresh token. */
    public static Optional<RefreshToken> parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4 || !parts[0].matches("[A-Za-z0-9_-]{1,64}") || !parts[1].matches("0|[1-9][0-9]{0,8}")) {
            return Optional.empty();
        }
        Optional<byte[]> secret = Encodings.decodeBase64Url(parts[2]).filter(bytes -> bytes.length == SECRET_BYTES);
        Optional<byte[]> mac = Encodings.decodeBase64Url(parts[3]).filter(bytes -> bytes.length == MAC_BYTES);
        return secret.isPresent() && mac.isPresent()
                ? Optional.of(new RefreshToken(parts[0], Integer.parseInt(parts[1]), secret.get(), mac.get()))
                : Optional.empty();
    }

    public String sessionId() {
        return sessionId;
    }

    /** Returns how many tokens of this session came before it. */
    public int generation() {
        return generation;
    }

    @Override
    public String text() {
        return sessionId + "." + generation + "." + Encodings.base64Url(secret) + "." + Encodings.base64Url(mac);
    }

    byte[] secret() {
        return secret.clone();
    }

    byte[] mac() {
        return mac.clone();
    }

    @Override
    public String toString() {
        return "RefreshToken[hidden]";
    }
}
