package dev.latchkey.gatecheck;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * One route of two users: that of whose token it is, and that of the other, whom nothing may reach.
 *
 * @param before what both begin with, up to and including a slash
 * @param ownId the one segment in which they differ, as it stands in the path
 * @param after what both end with: nothing, or a slash and more
 */
public record Routes(String before, String ownId, String otherId, String after) {

    /** RFC 3986's path of segments that are not empty; a semicolon would be a spoof already. */
    private static final Pattern PATH = Pattern.compile("(?:/(?:[\\w.~!$&'()*+,:@=-]|%[0-9A-Fa-f]{2})+)+/?");

    private static final Pattern DOTS = Pattern.compile("/\\.{1,2}(?:/|$)");

    /** Takes the two paths apart. */
    public static Parsed<Routes> parse(String own, String other) {
        if (!isPlain(own)) {
            return new Parsed.Invalid<>("--own is no plain path: it begins with a slash, has no query, and nothing"
                    + " that would have to be encoded.");
        }
        if (!isPlain(other)) {
            return new Parsed.Invalid<>("--other is no plain path: it begins with a slash, has no query, and nothing"
                    + " that would have to be encoded.");
        }
        String[] ours = own.split("/", -1);
        String[] theirs = other.split("/", -1);
        int differs = -1;
        for (int i = 0; i < ours.length && ours.length == theirs.length; i++) {
            if (!ours[i].equals(theirs[i])) {
                if (differs >= 0) {
                    return unlike();
                }
                differs = i;
            }
        }
        if (differs < 0 || ours[differs].isEmpty() || theirs[differs].isEmpty()) {
            return unlike();
        }
        int start = 0;
        for (int i = 0; i < differs; i++) {
            start += ours[i].length() + 1;
        }
        return new Parsed.Valid<>(new Routes(
                own.substring(0, start),
                ours[differs],
                theirs[differs],
                own.substring(start + ours[differs].length())));
    }

    private static boolean isPlain(String path) {
        return PATH.matcher(path).matches() && !DOTS.matcher(path).find();
    }

    private static Parsed<Routes> unlike() {
        return new Parsed.Invalid<>("--own and --other have to be the same route of two users: they differ in one"
                + " segment, the user's id.");
    }

    public String own() {
        return before + ownId + after;
    }

    public String other() {
        return before + otherId + after;
    }

    /** An id as a header has it: decoded, unless it is more than plain ASCII then. */
    static String inHeader(String id) {
        String decoded = URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
        boolean isPlain = decoded.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ',');
        return isPlain ? decoded : id;
    }
}
