package dev.latchkey.token;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The claims of a token, read by name and type: a claim of another type is treated as absent. */
record Claims(Map<String, Object> all) {

    /** The largest integer that every JSON implementation reads exactly (RFC 7493 section 2.2). */
    private static final long MAX_EXACT = 1L << 53;

    /** Returns a text that is not empty. */
    @Nullable
    String text(String name) {
        return all.get(name) instanceof String text && !text.isEmpty() ? text : null;
    }

    /** Returns a text, also from inside of an object: {@code user.id} is the member {@code id} of the claim {@code user}. */
    @Nullable
    String textAt(String path) {
        return at(path) instanceof String text && !text.isEmpty() ? text : null;
    }

    /** Returns a time as a whole number of seconds, exact in every language. */
    @Nullable
    Instant time(String name) {
        return seconds(all.get(name));
    }

    /** Returns a time given as seconds or as RFC 3339 text, also inside of an object. */
    @Nullable
    Instant timeAt(String path) {
        Object value = at(path);
        if (value instanceof String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException noTime) {
                return null;
            }
        }
        return seconds(value);
    }

    /** Returns a whole number from 0 to {@value #MAX_EXACT}. */
    @Nullable
    Long number(String name) {
        return number(all.get(name));
    }

    /** Returns whether a claim is present and not such a number. */
    boolean hasMalformedNumber(String name) {
        return all.containsKey(name) && number(name) == null;
    }

    /** Returns whether a claim is present and not a time. */
    boolean hasMalformedTime(String name) {
        return all.containsKey(name) && time(name) == null;
    }

    /** Returns a list of texts: an empty one if the claim is absent, none if it is not a list of texts. */
    Optional<Set<String>> texts(String name) {
        Object value = all.getOrDefault(name, List.of());
        return value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)
                ? Optional.of(list.stream().map(String.class::cast).collect(Collectors.toUnmodifiableSet()))
                : Optional.empty();
    }

    /** RFC 7519 section 4.1.3: one text, or several of which one is ours. */
    boolean isIntendedFor(String audience) {
        return switch (all.get("aud")) {
            case String one -> one.equals(audience);
            case List<?> several -> several.stream().allMatch(String.class::isInstance) && several.contains(audience);
            case null, default -> false;
        };
    }

    /** Returns a claim of any type, also from inside of an object. */
    @Nullable
    Object at(String path) {
        if (all.containsKey(path)) {
            return all.get(path);
        }
        Object value = all;
        for (String name : path.split("\\.", -1)) {
            value = value instanceof Map<?, ?> members ? members.get(name) : null;
        }
        return value;
    }

    private static @Nullable Instant seconds(@Nullable Object value) {
        Long seconds = number(value);
        return seconds == null ? null : Instant.ofEpochSecond(seconds);
    }

    private static @Nullable Long number(@Nullable Object value) {
        return switch (value) {
            case Integer number when number >= 0 -> number.longValue();
            case Long number when number >= 0 && number <= MAX_EXACT -> number;
            case null, default -> null;
        };
    }
}
