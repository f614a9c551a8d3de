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
 * Further requests to try, from a file of one request a line: id, method, target, headers, token, expected status and
 * reason, with tabs between; {@code src/test/resources/gate} has one, and explains it.
 */
public final class Corpus {

    private static final int COLUMNS = 7;
    /** No server takes as much, and a line can ask for more. */
    private static final int LONGEST = 20_000;

    private static final Pattern PRINTABLE = Pattern.compile("[!-~](?:[ -~]*[!-~])?");
    private static final Pattern TOKEN_NAME = Pattern.compile("[A-Za-z-]{1,40}");
    private static final Pattern STATUS = Pattern.compile("[24][0-9]{2}");
    private static final Pattern REPEATED = Pattern.compile("\\{([^{}*]+)\\*([1-9][0-9]{0,4})}");
    private static final Pattern PERSON =
            Pattern.compile("\\{([AB])(?:-(token|upper|head|tail|encoded|first-encoded|encoded-twice|wide))?}");
    /** The last alternative is a backslash that begins no escape. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\x[0-9a-f]{2}|\\\\t|\\\\\\\\|\\\\");

    /** Of whom every other spelling of the id is another id. */
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
     * Reasons of a line whose target is no path. RFC 9112, 3.2: an ingress has to understand the absolute form, and may take
     * the path out of it and ask about that; others do so with forms that are none.
     */
    private static final Set<String> FORMS = Set.of("absolute-form", "not-rooted");

    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");

    private final List<TestRequest> attempts;
    private final List<String> leftOut;

    private Corpus(List<TestRequest> attempts, List<String> leftOut) {
        this.attempts = List.copyOf(attempts);
        this.leftOut = List.copyOf(leftOut);
    }

    public static Corpus empty() {
        return new Corpus(List.of(), List.of());
    }

    /** Reads the lines, for these two users. */
    public static Parsed<Corpus> parse(String text, Routes routes) {
        if (!ID.matcher(routes.ownId()).matches()
                || !ID.matcher(routes.otherId()).matches()) {
            return new Invalid<>(
                    "For a corpus both ids need to be of lower-case letters, digits and dashes, with a letter"
                            + " in each.");
        }
        List<TestRequest> attempts = new ArrayList<>();
        Map<String, Integer> tokens = new TreeMap<>();
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
                        "is none of " + COLUMNS + " columns with tabs between: id, method, target, headers,"
                                + " token, expected status, reason.");
            }
            String target = meant(columns[2], routes);
            String headers = meant(columns[3], routes);
            if (target == null || headers == null) {
                return invalid(
                        number,
                        "has braces that hold no placeholder, a backslash that begins none of \\xNN, \\t and"
                                + " \\\\, or is too long.");
            }
            // Of the other user's token nothing can be made, wherever it is meant to stand.
            String name = line.contains("{B-token}") ? "B" : columns[4];
            Credential credential = CREDENTIALS.get(name);
            boolean passes = columns[5].startsWith("2");
            TestRequest attempt = new TestRequest(
                    columns[0],
                    columns[1],
                    target,
                    columns[3].equals("-") ? List.of() : List.of(headers.split(" \\| ", -1)),
                    credential == null ? Credential.NONE : credential,
                    Expectation.REFUSED);
            if (credential == null) {
                tokens.merge(name, 1, Integer::sum);
            } else if (passes && !HARMLESS.contains(columns[1])) {
                changing++;
            } else if (passes) {
                attempts.add(attempt.with(success(attempt, routes)));
            } else if (!FORMS.contains(columns[6])) {
                attempts.add(attempt);
            } else if (target.endsWith(routes.own())) {
                attempts.add(attempt.with(Expectation.UNAFFECTED));
            } else if (target.contains(routes.otherId())) {
                attempts.add(attempt);
            } else {
                ambiguous++;
            }
        }
        return new Valid<>(new Corpus(attempts, leftOut(tokens, changing, ambiguous)));
    }

    List<TestRequest> attempts() {
        return attempts;
    }

    /** A sentence each on what is not tried, and why. */
    List<String> leftOut() {
        return leftOut;
    }

    /** Of one's own route it is known what it gives. */
    private static Expectation success(TestRequest attempt, Routes routes) {
        boolean isOwn = attempt.method().equals("GET")
                && attempt.target().equals(routes.own())
                && attempt.credential() != Credential.NONE;
        return isOwn ? Expectation.OWN : Expectation.PASSED;
    }

    private static List<String> leftOut(Map<String, Integer> tokens, int changing, int ambiguous) {
        List<String> sentences = new ArrayList<>();
        if (!tokens.isEmpty()) {
            int sum = tokens.values().stream().mapToInt(Integer::intValue).sum();
            String which = tokens.entrySet().stream()
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining(", "));
            sentences.add("Left out of the corpus, for their tokens cannot be made of this one: " + sum + " (" + which
                    + ").");
        }
        if (changing > 0) {
            sentences.add("Left out of the corpus, for they should pass and would change something: " + changing + ".");
        }
        if (ambiguous > 0) {
            sentences.add("Left out of the corpus, for an ingress may answer them with success by itself: " + ambiguous
                    + ".");
        }
        return sentences;
    }

    private static Parsed<Corpus> invalid(int line, String what) {
        return new Invalid<>("Line " + line + " of the corpus " + what);
    }

    /** Takes a column out of its writing: repetitions, then people, then escapes; none if that fails. */
    private static @Nullable String meant(String column, Routes routes) {
        Matcher repetitions = REPEATED.matcher(column);
        if (repetitions.results().anyMatch(found -> (long) found.group(1).length() * times(found) > LONGEST)) {
            return null;
        }
        String repeated = repetitions.replaceAll(
                found -> Matcher.quoteReplacement(found.group(1).repeat(times(found))));
        String rest = PERSON.matcher(repeated).replaceAll("");
        if (rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0 || repeated.length() > LONGEST) {
            return null;
        }
        String peopled = PERSON.matcher(repeated).replaceAll(found -> Matcher.quoteReplacement(person(found, routes)));
        Matcher escapes = ESCAPE.matcher(peopled);
        return escapes.results().map(MatchResult::group).anyMatch("\\"::equals)
                ? null
                : escapes.replaceAll(found -> Matcher.quoteReplacement(octet(found.group())));
    }

    private static int times(MatchResult repetition) {
        return Integer.parseInt(repetition.group(2));
    }

    private static String person(MatchResult placeholder, Routes routes) {
        String id = placeholder.group(1).equals("A") ? routes.ownId() : routes.otherId();
        return switch (Objects.requireNonNullElse(placeholder.group(2), "")) {
            // Put in when it is sent.
            case "token" -> TestRequest.TOKEN;
            case "upper" -> id.toUpperCase(Locale.ROOT);
            case "head" -> id.substring(0, id.length() - 1);
            case "tail" -> id.substring(1);
            case "encoded" -> Encoding.of(id, "%");
            case "first-encoded" -> Encoding.of(id.substring(0, 1), "%") + id.substring(1);
            case "encoded-twice" -> Encoding.of(id, "%25");
            case "wide" -> Encoding.of(Encoding.wide(id), "%");
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
