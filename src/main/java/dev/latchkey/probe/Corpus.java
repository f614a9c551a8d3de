package dev.latchkey.probe;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Further requests to try, from a file of one request a line: id, method, target, headers, token, expected status and
 * reason, with tabs between.
 */
public final class Corpus {

    private static final int COLUMNS = 7;

    private static final Pattern TOKEN_NAME = Pattern.compile("[\\w-]{1,40}");
    /** The last alternative is a backslash that begins no escape. */
    private static final Pattern ESCAPE = Pattern.compile("\\\\x[0-9A-Fa-f]{2}|\\\\t|\\\\\\\\|\\\\");

    private static final Pattern STATUS = Pattern.compile("[2-5][0-9]{2}");

    private static final Map<String, Credential> CREDENTIALS = Map.of(
            "A", Credential.OWN,
            "none", Credential.NONE,
            "query", Credential.NONE,
            "A-altered", Credential.ALTERED,
            "garbage", Credential.GARBAGE,
            "two", Credential.TWICE,
            "lower", Credential.LOWER_CASE,
            "basic", Credential.BASIC);

    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");

    private final List<Attempt> attempts;
    private final List<String> leftOut;

    private Corpus(List<Attempt> attempts, List<String> leftOut) {
        this.attempts = List.copyOf(attempts);
        this.leftOut = List.copyOf(leftOut);
    }

    public static Corpus none() {
        return new Corpus(List.of(), List.of());
    }

    /** Reads the lines, for these two users. */
    public static Reading<Corpus> read(String text, Routes routes) {
        List<Attempt> attempts = new ArrayList<>();
        Map<String, Integer> tokens = new TreeMap<>();
        int changing = 0;
        int number = 0;
        for (String line : text.split("\r?\n", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] columns = line.split("\t", -1);
            if (columns.length != COLUMNS
                    || Stream.of(columns).anyMatch(String::isEmpty)
                    || !STATUS.matcher(columns[5]).matches()
                    || !TOKEN_NAME.matcher(columns[4]).matches()) {
                return unfit(
                        number,
                        "is none of " + COLUMNS + " columns with tabs between: id, method, target, headers,"
                                + " token, expected status, reason.");
            }
            String target = octets(columns[2], routes.ownId(), routes.otherId());
            String headers = octets(columns[3], Routes.inHeader(routes.ownId()), Routes.inHeader(routes.otherId()));
            if (target == null || headers == null) {
                return unfit(number, "has a backslash that begins none of \\xNN, \\t and \\\\.");
            }
            Credential credential = CREDENTIALS.get(columns[4]);
            boolean passes = columns[5].startsWith("2");
            if (credential == null) {
                tokens.merge(columns[4], 1, Integer::sum);
            } else if (passes && !HARMLESS.contains(columns[1])) {
                changing++;
            } else {
                attempts.add(new Attempt(
                        columns[0],
                        columns[1],
                        target,
                        headers.equals("-") ? List.of() : List.of(headers.split(" \\| ", -1)),
                        credential,
                        passes ? Expectation.PASSED : Expectation.REFUSED));
            }
        }
        return new Reading.Fit<>(new Corpus(attempts, leftOut(tokens, changing)));
    }

    List<Attempt> attempts() {
        return attempts;
    }

    /** A sentence each on what is not tried, and why. */
    List<String> leftOut() {
        return leftOut;
    }

    private static List<String> leftOut(Map<String, Integer> tokens, int changing) {
        List<String> sentences = new ArrayList<>();
        if (!tokens.isEmpty()) {
            int sum = tokens.values().stream().mapToInt(Integer::intValue).sum();
            String which = tokens.entrySet().stream()
                    .map(entry -> entry.getKey() + " " + entry.getValue())
                    .collect(Collectors.joining(", "));
            sentences.add("Left out of the corpus: " + sum + " lines whose token cannot be made of this one (" + which
                    + ").");
        }
        if (changing > 0) {
            sentences.add(
                    "Left out of the corpus: " + changing + " lines that should pass and would change something.");
        }
        return sentences;
    }

    private static <T> Reading<T> unfit(int line, String what) {
        return new Reading.Unfit<>("Line " + line + " of the corpus " + what);
    }

    /** Takes a column out of its writing: escapes, then ids; characters beyond ASCII are their octets in UTF-8. */
    private static @Nullable String octets(String column, String ownId, String otherId) {
        StringBuilder octets = new StringBuilder();
        for (byte octet : column.getBytes(StandardCharsets.UTF_8)) {
            octets.append((char) (octet & 0xFF));
        }
        Matcher escapes = ESCAPE.matcher(octets);
        StringBuilder plain = new StringBuilder();
        while (escapes.find()) {
            String escape = escapes.group();
            if (escape.length() == 1) {
                return null;
            }
            String meant = switch (escape.charAt(1)) {
                case 't' -> "\t";
                case 'x' -> Character.toString(HexFormat.fromHexDigits(escape, 2, 4));
                default -> "\\";
            };
            escapes.appendReplacement(plain, Matcher.quoteReplacement(meant));
        }
        return escapes.appendTail(plain).toString().replace("{A}", ownId).replace("{B}", otherId);
    }
}
