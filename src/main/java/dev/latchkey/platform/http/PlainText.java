package dev.latchkey.platform.http;

/**
 * Tells plain text from control characters and unpaired surrogates: PostgreSQL stores no NUL, JSON readers refuse unpaired
 * surrogates, and the rest ends up in logs and terminals, which obey control characters.
 */
public final class PlainText {

    private PlainText() {}

    /** Returns whether a text consists of plain characters only. */
    public static boolean isPlain(String text) {
        return text.codePoints().allMatch(PlainText::isPlain);
    }

    /** Returns whether a code point is neither a control character nor an unpaired surrogate. */
    public static boolean isPlain(int codePoint) {
        return !Character.isISOControl(codePoint) && Character.getType(codePoint) != Character.SURROGATE;
    }

    /** Replaces all other characters by question marks, and cuts the text after this many code points. */
    public static String sanitize(String text, int maxLength) {
        return text.codePoints()
                .map(point -> isPlain(point) ? point : '?')
                .limit(maxLength)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
