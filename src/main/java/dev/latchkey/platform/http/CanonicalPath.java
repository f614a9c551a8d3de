package dev.latchkey.platform.http;

import dev.latchkey.platform.crypto.Encodings;
import java.nio.ByteBuffer;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one meaning of a request's path: what every server behind the gate reads the same way, and a refusal for the rest.
 *
 * <p>Nothing is repaired. A path that two programs may read differently is a path that is checked for one user and served
 * for another: nginx resolves dots and merges slashes, Tomcat cuts at {@code ;}, IIS and Node's URL class turn a backslash
 * into a slash, Windows drops trailing dots and blanks, ASGI servers decode an encoded slash before they route.
 */
public final class CanonicalPath {

    private static final int LIMIT = 8 * 1024;

    /**
     * Characters that structure a path or an address for some server: RFC 3986's gen-delims, what Windows and Tomcat add
     * to them, and the slash look-alikes that have no NFKC mapping but that Windows' best-fit conversion turns into
     * {@code /} or {@code \}. Wide commas, parentheses and exclamation marks, ordinary in Chinese and Japanese names, are
     * none.
     */
    private static final String DELIMITERS = "/\\.?#;:%@[]\u2044\u2215\u2216\u29F5\u29F8\u29F9";

    private CanonicalPath() {}

    /** The result of canonicalising a path: its one meaning, or why it has none. */
    public sealed interface Reading {}

    /**
     * A path with one meaning.
     *
     * @param segments the segments, decoded; none for the root
     * @param trailingSlash whether a slash follows the last segment, which no rule looks at
     */
    public record Canonical(List<String> segments, boolean trailingSlash) implements Reading {

        public Canonical {
            segments = List.copyOf(segments);
        }

        /** The path in the one spelling that it is safe to pass on: everything but RFC 3986's unreserved is encoded. */
        public String encoded() {
            StringBuilder path = new StringBuilder();
            for (String segment : segments) {
                path.append('/').append(PercentEncoding.encode(segment, CanonicalPath::isUnreserved));
            }
            return path.isEmpty() || trailingSlash ? path.append('/').toString() : path.toString();
        }
    }

    /** A path that is refused, and the first reason found. */
    public record Ambiguous(Reason reason) implements Reading {}

    /** The reasons why a path has no single meaning. */
    public enum Reason {
        NOT_ROOTED("the target does not start with a single slash"),
        TOO_LONG("the path is longer than 8 KiB"),
        UNENCODED("a blank or a character beyond ASCII is not percent-encoded"),
        BAD_ESCAPE("a percent sign is not followed by two hexadecimal digits"),
        BAD_UTF8("an encoded character is not valid UTF-8"),
        CONTROL_CHARACTER("the path holds a control character"),
        EMPTY_SEGMENT("the path holds an empty segment"),
        DOT_SEGMENT("the path holds a dot segment"),
        ENCODED_SLASH("the path holds an encoded slash"),
        BACKSLASH("the path holds a backslash"),
        SEMICOLON("the path holds a semicolon"),
        HASH_OR_QUESTION_MARK("the path holds a hash or an encoded question mark"),
        DOUBLE_ENCODING("the path is percent-encoded twice"),
        NOT_NFC("the path is not in Unicode normalization form C"),
        LOOK_ALIKE("the path holds a character that some servers take for a delimiter");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** A short sentence part, without anything that the client sent. */
        public String text() {
            return text;
        }
    }

    /**
     * Returns the path by which a request finds its route: in its one spelling, without a slash at its end, which routes ignore. A
     * path without a meaning stays as it is, since it has no route.
     */
    public static String route(String path) {
        return switch (read(path)) {
            case Canonical canonical -> {
                String encoded = canonical.encoded();
                yield canonical.trailingSlash() ? encoded.substring(0, encoded.length() - 1) : encoded;
            }
            case Ambiguous ambiguous -> path;
        };
    }

