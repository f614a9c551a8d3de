package dev.latchkey.emaillink;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** The secret in a mailed link: 32 random letters and digits, some 190 bits. */
public final class EmailLinkToken {

    private static final int LENGTH = 32;
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9]{" + LENGTH + "}");

    private final String text;

    private EmailLinkToken(String text) {
        this.text = text;
    }

    static EmailLinkToken create(SecureRandom random) {
        StringBuilder text = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return new EmailLinkToken(text.toString());
    }

    /** What somebody sent, if it has the form of such a token. */
    public static Optional<EmailLinkToken> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new EmailLinkToken(text)) : Optional.empty();
    }

    /** The token as it stands in the link. */
    public String text() {
        return text;
    }

    /** What the database keeps of it. It is random enough that a plain hash cannot be searched. */
    String hash() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    @Override
    public String toString() {
        return "LinkToken[hidden]";
    }
}
