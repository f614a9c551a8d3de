package dev.latchkey.password;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** A password as its user typed it, in NFC; it cannot be printed, and only this package can read it. */
public final class Password {

    public static final int MAXIMUM_LENGTH = 128;

    // NFC shortens text to no less than a quarter (U+1F82 has four code points when decomposed), and a code point takes
    // at most two chars: a longer text exceeds the maximum length in every form.
    // Security: normalising long runs of combining marks takes quadratic time, so such input stays as it is.
    private static final int MAXIMUM_NORMALISED = MAXIMUM_LENGTH * 4 * 2;

    private final String text;
    private final boolean isText;

    private Password(String text, boolean isText) {
        this.text = text;
        this.isText = isText;
    }

    /** Returns a password that a user typed. */
    public static Password of(String raw) {
        boolean isText = StandardCharsets.UTF_8.newEncoder().canEncode(raw);
        boolean normalise = isText && raw.length() <= MAXIMUM_NORMALISED;
        return new Password(normalise ? Normalizer.normalize(raw, Normalizer.Form.NFC) : raw, isText);
    }

    /** Returns whether the password is Unicode text: without lone surrogates, which have no UTF-8 form. */
    public boolean isText() {
        return isText;
    }

    /** Returns the length in code points. */
    public int length() {
        return text.codePointCount(0, text.length());
    }

    String text() {
        return text;
    }

    int utf8Length() {
        return text.codePoints()
                .map(c -> c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4)
                .sum();
    }

    /** Returns a new copy of the UTF-8 bytes, for the caller to wipe. */
    byte[] utf8() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the UTF-8 bytes in another Unicode normal form, for hashes of other systems. */
    byte[] utf8(Normalizer.Form form) {
        boolean normalise = isText && text.length() <= MAXIMUM_NORMALISED;
        return (normalise ? Normalizer.normalize(text, form) : text).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "[password]";
    }
}
