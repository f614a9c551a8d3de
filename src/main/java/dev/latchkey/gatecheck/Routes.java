package dev.latchkey.gatecheck;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The same route of two users: of the user whose token is given, and of another user, whose data no request may reach.
 *
 * @param before the common start of both paths, up to and including the slash before the id
 * @param ownId the id of the token's user, as it stands in the path
 * @param otherId the id of the other user, as it stands in the path
 * @param after the common end of both paths: nothing, or a slash and more
 */
public record Routes(String before, String ownId, String otherId, String after) {

    /** RFC 3986's path of segments that are not empty; a semicolon would be a spoof already. */
    private static final Pattern PATH = Pattern.compile("(?:/(?:[\\w.~!$&'()*+,:@=-]|%[0-9A-Fa-f]{2})+)+/?");

    private static final Pattern DOT_SEGMENT = Pattern.compile("/\\.{1,2}(?:/|$)");

    /** Splits two paths at the one segment in which they differ. */
    public static Parsed<Routes> parse(String own, String other) {
        if (!isPlain(own) || !isPlain(other)) {
            return new Parsed.Invalid<>((isPlain(own) ? "--other" : "--own")
                    + " must be a plain path such as /api/ada/tasks: no query, no semicolon, no empty or dot segments,"
                    + " and nothing that would have to be percent-encoded.");
        }
        String[] ours = own.split("/", -1);
        String[] theirs = other.split("/", -1);
        int[] differing = ours.length == theirs.length
                ? IntStream.range(0, ours.length)
                        .filter(i -> !ours[i].equals(theirs[i]))
                        .toArray()
                : new int[0];
        if (differing.length != 1 || ours[differing[0]].isEmpty() || theirs[differing[0]].isEmpty()) {
            return new Parsed.Invalid<>(
                    "--own and --other must be the same route of two users: paths that differ in one"
                            + " segment, the user's id.");
        }
        int at = differing[0];
        String before = String.join("/", Arrays.copyOf(ours, at)) + "/";
        return new Parsed.Valid<>(
                new Routes(before, ours[at], theirs[at], own.substring(before.length() + ours[at].length())));
    }

    private static boolean isPlain(String path) {
        return PATH.matcher(path).matches() && !DOT_SEGMENT.matcher(path).find();
    }

    public String own() {
        return before + ownId + after;
    }

    public String other() {
        return before + otherId + after;
    }

    /** An id of a path as a header has it: percent-decoded, unless it is more than plain ASCII then. */
    static String inHeader(String id) {
        String decoded = URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
        boolean isPlain = decoded.chars().allMatch(c -> c > ' ' && c < 0x7F && c != ',');
        return isPlain ? decoded : id;
    }
}
