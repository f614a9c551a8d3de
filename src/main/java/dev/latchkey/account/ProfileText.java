package dev.latchkey.account;

import dev.latchkey.platform.http.PlainText;
import org.jspecify.annotations.Nullable;

/** Checks texts that users write about themselves: bounded, and without characters that are not text. */
public final class ProfileText {

    public static final int MAX_NAME = 200;
    public static final int MAX_IMAGE = 2048;

    private ProfileText() {}

    /** A reason why a name or an image address is not accepted. */
    public enum Reason {
        TOO_LONG,
        NOT_TEXT
    }

    /** Returns why a text is not accepted, or null if it is. */
    public static @Nullable Reason check(@Nullable String text, int maximum) {
        if (text == null) {
            return null;
        }
        if (text.codePointCount(0, text.length()) > maximum) {
            return Reason.TOO_LONG;
        }
        return PlainText.isPlain(text) ? null : Reason.NOT_TEXT;
    }
}
