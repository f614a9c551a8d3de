package dev.latchkey.gatecheck;

import static dev.latchkey.gatecheck.TestRequest.refused;
import static dev.latchkey.gatecheck.TestRequest.unaffected;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Spellings of the other user's path that two servers may read differently: the gate as a harmless path, the backend as the
 * other user's route. All with the user's own token.
 */
final class PathSpoofs {

    private final Routes routes;
    private final Deployment deployment;
    private final List<TestRequest> requests = new ArrayList<>();

    private PathSpoofs(Routes routes, Deployment deployment) {
        this.routes = routes;
        this.deployment = deployment;
    }

    static List<TestRequest> of(Routes routes, Deployment deployment) {
        PathSpoofs spoofs = new PathSpoofs(routes, deployment);
        spoofs.dots();
        spoofs.dotsBack();
        spoofs.slashes();
        spoofs.semicolons();
        spoofs.controls();
        spoofs.ends();
        spoofs.spellings();
        spoofs.forms();
        spoofs.queries();
        spoofs.methods();
        return spoofs.distinct();
    }

    /** From the own id up and down again to the other id. */
    private void dots() {
        climb("dots", "/../");
        climb("dots-encoded", "/%2e%2e/");
        climb("dots-encoded-upper", "/%2E%2E/");
        climb("dots-first-encoded", "/%2e./");
        climb("dots-last-encoded", "/.%2e/");
        climb("dots-and-slash-encoded", "/..%2f");
        climb("dots-and-slash-encoded-upper", "/..%2F");
        climb("dots-between-encoded-slashes", "%2f..%2f");
        climb("dots-all-encoded", "%2f%2e%2e%2f");
        climb("dots-backslash", "/..\\");
        climb("dots-between-backslashes", "\\..\\");
        climb("dots-encoded-backslash", "/..%5c");
        climb("dots-between-encoded-backslashes", "%5c..%5c");
        climb("dots-semicolon", "/..;/");
        climb("dots-parameter", "/..;x=y/");
        climb("dots-after-parameter", ";x/../");
        climb("dots-after-encoded-semicolon", "%3bx/../");
        climb("dots-nul", "/..%00/");
        climb("dots-after-nul", "%00/../");
        climb("dots-blank", "/..%20/");
        climb("dots-raw-blank", "/.. /");
        climb("dots-tab", "/..%09/");
        climb("dots-line-feed", "/..%0a/");
        climb("dots-soft-hyphen", "/..%c2%ad/");
        climb("three-dots", "/.../");
        climb("dots-in-dots", "/....//");
        climb("dots-encoded-twice", "/%252e%252e/");
        climb("dots-slash-encoded-twice", "/..%252f");
        climb("dots-overlong", "/%c0%ae%c0%ae/");
        climb("dots-slash-overlong", "/..%c0%af");
        climb("dots-slash-overlong-longer", "/..%e0%80%af");
        climb("dots-full-width", "/%ef%bc%8e%ef%bc%8e/");
        climb("dots-slash-full-width", "/..%ef%bc%8f");
        climb("dots-slash-look-alike", "/..%e2%88%95");
        climb("dots-unicode-escape", "/%u002e%u002e/");
        climb("dots-broken-escape", "/%%32e%%32e/");
        climb("dots-after-dot", "/./../");
        climb("dots-after-empty", "//../");
        climb("dots-down-and-up", "/x/../../");
        add("dot", routes.before() + "./" + otherTail());
        add("dot-encoded", routes.before() + "%2e/" + otherTail());
        add("dots-above-root", "/.." + routes.other());
        add("dots-from-elsewhere", "/x/.." + routes.other());
    }

    /**
     * From the other path back to the own one, for a gate that resolves dots which the backend does not. Where both do, the
     * response rightly holds the user's own data.
     */
    private void dotsBack() {
        Map<String, String> separators = new LinkedHashMap<>();
        separators.put("dots", "/");
        separators.put("empty", "//");
        separators.put("semicolon", ";/");
        separators.put("encoded-semicolon", "%3b/");
        separators.put("nul", "%00/");
        separators.put("fragment", "#/");
        separators.put("encoded-fragment", "%23/");
        separators.put("encoded-query", "%3f/");
        separators.forEach((name, separator) -> {
            String up = up(routes.ownId()).substring(1);
            requests.add(unaffected("back-" + name, routes.other() + separator + up));
            requests.add(
                    unaffected("back-" + name + "-encoded", routes.other() + separator + up.replace("..", "%2e%2e")));
        });
        String up = up(routes.ownId());
        requests.add(unaffected("back-encoded-slashes", routes.other() + up.replace("/..", "%2f..")));
        requests.add(unaffected("back-backslashes", routes.other() + up.replace("/..", "\\..")));
        requests.add(unaffected(
                "back-at-once", routes.before() + routes.otherId() + "/../" + routes.ownId() + routes.after()));
    }

