package dev.latchkey.gate;

import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.platform.http.PercentEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A template of paths: literal segments, <code>{name}</code> and {@code *} for one segment each, and a final {@code **} for
 * the rest, which may be empty.
 *
 * @param text as the operator wrote it
 * @param parts one for each segment
 * @param open whether it ends in {@code **}
 */
public record PathTemplate(String text, List<Part> parts, boolean open) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public PathTemplate {
        parts = List.copyOf(parts);
    }

    /** What a template requires of one segment. */
    public sealed interface Part {

        /** This text and no other, letter case included. */
        record Literal(String text) implements Part {}

        /** Any segment; an empty name stands for {@code *}. */
        record Any(String name) implements Part {}
    }

    /**
     * Reads a template. One slash at its end means nothing, as in a path.
     *
     * @throws IllegalArgumentException if it is malformed, with a message for the operator
     */
    public static PathTemplate parse(String text) {
        if (!text.startsWith("/")) {
            throw refusal(text, "it must start with a slash");
        }
        List<String> segments = new ArrayList<>(List.of(text.substring(1).split("/", -1)));
        if (segments.getLast().isEmpty()) {
            segments.removeLast();
        }
        boolean open = !segments.isEmpty() && segments.getLast().equals("**");
        if (open) {
            segments.removeLast();
        }
        List<Part> parts = segments.stream().map(segment -> part(text, segment)).toList();
        List<String> names = names(parts).toList();
        names.stream()
                .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
                .findFirst()
                .ifPresent(name -> {
                    throw refusal(text, "{" + name + "} occurs twice");
                });
        return new PathTemplate(text, parts, open);
    }

    private static Part part(String template, String segment) {
        if (segment.equals("*")) {
            return new Part.Any("");
        }
        if (segment.startsWith("{") && segment.endsWith("}")) {
            String name = segment.substring(1, segment.length() - 1);
            if (!NAME.matcher(name).matches()) {
                throw refusal(template, "a parameter's name has letters, digits and underscores, not \"" + name + "\"");
            }
            return new Part.Any(name);
        }
        if (segment.equals("**")) {
            throw refusal(template, "** must be the last segment");
        }
        if (segment.chars().anyMatch(c -> c == '{' || c == '}' || c == '*')) {
            throw refusal(template, "{name} and * must be whole segments, unlike \"" + segment + "\"");
        }
        if (segment.indexOf('%') >= 0) {
            throw refusal(template, "literals must be written decoded, unlike \"" + segment + "\"");
        }
        if (!segment.equals(segment.strip())) {
            throw refusal(template, "there is a space before or after \"" + segment.strip() + "\"");
        }
        if (!(CanonicalPath.read("/" + PercentEncoding.encode(segment, c -> false))
                        instanceof CanonicalPath.Canonical canonical)
                || !canonical.segments().equals(List.of(segment))) {
            throw refusal(template, "no path that the gate accepts has the segment \"" + segment + "\"");
        }
        return new Part.Literal(segment);
    }

    boolean matches(List<String> segments) {
        if (open ? segments.size() < parts.size() : segments.size() != parts.size()) {
            return false;
        }
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i) instanceof Part.Literal(String literal) && !literal.equals(segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The segment that a parameter stands for, in a path that matches. */
    List<String> value(String parameter, List<String> segments) {
        int index = position(parameter);
        return index < 0 || parameter.isEmpty() ? List.of() : List.of(segments.get(index));
    }

    boolean has(String parameter) {
        return names(parts).anyMatch(parameter::equals);
    }

    /** Where a parameter stands, from 0; -1 where it does not. */
    int position(String parameter) {
        return parts.indexOf(new Part.Any(parameter));
    }

    /** Whether both match the same paths. */
    boolean isShapedAs(PathTemplate other) {
        return open == other.open && shape().equals(other.shape());
    }

    private List<Part> shape() {
        return parts.stream()
                .map(part -> part instanceof Part.Any ? new Part.Any("") : part)
                .toList();
    }

    /**
     * The order of templates that match the same path, most specific first: at the first segment where they differ a literal
     * comes before anything, and that before the rest; an exact end comes before an empty rest.
     */
    static int bySpecificity(PathTemplate one, PathTemplate other) {
        for (int i = 0; ; i++) {
            int difference = Integer.compare(one.rank(i), other.rank(i));
            if (difference != 0 || one.rank(i) >= END) {
                return difference;
            }
        }
    }

    private static final int END = 2;

    private int rank(int segment) {
        if (segment < parts.size()) {
            return parts.get(segment) instanceof Part.Literal ? 0 : 1;
        }
        return open ? END + 1 : END;
    }

    private static Stream<String> names(List<Part> parts) {
        return parts.stream()
                .flatMap(part ->
                        part instanceof Part.Any(String name) && !name.isEmpty() ? Stream.of(name) : Stream.empty());
    }

    private static IllegalArgumentException refusal(String template, String why) {
        return new IllegalArgumentException("\"" + template + "\" is not a path template: " + why);
    }
}
