package dev.latchkey.account;

import org.jspecify.annotations.Nullable;

/** Checks texts that users write about themselves: bounded, and without characters that are not text. */
public final class ProfileText {

    public static final int MAX_NAME = 200;
    public static final int MAX_IMAGE = 2048;

    private ProfileText() {}

    /** Why a name or an image address is not accepted. */
    public enum Fault {
        TOO_LONG,
        NOT_TEXT
    }

    /** Returns why a text is not accepted, or null if it is. */
    public static @Nullable Fault fault(@Nullable String text, int maximum) {
        if (text == null) {
            return null;
        }
        if (text.codePointCount(0, text.length()) > maximum) {
            return Fault.TOO_LONG;
        }
        // PostgreSQL stores no NUL, JSON readers choke on lone surrogates, and the rest ends up in a terminal.
        boolean clean = text.codePoints()
                .noneMatch(point -> Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE);
        return clean ? null : Fault.NOT_TEXT;
    }
}