    private void slashes() {
        add("empty-segment-first", "/" + routes.other());
        add("empty-segment-before-id", routes.before() + "/" + otherTail());
        add("empty-segment-after-id", routes.before() + routes.otherId() + "//" + rest());
        String stem = routes.before().length() > 1
                ? routes.before().substring(0, routes.before().length() - 1)
                : routes.before();
        Map<String, String> slashes = Map.of(
                "slash-encoded", "%2f",
                "slash-encoded-upper", "%2F",
                "slash-encoded-twice", "%252f",
                "slash-backslash", "\\",
                "slash-encoded-backslash", "%5c",
                "slash-overlong", "%c0%af",
                "slash-full-width", "%ef%bc%8f");
        slashes.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(slash -> {
            add(slash.getKey() + "-before-id", stem + slash.getValue() + otherTail());
            if (!rest().isEmpty()) {
                add(slash.getKey() + "-after-id", routes.before() + routes.otherId() + slash.getValue() + rest());
            }
        });
    }

    private void semicolons() {
        add("parameter-of-id", routes.before() + routes.otherId() + ";x=" + routes.ownId() + routes.after());
        add("semicolon-after-id", routes.before() + routes.otherId() + ";" + routes.after());
        add("semicolon-at-end", routes.other() + ";");
        add("semicolon-encoded-at-end", routes.other() + "%3b");
        add("semicolon-with-suffix", routes.other() + ";.css");
        add("semicolon-first", "/;x" + routes.other());
    }

    private void controls() {
        add("nul-at-end", routes.other() + "%00");
        add("nul-raw-at-end", routes.other() + "\0");
        add("nul-after-id", routes.before() + routes.otherId() + "%00" + routes.after());
        add("nul-between-ids", routes.before() + routes.otherId() + "%00" + routes.ownId() + routes.after());
        requests.add(unaffected("nul-and-dots", routes.own() + "%00" + up()));
        add("line-feed-at-end", routes.other() + "%0a");
        add("line-break-at-end", routes.other() + "%0d%0a");
        add("line-break-and-header", routes.other() + "%0d%0aX-Original-URI:%20" + routes.own());
        add("delete-at-end", routes.other() + "%7f");
        add("next-line-at-end", routes.other() + "%c2%85");
        add("tab-raw-at-end", routes.other() + "\t");
        add("octet-raw-at-end", routes.other() + "\u00a0");
    }

    private void ends() {
        add("slash-at-end", routes.other() + "/");
        add("dot-at-end", routes.other() + ".");
        add("dot-encoded-at-end", routes.other() + "%2e");
        add("dot-segment-at-end", routes.other() + "/.");
        add("blank-at-end", routes.other() + "%20");
        add("dot-after-id", routes.before() + routes.otherId() + "." + routes.after());
        add("blank-after-id", routes.before() + routes.otherId() + "%20" + routes.after());
        add("blank-before-id", routes.before() + "%20" + otherTail());
        add("invisible-after-id", routes.before() + routes.otherId() + "%e2%80%8b" + routes.after());
    }

    /** The same characters, in another case or encoding. */
    private void spellings() {
        add("case-before-id", routes.before().toUpperCase(Locale.ROOT) + otherTail());
        add("case-after-id", routes.before() + routes.otherId() + routes.after().toUpperCase(Locale.ROOT));
        add("case-of-id", routes.before() + swapCase(routes.otherId()) + routes.after());
        add("case-of-own-id", routes.before() + swapCase(routes.ownId()) + routes.after());
        String id = routes.otherId();
        add("id-encoded", routes.before() + encodeEach(id, "%") + routes.after());
        add("id-encoded-twice", routes.before() + encodeEach(id, "%25") + routes.after());
        char first = id.charAt(0);
        if (first != '%') {
            String wide = fullWidth(Character.toString(first));
            add("id-full-width", routes.before() + encodeEach(wide, "%") + id.substring(1) + routes.after());
        }
        if (routes.before().length() > 1) {
            add(
                    "letter-encoded",
                    "/" + encodeEach(routes.before().substring(1, 2), "%")
                            + routes.before().substring(2) + otherTail());
        }
    }

