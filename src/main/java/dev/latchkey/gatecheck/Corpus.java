package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.Parsed.Invalid;
import dev.latchkey.gatecheck.Parsed.Valid;
import dev.latchkey.gatecheck.TestRequest.Credential;
import dev.latchkey.gatecheck.TestRequest.Expectation;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Further requests, from a file with one request a line: id, method, target, headers, token, expected status and reason,
 * separated by tabs. {@code src/test/resources/gate} has such a file, and explains the format.
 */
public final class Corpus {

    private static final int COLUMNS = 7;
    /** No server accepts as much, and a repetition can describe more. */
    private static final int MAX_LENGTH = 20_000;

    private static final Pattern PRINTABLE = Pattern.compile("[!-~](?:[ -~]*[!-~])?");
    private static final Pattern TOKEN_NAME = Pattern.compile("[A-Za-z-]{1,40}");
    private static final Pattern STATUS = Pattern.compile("[24][0-9]{2}");
    private static final Pattern REPEATED = Pattern.compile("\\{([^{}*]+)\\*([1-9][0-9]{0,4})}");
    private static final Pattern USER =
            Pattern.compile("\\{([AB])(?:-(token|upper|head|tail|encoded|first-encoded|encoded-twice|wide))?}");
    /** The last alternative is a backslash that begins no escape. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\x[0-9a-f]{2}|\\\\t|\\\\\\\\|\\\\");

    /** Ids of which every other spelling is another id. */
    private static final Pattern ID = Pattern.compile("[a-z0-9-]*[a-z][a-z0-9-]*");

    private static final Map<String, Credential> CREDENTIALS = Map.of(
            "A", Credential.OWN,
            "none", Credential.NONE,
            "query", Credential.NONE,
            "A-altered", Credential.ALTERED,
            "garbage", Credential.GARBAGE,
            "two", Credential.TWICE,
            "lower", Credential.LOWER_CASE,
            "basic", Credential.BASIC);

    /**
     * The reasons of lines whose target is no path. RFC 9112, 3.2: an ingress has to understand the absolute form, and may
     * take the path out of it and send that to the gate; some do so with forms that are not valid.
     */
    private static final Set<String> TARGET_FORMS = Set.of("absolute-form", "not-rooted");

    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    private final List<TestRequest> requests;
    private final List<String> skipped;

    private Corpus(List<TestRequest> requests, List<String> skipped) {
        this.requests = List.copyOf(requests);
        this.skipped = List.copyOf(skipped);
    }

    public static Corpus empty() {
        return new Corpus(List.of(), List.of());
    }

