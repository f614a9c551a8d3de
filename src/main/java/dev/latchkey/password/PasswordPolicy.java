package dev.latchkey.password;

import java.net.IDN;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Validates passwords that users choose. */
final class PasswordPolicy {

    /** The minimum length of an address or a local part that is searched for; shorter ones occur by chance too often. */
    private static final int MINIMUM_SEARCHED_LENGTH = 4;

    private static final Pattern SEPARATORS = Pattern.compile("[.-]");

    private final int minimumLength;
    private final boolean composition;
    private final CommonPasswords common;
    private final List<String> serviceWords;

    /** @param host where users reach the service, if that is known */
    PasswordPolicy(int minimumLength, boolean composition, CommonPasswords common, @Nullable String host) {
        this.minimumLength = minimumLength;
        this.composition = composition;
        this.common = common;
        this.serviceWords = serviceWords(host);
    }

    /** Returns all errors of a password; one that is missing, not text or too long is not examined further. */
    List<PasswordError> errors(@Nullable Password password, @Nullable String canonicalEmail) {
        if (password == null) {
            return List.of(new PasswordError.Missing());
        }
        if (!password.isText()) {
            return List.of(new PasswordError.NotText());
        }
        int length = password.length();
        if (length > Password.MAXIMUM_LENGTH) {
            return List.of(new PasswordError.TooLong(Password.MAXIMUM_LENGTH));
        }
        List<PasswordError> errors = new ArrayList<>();
        if (length < minimumLength) {
            errors.add(new PasswordError.TooShort(minimumLength));
        }
        String folded = fold(password.text());
        if (common.contains(folded) || SimplePatterns.matches(folded) || isServiceName(folded)) {
            errors.add(new PasswordError.Common());
        }
        if (canonicalEmail != null && resembles(folded, canonicalEmail)) {
            errors.add(new PasswordError.ResemblesAddress());
        }
        if (composition) {
            addCompositionErrors(password.text(), errors);
        }
        return List.copyOf(errors);
    }

    /**
     * Returns the words that every user of the service knows (NIST SP 800-63B calls them context-specific), longer ones first, as
     * one may contain another.
     */
    private static List<String> serviceWords(@Nullable String host) {
        String unicode = host == null ? "" : IDN.toUnicode(host);
        return Stream.of(Stream.of("latchkey"), SEPARATORS.splitAsStream(unicode))
                .flatMap(words -> words)
                .map(PasswordPolicy::fold)
                .filter(word -> letters(word) >= MINIMUM_SEARCHED_LENGTH)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /**
     * Returns whether a password is made of the service's name, with digits, signs and a letter or two. With more letters it is
     * a phrase, in which a word of a host name may well occur.
     */
    private boolean isServiceName(String folded) {
        String rest = folded;
        for (String word : serviceWords) {
            rest = rest.replace(word, "");
        }
        return !rest.equals(folded) && letters(rest) < MINIMUM_SEARCHED_LENGTH;
    }

    private static long letters(String text) {
        return text.codePoints().filter(Character::isLetter).count();
    }

    private static boolean resembles(String folded, String canonicalEmail) {
        int at = canonicalEmail.lastIndexOf('@');
        String localPart = at < 0 ? canonicalEmail : canonicalEmail.substring(0, at);
        // The canonical domain is in its ASCII form; users type the Unicode form.
        String asTyped = localPart + (at < 0 ? "" : "@" + IDN.toUnicode(canonicalEmail.substring(at + 1)));
        return Stream.of(canonicalEmail, localPart, asTyped)
                .map(PasswordPolicy::fold)
                .anyMatch(part -> folded.equals(part)
                        || (part.codePointCount(0, part.length()) >= MINIMUM_SEARCHED_LENGTH && folded.contains(part)));
    }

    private static void addCompositionErrors(String text, List<PasswordError> errors) {
        if (lacks(text, Character::isUpperCase)) {
            errors.add(new PasswordError.NeedsUpper());
        }
        if (lacks(text, Character::isLowerCase)) {
            errors.add(new PasswordError.NeedsLower());
        }
        if (lacks(text, Character::isDigit)) {
            errors.add(new PasswordError.NeedsDigit());
        }
    }

    private static boolean lacks(String text, IntPredicate kind) {
        return text.codePoints().noneMatch(kind);
    }

    /** Folds case: upper first, so that ß equals ss and ς equals σ; then by code point, as Σ depends on its neighbours. */
    private static String fold(String text) {
        return text.toUpperCase(Locale.ROOT)
                .codePoints()
                .map(Character::toLowerCase)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
