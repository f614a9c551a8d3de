package dev.latchkey.emaillink;

import dev.latchkey.platform.crypto.Digests;
import dev.latchkey.platform.crypto.RandomTokens;
import java.util.Optional;
import java.util.regex.Pattern;

/** The secret in a mailed link: 32 random letters and digits, some 190 bits. */
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

    /** Parses what a client sent; empty if it does not have the form of such a token. */
    public static Optional<EmailLinkToken> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new EmailLinkToken(text)) : Optional.empty();
    }

    /** The token as it stands in the link. */
    public String text() {
        return text;
    }

    /** What the database keeps of it. It is random enough that a plain hash cannot be searched. */
    String hash() {
        return Digests.sha256Hex(text);
    }

    @Override
    public String toString() {
        return "EmailLinkToken[hidden]";
    }
}