    /** Reads a request target (path and query as the client sent them); the query is cut off and never looked at. */
    public static Reading read(String rawTarget) {
        int query = rawTarget.indexOf('?');
        String path = query < 0 ? rawTarget : rawTarget.substring(0, query);
        if (path.length() > LIMIT) {
            return new Ambiguous(Reason.TOO_LONG);
        }
        if (!path.startsWith("/") || path.startsWith("//")) {
            return new Ambiguous(Reason.NOT_ROOTED);
        }
        Reason ambiguity = ambiguityOfSpelling(path);
        if (ambiguity != null) {
            return new Ambiguous(ambiguity);
        }
        List<String> segments = new ArrayList<>();
        for (int start = 1, end; start < path.length(); start = end + 1) {
            end = path.indexOf('/', start);
            end = end < 0 ? path.length() : end;
            if (end == start) {
                return new Ambiguous(Reason.EMPTY_SEGMENT);
            }
            String segment = decode(path.substring(start, end));
            if (segment == null) {
                return new Ambiguous(Reason.BAD_UTF8);
            }
            ambiguity = ambiguityOf(segment);
            if (ambiguity != null) {
                return new Ambiguous(ambiguity);
            }
            segments.add(segment);
        }
        return new Canonical(segments, !segments.isEmpty() && path.endsWith("/"));
    }

    /** Returns the problem of the characters as they were sent. */
    private static @Nullable Reason ambiguityOfSpelling(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c < ' ' || c == 0x7F) {
                return Reason.CONTROL_CHARACTER;
            }
            // Security: a blank ends the target in the request line of the next hop. Octets beyond ASCII are no part of
            // a target (RFC 9112, 3.2), and whether one means Latin-1 or UTF-8 is each server's own choice.
            if (c == ' ' || c > 0x7F) {
                return Reason.UNENCODED;
            }
            if (c == '%' && !areHexDigits(path, i + 1, 2)) {
                return Reason.BAD_ESCAPE;
            }
        }
        return null;
    }

    private static @Nullable String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        ByteBuffer octets = ByteBuffer.allocate(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            if (segment.charAt(i) == '%') {
                octets.put((byte) HexFormat.fromHexDigits(segment, i + 1, i + 3));
                i += 2;
            } else {
                octets.put((byte) segment.charAt(i));
            }
        }
        return Encodings.decodeUtf8(octets.flip()).orElse(null);
    }

    /** Returns the problem of a decoded segment; raw and encoded spellings are the same here. */
    private static @Nullable Reason ambiguityOf(String segment) {
        if (isDotSegment(segment)) {
            return Reason.DOT_SEGMENT;
        }
        for (int i = 0; i < segment.length(); ) {
            int c = segment.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isISOControl(c)) {
                return Reason.CONTROL_CHARACTER;
            }
            switch (c) {
                case '/' -> {
                    return Reason.ENCODED_SLASH;
                }
                case '\\' -> {
                    return Reason.BACKSLASH;
                }
                case ';' -> {
                    return Reason.SEMICOLON;
                }
                case '#', '?' -> {
                    return Reason.HASH_OR_QUESTION_MARK;
                }
                case '%' -> {
                    // Security: looked for after decoding, so that %25%32%65 is found as well as %252e; %u is IIS' own.
                    if (areHexDigits(segment, i, 2)
                            || (segment.regionMatches(true, i, "u", 0, 1) && areHexDigits(segment, i + 1, 4))) {
                        return Reason.DOUBLE_ENCODING;
                    }
                }
                default -> {
                    if (c > 0x7F && becomesDelimiter(c)) {
                        return Reason.LOOK_ALIKE;
                    }
                }
            }
        }
        return Normalizer.isNormalized(segment, Normalizer.Form.NFC) ? null : Reason.NOT_NFC;
    }

    /** Dots, and beside them at most what some server trims: Windows blanks and dots, others controls and invisibles. */
    private static boolean isDotSegment(String segment) {
        return segment.indexOf('.') >= 0
                && segment.codePoints()
                        .allMatch(c -> c == '.'
                                || Character.isWhitespace(c)
                                || Character.isSpaceChar(c)
                                || Character.isISOControl(c)
                                || Character.getType(c) == Character.FORMAT);
    }

    /** One code point at a time is enough: composition never makes a delimiter out of two. */
    private static boolean becomesDelimiter(int codePoint) {
        String compatible = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKC);
        return compatible.chars().anyMatch(c -> DELIMITERS.indexOf(c) >= 0);
    }

    private static boolean areHexDigits(String text, int from, int count) {
        if (text.length() < from + count) {
            return false;
        }
        for (int i = from; i < from + count; i++) {
            if (!HexFormat.isHexDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUnreserved(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
