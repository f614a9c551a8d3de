package dev.latchkey.emaillink;

import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.RandomTokens;
import java.util.Optional;
import java.util.regex.Pattern;

/** The secret in an e-mail link: 32 random letters and digits, some 190 bits. */
public final class EmailLinkToken {

    private static final int LENGTH = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]{" + LENGTH + "}");

    private final String text;

    private EmailLinkToken(String text) {
        this.text = text;
    }

    static EmailLinkToken create() {
        return new EmailLinkToken(RandomTokens.base62(LENGTH));
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
