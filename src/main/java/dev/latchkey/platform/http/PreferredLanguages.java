package dev.latchkey.platform.http;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Locale.LanguageRange;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The languages that a reader prefers, as an {@code Accept-Language} header says it (RFC 9110, section 12.5.4); a language tag
 * is such a header, too. It is parsed only where a language is chosen.
 *
 * @param header the header's text, or empty without a usable one
 */
public record PreferredLanguages(String header) {

    public static final PreferredLanguages NONE = new PreferredLanguages("");

    /** Browsers with a long list send some 100 characters. */
    private static final int MAX_LENGTH = 500;

    /**
     * Returns the languages of a header; none if it is missing, longer than any honest one, or not printable ASCII. (What is
     * stored for later must not be refused by the database, as NUL is.)
     */
    public static PreferredLanguages of(@Nullable String header) {
        return header == null || header.length() > MAX_LENGTH || !header.chars().allMatch(c -> c >= ' ' && c <= '~')
                ? NONE
                : new PreferredLanguages(header);
    }

    /**
     * Returns the best of the languages that there are, by the lookup of RFC 4647: {@code de-AT} finds {@code de}.
     *
     * <p>Security: the header is an attacker's to write. What is returned is one of ours, whatever it says.
     */
    public Optional<String> find(Collection<String> available) {
        if (header.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<LanguageRange> ranges = LanguageRange.parse(header).stream()
                    // The lookup would read "*-CH" as any language.
                    .filter(range -> !range.getRange().startsWith("*"))
                    .toList();
            return ranges.isEmpty()
                    ? Optional.empty()
                    : Optional.ofNullable(Locale.lookupTag(ranges, available))
                            .flatMap(found -> available.stream()
                                    .filter(found::equalsIgnoreCase)
                                    .findFirst());
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
