package dev.latchkey.platform.boot;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A setting with a name in it that the operator chooses, such as {@code latchkey.oauth.clients.*.secret}.
 *
 * <p>A name is of lower-case letters and digits, so that property and variable say the same: what an underscore in a
 * variable stands for could not be told.
 */
final class WildcardProperty {

    private static final String ANY = "*";

    private final Spelled property;
    private final Spelled variable;

    WildcardProperty(String template) {
        this.property = new Spelled(template, ".", "[a-z0-9]+");
        this.variable = new Spelled(
                Stream.of(template.split("\\."))
                        .map(segment -> segment.equals(ANY) ? ANY : KnownProperties.variableOf(segment))
                        .reduce((one, next) -> one + "_" + next)
                        .orElseThrow(),
                "_",
                "[A-Z0-9]+");
    }

    boolean isProperty(String name) {
        return property.matches(name);
    }

    boolean isVariable(String name) {
        return variable.matches(name);
    }

    /** What a name that does not match would be if all of it but the chosen part were right; none if it is too short. */
    Stream<String> propertyFor(String name) {
        return property.filled(name);
    }

    Stream<String> variableFor(String name) {
        return variable.filled(name);
    }

    private static final class Spelled {

        private final String separator;
        private final List<String> before;
        private final List<String> after;
        private final Pattern pattern;

        Spelled(String template, String separator, String name) {
            this.separator = separator;
            List<String> segments = segments(template, separator);
            int chosen = segments.indexOf(ANY);
            if (chosen < 0 || chosen != segments.lastIndexOf(ANY)) {
                throw new IllegalArgumentException(template + " must have one segment that is *");
            }
            this.before = segments.subList(0, chosen);
            this.after = segments.subList(chosen + 1, segments.size());
            this.pattern = Pattern.compile(Pattern.quote(String.join(separator, before) + separator)
                    + name
                    + Pattern.quote(separator + String.join(separator, after)));
        }

        boolean matches(String name) {
            return pattern.matcher(name).matches();
        }

        Stream<String> filled(String name) {
            List<String> segments = segments(name, separator);
            int end = segments.size() - after.size();
            if (end <= before.size()) {
                return Stream.empty();
            }
            String chosen = String.join("", segments.subList(before.size(), end));
            return Stream.of(Stream.of(before, List.of(chosen), after)
                    .flatMap(List::stream)
                    .reduce((one, next) -> one + separator + next)
                    .orElseThrow());
        }

        private static List<String> segments(String text, String separator) {
            return Arrays.asList(text.split(Pattern.quote(separator), -1));
        }
    }
}
