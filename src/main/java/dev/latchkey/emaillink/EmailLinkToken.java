package dev.latchkey.emaillink;

import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.HmacSha256;
import dev.latchkey.platform.crypto.RandomTokens;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The secret in an e-mail link: 32 letters and digits, some 190 bits.
 *
 * <p>It is derived from the id of the e-mail, with a key of the service. So an e-mail can wait in the database without its
 * secret, and all attempts to send it carry the same link. Security: an attacker who reads the database has the id, and not the
 * key.
 */
public final class EmailLinkToken {

    private static final int LENGTH = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]{" + LENGTH + "}");

    private final String text;

    private EmailLinkToken(String text) {
        this.text = text;
    }

    static EmailLinkToken derive(HmacSha256 key, UUID email) {
        return new EmailLinkToken(RandomTokens.base62(key.of(email.toString()), LENGTH));
    }

    /** Parses a token that a client sent; empty if the text does not have the form of one. */
    public static Optional<EmailLinkToken> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new EmailLinkToken(text)) : Optional.empty();
    }

    /** Returns the token as it is written in the link. */
    public String text() {
        return text;
    }

    /** Returns the hash that the database stores. A plain one is enough: the token is too random to be found by trial. */
    String hash() {
        return Digests.sha256Hex(text);
    }

    @Override
    public String toString() {
        return "EmailLinkToken[hidden]";
    }
}