    /** Parses the lines, with the ids of these two users in the place of the placeholders. */
    public static Parsed<Corpus> parse(String text, Routes routes) {
        if (!ID.matcher(routes.ownId()).matches()
                || !ID.matcher(routes.otherId()).matches()) {
            return new Invalid<>(
                    "With --corpus both ids must consist of lower-case letters, digits and dashes, with a letter in"
                            + " each.");
        }
        List<TestRequest> requests = new ArrayList<>();
        Map<String, Integer> missingTokens = new TreeMap<>();
        int changing = 0;
        int ambiguous = 0;
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t", -1);
            if (columns.length != COLUMNS
                    || !Stream.of(columns)
                            .allMatch(column -> PRINTABLE.matcher(column).matches())
                    || !TOKEN_NAME.matcher(columns[4]).matches()
                    || !STATUS.matcher(columns[5]).matches()) {
                return invalid(
                        number,
                        "does not have " + COLUMNS + " columns separated by tabs: id, method, target, headers, token,"
                                + " expected status, reason.");
            }
            String target = resolve(columns[2], routes);
            String headers = resolve(columns[3], routes);
            if (target == null || headers == null) {
                return invalid(
                        number,
                        "has braces without a placeholder, or a backslash that starts none of \\xNN, \\t and \\\\, or is"
                                + " too long.");
            }
            // The other user's token is not given; the line may need it in any column.
            String token = line.contains("{B-token}") ? "B" : columns[4];
            Credential credential = CREDENTIALS.get(token);
            boolean shouldSucceed = columns[5].startsWith("2");
            TestRequest request = new TestRequest(
                    columns[0],
                    columns[1],
                    target,
                    columns[3].equals("-") ? List.of() : List.of(headers.split(" \\| ", -1)),
                    credential == null ? Credential.NONE : credential,
                    Expectation.REFUSED);
            if (credential == null) {
                missingTokens.merge(token, 1, Integer::sum);
            } else if (shouldSucceed && !SAFE_METHODS.contains(columns[1])) {
                changing++;
            } else if (shouldSucceed) {
                requests.add(request.with(success(request, routes)));
            } else if (!TARGET_FORMS.contains(columns[6])) {
                requests.add(request);
            } else if (target.endsWith(routes.own())) {
                requests.add(request.with(Expectation.UNAFFECTED));
            } else if (target.contains(routes.otherId())) {
                requests.add(request);
            } else {
                ambiguous++;
            }
        }
        return new Valid<>(new Corpus(requests, skipped(missingTokens, changing, ambiguous)));
    }

    List<TestRequest> requests() {
        return requests;
    }

    /** How many requests are skipped, and why: a sentence for each reason. */
    List<String> skipped() {
        return skipped;
    }

    /** For the user's own route the body is known, for others only that they should succeed. */
    private static Expectation success(TestRequest request, Routes routes) {
        boolean isOwn = request.method().equals("GET")
                && request.target().equals(routes.own())
                && request.credential() != Credential.NONE;
        return isOwn ? Expectation.OWN_DATA : Expectation.SUCCESS;
    }

    private static List<String> skipped(Map<String, Integer> missingTokens, int changing, int ambiguous) {
        List<String> sentences = new ArrayList<>();
        if (!missingTokens.isEmpty()) {
            int sum =
                    missingTokens.values().stream().mapToInt(Integer::intValue).sum();
            String details = missingTokens.entrySet().stream()
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining(", "));
            sentences.add("Skipped corpus requests that need other tokens than the given one: " + sum + " (" + details
                    + ").");
        }
        if (changing > 0) {
            sentences.add("Skipped corpus requests that should succeed and would change data: " + changing + ".");
        }
        if (ambiguous > 0) {
            sentences.add("Skipped corpus requests to which an ingress may respond with success by itself: " + ambiguous
                    + ".");
        }
        return sentences;
    }

    private static Parsed<Corpus> invalid(int line, String what) {
        return new Invalid<>("Line " + line + " of the corpus " + what);
    }

    /** Resolves the repetitions of a column, then its placeholders, then its escapes; null if it has malformed ones. */
    private static @Nullable String resolve(String column, Routes routes) {
        Matcher repetitions = REPEATED.matcher(column);
        if (repetitions.results().anyMatch(found -> (long) found.group(1).length() * times(found) > MAX_LENGTH)) {
            return null;
        }
        String repeated = repetitions.replaceAll(
                found -> Matcher.quoteReplacement(found.group(1).repeat(times(found))));
        String rest = USER.matcher(repeated).replaceAll("");
        if (rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0 || repeated.length() > MAX_LENGTH) {
            return null;
        }
        String named = USER.matcher(repeated).replaceAll(found -> Matcher.quoteReplacement(user(found, routes)));
        Matcher escapes = ESCAPE.matcher(named);
        return escapes.results().map(MatchResult::group).anyMatch("\\"::equals)
                ? null
                : escapes.replaceAll(found -> Matcher.quoteReplacement(octet(found.group())));
    }

    private static int times(MatchResult repetition) {
        return Integer.parseInt(repetition.group(2));
    }

    private static String user(MatchResult placeholder, Routes routes) {
        String id = placeholder.group(1).equals("A") ? routes.ownId() : routes.otherId();
        return switch (Objects.requireNonNullElse(placeholder.group(2), "")) {
            // Replaced when the request is sent.
            case "token" -> TestRequest.TOKEN;
            case "upper" -> id.toUpperCase(Locale.ROOT);
            case "head" -> id.substring(0, id.length() - 1);
            case "tail" -> id.substring(1);
            case "encoded" -> PathSpoofs.encodeEach(id, "%");
            case "first-encoded" -> PathSpoofs.encodeEach(id.substring(0, 1), "%") + id.substring(1);
            case "encoded-twice" -> PathSpoofs.encodeEach(id, "%25");
            case "wide" -> PathSpoofs.encodeEach(PathSpoofs.fullWidth(id), "%");
            default -> id;
        };
    }

    private static String octet(String escape) {
        return switch (escape.charAt(1)) {
            case 't' -> "\t";
            case 'x' -> Character.toString(HexFormat.fromHexDigits(escape, 2, 4));
            default -> "\\";
        };
    }
}