    /** RFC 9112, 3.2: targets that are no path, allowed ones and others. */
    private void forms() {
        add("absolute", deployment.origin() + routes.other());
        add("absolute-upper-case", deployment.origin().toUpperCase(Locale.ROOT) + routes.other());
        add("network-path", "//" + deployment.authority() + routes.other());
        add("without-slash", routes.other().substring(1));
    }

    /** A server that always cuts off the query or fragment reads some of these as the user's own path. */
    private void queries() {
        add("query-own-path", routes.other() + "?" + routes.own());
        add("query-own-id", routes.other() + "?user_id=" + routes.ownId());
        add("fragment-own-path", routes.other() + "#" + routes.own());
        requests.add(unaffected("fragment-and-dots", routes.own() + "#" + up()));
        requests.add(unaffected("fragment-encoded-and-dots", routes.own() + "%23" + up()));
        requests.add(unaffected("query-encoded-and-dots", routes.own() + "%3f" + up()));
        add("query-encoded-at-end", routes.other() + "%3f");
        requests.add(unaffected("query-and-dots", routes.own() + "?" + up()));
        requests.add(unaffected("query-other-id", routes.own() + "?user_id=" + routes.otherId()));
    }

    private void methods() {
        requests.add(refused("method-head", routes.other()).withMethod("HEAD"));
        requests.add(refused("method-lower-case", routes.other()).withMethod("get"));
        requests.add(refused("method-mixed-case", routes.other()).withMethod("Get"));
        requests.add(refused("method-override", routes.other(), "X-HTTP-Method-Override: GET")
                .withMethod("POST"));
        requests.add(refused("method-override-short", routes.other(), "X-HTTP-Method: GET")
                .withMethod("POST"));
        requests.add(refused("method-override-other", routes.other(), "X-Method-Override: GET")
                .withMethod("POST"));
    }

    private void climb(String name, String up) {
        add(name, routes.before() + routes.ownId() + up + otherTail());
    }

    private void add(String name, String target) {
        requests.add(refused(name, target));
    }

    /** The other path from the id on. */
    private String otherTail() {
        return routes.otherId() + routes.after();
    }

    /** What follows the slash after the id. */
    private String rest() {
        return routes.after().isEmpty() ? "" : routes.after().substring(1);
    }

    /** From the end of the own path to the other path. */
    private String up() {
        return up(routes.otherId());
    }

    /** From the end of either path to the path with this id. */
    private String up(String id) {
        long segments = routes.after().chars().filter(c -> c == '/').count();
        return "/..".repeat(Math.toIntExact(segments) + 1) + "/" + id + routes.after();
    }

    private static String swapCase(String id) {
        String upper = id.toUpperCase(Locale.ROOT);
        return upper.equals(id) ? id.toLowerCase(Locale.ROOT) : upper;
    }

    /** Drops requests that turn out to be a plain route, as a change of case does where there are no letters. */
    private List<TestRequest> distinct() {
        Set<String> plain = Set.of(routes.own(), routes.other());
        Set<String> seen = new HashSet<>();
        return requests.stream()
                .filter(request -> !request.method().equals("GET")
                        || (!plain.contains(request.target()) && seen.add(request.target())))
                .toList();
    }

    /** Writes every octet as two hexadecimal digits after a mark: {@code %}, or {@code %25} for a double encoding. */
    static String encodeEach(String text, String mark) {
        StringBuilder encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(mark).append(HexFormat.of().toHexDigits(octet));
        }
        return encoded.toString();
    }

    /** Printable ASCII in its full-width forms, which begin at U+FF01. */
    static String fullWidth(String ascii) {
        return ascii.chars()
                .mapToObj(c -> Character.toString(c - '!' + '\uff01'))
                .collect(Collectors.joining());
    }
}
