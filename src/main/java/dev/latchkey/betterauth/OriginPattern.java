package dev.latchkey.betterauth;

import dev.latchkey.platform.http.Origin;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A pattern of trusted origins, such as {@code https://*.example.com}, {@code *.example.com}, {@code http://localhost:*},
 * {@code myapp://} or {@code myapp://host/path}.
 *
 * <p>Security: an asterisk matches characters of a host name or a port, never a delimiter.
 */
final class OriginPattern {

    private static final String ASTERISK = "[A-Za-z0-9._-]*";

    /** Security: schemes of no app, whose URLs contain code to be run or are read from the device. */
    private static final Pattern UNSAFE_SCHEME =
            Pattern.compile("(?:javascript|vbscript|data|file|blob|about|view-source)://.*");

    private final String text;
    private final Pattern pattern;
    private final Kind kind;
    private final boolean allowsHttp;

    private enum Kind {
        /** The whole origin. */
        ORIGIN,
        /** The host with its port, by HTTPS; also by HTTP on a loopback address, or where this service is reached by it. */
        HOST,
        /** An app's own scheme, with or without what follows. */
        APP
    }

    private OriginPattern(String text, Pattern pattern, Kind kind, boolean allowsHttp) {
        this.text = text;
        this.pattern = pattern;
        this.kind = kind;
        this.allowsHttp = allowsHttp;
    }

    /**
     * Parses a pattern.
     *
     * @param isHttps whether this service is reached by HTTPS; then a pattern without a scheme means HTTPS only, loopback
     *     addresses aside
     * @throws IllegalArgumentException if the text is no pattern, with a message for the operator
     */
    static OriginPattern of(String text, boolean isHttps) {
        String lower = text.toLowerCase(Locale.ROOT);
        int separator = lower.indexOf("://");
        boolean isWeb = lower.startsWith("http://") || lower.startsWith("https://");
        if (separator < 0 && lower.matches("[a-z0-9.*_-]+(:[0-9*]+)?") && !lower.matches("[*.]*")) {
            return new OriginPattern(lower, glob(lower), Kind.HOST, !isHttps);
        }
        if (isWeb && lower.matches("https?://[a-z0-9.*_-]+(:[0-9*]+)?") && !lower.matches("https?://[*.]*(:.*)?")) {
            return new OriginPattern(lower, glob(lower), Kind.ORIGIN, true);
        }
        if (!isWeb
                && separator > 0
                && !UNSAFE_SCHEME.matcher(lower).matches()
                && lower.matches("[a-z][a-z0-9+.-]*://([a-z0-9._-]+(/[^?#\\s]*)?)?")) {
            return new OriginPattern(lower, Pattern.compile(Pattern.quote(lower)), Kind.APP, false);
        }
        throw new IllegalArgumentException("\"" + text
                + "\" is not an origin or a pattern such as https://*.example.com, *.example.com or myapp://");
    }

    /** Returns whether the origin of a URL matches. */
    boolean matches(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        if (kind == Kind.APP) {
            return matchesApp(lower);
        }
        String origin = Origin.withoutPath(lower);
        // Security: a page that came by HTTP may have been written by anyone on the way, and a link to it is read
        // there.
        return Origin.parse(origin)
                        .filter(o -> o.isHttps() || allowsHttp || o.isLoopback())
                        .isPresent()
                && pattern.matcher(kind == Kind.HOST ? origin.substring(origin.indexOf("://") + 3) : origin)
                        .matches();
    }

    /** Returns whether the pattern names plain HTTP, and hosts that are not on the same machine. */
    boolean isPlainHttp() {
        return text.startsWith("http://")
                && Origin.parse(text.replaceFirst(":[0-9*]+$", ""))
                        .filter(Origin::isLoopback)
                        .isEmpty();
    }

    private boolean matchesApp(String url) {
        return url.startsWith(text)
                && !url.contains("..")
                && url.indexOf('%') < 0
                && url.indexOf('\\') < 0
                && (text.endsWith("/")
                        || url.length() == text.length()
                        || "/?#".indexOf(url.charAt(text.length())) >= 0);
    }

    private static Pattern glob(String text) {
        StringBuilder regex = new StringBuilder();
        for (char c : text.toCharArray()) {
            regex.append(c == '*' ? ASTERISK : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString());
    }
}
