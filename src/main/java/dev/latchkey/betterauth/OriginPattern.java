package dev.latchkey.betterauth;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Origins that count as ours, such as {@code https://*.example.com}, {@code *.example.com}, {@code http://localhost:*},
 * {@code myapp://} or {@code myapp://host/path}.
 *
 * <p>Security: a star stands for letters that may stand in a host's name or for a port, never for a delimiter.
 */
public final class OriginPattern {

    private static final String STAR = "[A-Za-z0-9._-]*";
    private static final String HOST = "[a-z0-9._-]+|\\[[0-9a-f:.]+]";
    private static final Pattern ORIGIN = Pattern.compile("https?://(?:" + HOST + ")(?::[0-9]{1,5})?");

    /** Schemes that are no app's: what follows them runs, or is read from the machine. */
    private static final Pattern RUNS =
            Pattern.compile("(?:javascript|vbscript|data|file|blob|about|view-source)://.*");

    private final String text;
    private final Pattern pattern;
    private final Kind kind;

    private enum Kind {
        /** The whole origin. */
        ORIGIN,
        /** The host with its port, by HTTP or HTTPS. */
        HOST,
        /** An app's own scheme, with or without what follows. */
        APP
    }

    private OriginPattern(String text, Pattern pattern, Kind kind) {
        this.text = text;
        this.pattern = pattern;
        this.kind = kind;
    }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it cannot be one, with words for whoever configured it
     */
    public static OriginPattern of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int mark = lower.indexOf("://");
        boolean web = lower.startsWith("http://") || lower.startsWith("https://");
        if (mark < 0 && lower.matches("[a-z0-9.*_-]+(:[0-9*]+)?") && !lower.matches("[*.]*")) {
            return new OriginPattern(text, compiled(lower), Kind.HOST);
        }
        if (web && lower.matches("https?://[a-z0-9.*_-]+(:[0-9*]+)?") && !lower.matches("https?://[*.]*(:.*)?")) {
            return new OriginPattern(text, compiled(lower), Kind.ORIGIN);
        }
        if (!web
                && mark > 0
                && !RUNS.matcher(lower).matches()
                && lower.matches("[a-z][a-z0-9+.-]*://([a-z0-9._-]+(/[^?#\\s]*)?)?")) {
            return new OriginPattern(text, Pattern.compile(Pattern.quote(lower)), Kind.APP);
        }
        throw new IllegalArgumentException("\"" + text
                + "\" is not an origin or a pattern such as https://*.example.com, *.example.com or myapp://");
    }

    /** Whether a URL's origin is meant. */
    boolean matches(String url) {
        String lower = url.toLowerCase(Locale.ROOT);
        if (kind == Kind.APP) {
            String app = text.toLowerCase(Locale.ROOT);
            return lower.startsWith(app)
                    && lower.indexOf("..") < 0
                    && lower.indexOf('%') < 0
                    && lower.indexOf('\\') < 0
                    && (app.endsWith("/")
                            || lower.length() == app.length()
                            || "/?#".indexOf(lower.charAt(app.length())) >= 0);
        }
        int mark = lower.indexOf("://");
        if (mark < 0) {
            return false;
        }
        int end = mark + 3;
        while (end < lower.length() && "/?#".indexOf(lower.charAt(end)) < 0) {
            end++;
        }
        String origin = lower.substring(0, end);
        if (!ORIGIN.matcher(origin).matches()) {
            return false;
        }
        return pattern.matcher(kind == Kind.HOST ? origin.substring(mark + 3) : origin)
                .matches();
    }

    private static Pattern compiled(String glob) {
        StringBuilder regex = new StringBuilder();
        for (char c : glob.toCharArray()) {
            regex.append(c == '*' ? STAR : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString());
    }
}
