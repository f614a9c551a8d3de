package dev.latchkey.account;

import dev.latchkey.platform.http.PlainText;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks texts that users write about themselves: bounded, and without characters that are not text. */
public final class ProfileText {

    public static final int MAX_NAME = 200;
    public static final int MAX_IMAGE = 2048;

    /** RFC 5646, section 4.4.1: the longest tag without extensions and private use. */
    public static final int MAX_LOCALE = 35;

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

    /** Returns a language tag (BCP 47) in its canonical form, or empty if it is too long or not well-formed. */
    public static Optional<String> canonicalLocale(String tag) {
        if (tag.isEmpty() || tag.length() > MAX_LOCALE) {
            return Optional.empty();
        }
        try {
            // Some old tags have a longer canonical form.
            return Optional.of(new Locale.Builder().setLanguageTag(tag).build().toLanguageTag())
                    .filter(canonical -> canonical.length() <= MAX_LOCALE);
        } catch (IllformedLocaleException malformed) {
            return Optional.empty();
        }
    }
}
