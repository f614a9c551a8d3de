package dev.latchkey.platform.boot;

import io.smallrye.config.ConfigMappings.ConfigClass;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The properties that configuration mappings read, and the environment variables that stand for them: each property's own
 * spelling, and those that a default refers to.
 *
 * <p>A mapping writes {@code [*]} for the number of an entry in a list, and {@code *} for a name that the operator chooses. Such a
 * name consists of letters of one case and digits, so that property and variable say the same: what an underscore in a variable
 * stands for could not be told.
 */
final class KnownProperties {

    private static final Pattern VARIABLE = Pattern.compile("\\bLATCHKEY_[A-Z0-9_]+");
    private static final Pattern NUMBER = Pattern.compile("(?<=\\[|_)(0|[1-9]\\d*)(?=]|__)");

    /** One slip in so many letters is a typo, more is another word. */
    private static final int LETTERS_PER_SLIP = 5;

    private final Set<String> properties = new TreeSet<>();
    private final Set<String> variables = new TreeSet<>();

    KnownProperties(Collection<Class<?>> mappings) {
        for (Class<?> mapping : mappings) {
            ConfigClass.configClass(mapping).getProperties().forEach((property, defaultValue) -> {
                // Security: a list has one value, with commas. Numbered values would pass by the check that refuses
                // an empty list of methods (gate.GateRulesCheck), which means all of them.
                if (!property.endsWith("[*]")) {
                    properties.add(property);
                }
                if (defaultValue != null) {
                    VARIABLE.matcher(defaultValue).results().forEach(alias -> variables.add(alias.group()));
                }
            });
        }
    }

    boolean contains(String name) {
        return !name.contains("*")
                && (properties.contains(name)
                        || variables.contains(name)
                        || spellings(name).contains(name));
    }

    /** Returns the known name that a misspelt one was most likely meant to be. */
    Optional<String> nearest(String misspelt) {
        return spellings(misspelt).stream()
                .min(Comparator.comparingInt(known -> distance(misspelt, known)))
                .filter(known -> distance(misspelt, known) <= Math.max(2, misspelt.length() / LETTERS_PER_SLIP));
    }

    /** Returns what is known in the spelling of a given name, with the number and the chosen name that it has. */
    private Set<String> spellings(String given) {
        boolean isVariable = given.startsWith("LATCHKEY_");
        Matcher number = NUMBER.matcher(given);
        String index = number.find() ? "[" + number.group() + "]" : "[0]";
        Set<String> spellings = new TreeSet<>(isVariable ? variables : Set.of());
        for (String property : properties) {
            String name = property.replace("[*]", index);
            Optional<String> spelling = isVariable
                    ? fill(variableOf(name), "_", given.toUpperCase(Locale.ROOT))
                    : fill(name, "\\.", given.toLowerCase(Locale.ROOT));
            spelling.ifPresent(spellings::add);
        }
        return spellings;
    }

    private static String variableOf(String property) {
        return property.replaceAll("[^a-z0-9*]", "_").toUpperCase(Locale.ROOT);
    }

    /** Replaces an asterisk by the letters and digits that a given name has between as many segments on either side. */
    private static Optional<String> fill(String known, String separator, String given) {
        List<String> segments = Arrays.asList(known.split(separator));
        int start = segments.indexOf("*");
        if (start < 0) {
            return Optional.of(known);
        }
        List<String> givenSegments = Arrays.asList(given.split(separator, -1));
        int end = givenSegments.size() - (segments.size() - 1 - start);
        if (end <= start) {
            return Optional.empty();
        }
        String chosen = String.join("", givenSegments.subList(start, end)).replaceAll("[^A-Za-z0-9]", "");
        return chosen.isEmpty() ? Optional.empty() : Optional.of(known.replace("*", chosen));
    }

    /** Levenshtein's distance: how many letters to insert, leave out or replace. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
