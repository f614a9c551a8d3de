package dev.latchkey.gate;

import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the method and target of the forwarded request, as the client sent them, from a gate request.
 *
 * <p>A proxy can name it in three ways. A gate request that uses two of them, or one twice, or in a spelling that another
 * program may read as the right one, is refused: one of the two could be the client's.
 */
final class ForwardedRequest {

    /** The endpoint, as it stands in the request line of a gate request. */
    static final String PATH = "/api/auth/verify";

    private static final String ENVOY = PATH + "/envoy";

    private static final String ORIGINAL_METHOD = "x-original-method";
    private static final String ORIGINAL_URI = "x-original-uri";
    private static final String ORIGINAL_URL = "x-original-url";
    private static final String FORWARDED_METHOD = "x-forwarded-method";
    private static final String FORWARDED_URI = "x-forwarded-uri";
    private static final Set<String> NAMES =
            Set.of(ORIGINAL_METHOD, ORIGINAL_URI, ORIGINAL_URL, FORWARDED_METHOD, FORWARDED_URI);

    /** RFC 9110 section 5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /** A URL whose authority is a host, perhaps with a port, and nothing that could make the path start earlier. */
    private static final Pattern ABSOLUTE = Pattern.compile(
            "https?://(?:(?:[A-Za-z0-9_-]++\\.)*+[A-Za-z0-9_-]++|\\[[0-9A-Fa-f:.]++])(?::[0-9]{1,5})?(/.*)",
            Pattern.DOTALL);

    private ForwardedRequest() {}

    /** The result of reading a gate request. */
    sealed interface Reading {}

    /**
     * The forwarded request.
     *
     * @param method as the client sent it
     * @param target path and query as the client sent them
     */
    record Forwarded(String method, String target) implements Reading {}

    /** The gate request does not name the forwarded request clearly. The message is for the operator of the proxy. */
    record Unclear(String message) implements Reading {}

    /** Whether a request is for the gate, by its target as it stands in the request line. */
    static boolean isForGate(String rawTarget) {
        return rawTarget.startsWith(PATH)
                && (rawTarget.length() == PATH.length() || "/?".indexOf(rawTarget.charAt(PATH.length())) >= 0);
    }

    /** Reads a gate request: its own method, its target as it stands in the request line, and its headers. */
    static Reading read(String method, String rawTarget, MultiMap headers) {
        Set<String> present = new TreeSet<>();
        for (String name : headers.names()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (NAMES.contains(lower)) {
                present.add(lower);
                if (headers.getAll(name).size() > 1) {
                    return new Unclear("The header " + name + " occurs more than once.");
                }
            } else if (NAMES.contains(lower.replace('_', '-'))) {
                // Security: CGI-like servers read both spellings as one header.
                return new Unclear("The header " + lower + " is spelt with an underscore.");
            }
        }
        if (rawTarget.startsWith(ENVOY)) {
            return present.isEmpty()
                    ? new Forwarded(method, rawTarget.substring(ENVOY.length()))
                    : new Unclear("The path " + ENVOY + " and the header " + String.join(", ", present)
                            + " both name the forwarded request.");
        }
        if (!isBare(rawTarget)) {
            return new Unclear(
                    "Send gate requests to " + PATH + ", or to " + ENVOY + " followed by the forwarded path.");
        }
        boolean original =
                present.contains(ORIGINAL_METHOD) || present.contains(ORIGINAL_URI) || present.contains(ORIGINAL_URL);
        boolean forwarded = present.contains(FORWARDED_METHOD) || present.contains(FORWARDED_URI);
        if (original && forwarded) {
            return new Unclear("Two families of headers name the forwarded request: " + String.join(", ", present)
                    + ". Send one, and remove what clients send of the other.");
        }
        return original
                ? original(headers)
                : forwarded
                        ? forwarded(headers, FORWARDED_METHOD, headers.get(FORWARDED_URI), FORWARDED_URI)
                        : new Unclear("No header names the forwarded request: X-Original-Method and X-Original-URI, or"
                                + " X-Forwarded-Method and X-Forwarded-Uri.");
    }

    private static boolean isBare(String rawTarget) {
        return rawTarget.length() == PATH.length() || rawTarget.charAt(PATH.length()) == '?';
    }

    private static Reading original(MultiMap headers) {
        String uri = headers.get(ORIGINAL_URI);
        String url = headers.get(ORIGINAL_URL);
        if (url == null) {
            return forwarded(headers, ORIGINAL_METHOD, uri, ORIGINAL_URI);
        }
        Matcher absolute = ABSOLUTE.matcher(url);
        if (!absolute.matches()) {
            return new Unclear("The header X-Original-URL is not an absolute http or https URL.");
        }
        String target = absolute.group(1);
        // Security: ingress-nginx sets X-Original-URL, and passes on the X-Original-URI of a client.
        return uri == null || uri.equals(target)
                ? forwarded(headers, ORIGINAL_METHOD, target, ORIGINAL_URL)
                : new Unclear("The headers X-Original-URL and X-Original-URI name different targets.");
    }

    private static Reading forwarded(MultiMap headers, String methodName, @Nullable String target, String targetName) {
        String method = headers.get(methodName);
        if (method == null || target == null) {
            return new Unclear("The header " + (method == null ? methodName : targetName) + " is missing.");
        }
        return TOKEN.matcher(method).matches()
                ? new Forwarded(method, target)
                : new Unclear("The header " + methodName + " is not a method.");
    }
}
