package dev.latchkey.password;

import java.net.IDN;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides which passwords may be chosen. */
final class PasswordPolicy {

    /** Shorter addresses and local parts are in too many passwords by chance. */
    private static final int LEAST_SEARCHED = 4;

    private final int minimumLength;
    private final boolean composition;
    private final CommonPasswords common;

    PasswordPolicy(int minimumLength, boolean composition, CommonPasswords common) {
        this.minimumLength = minimumLength;
        this.composition = composition;
        this.common = common;
    }

    /** All that is wrong with it; text that is missing, broken or too long is not looked at further. */
    List<PasswordError> faults(@Nullable Password password, @Nullable String canonicalEmail) {
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
        List<PasswordError> faults = new ArrayList<>();
        if (length < minimumLength) {
            faults.add(new PasswordError.TooShort(minimumLength));
        }
        String folded = fold(password.text());
        if (common.contains(folded)) {
            faults.add(new PasswordError.Common());
        }
        if (canonicalEmail != null && resembles(folded, canonicalEmail)) {
            faults.add(new PasswordError.ResemblesAddress());
        }
        if (composition) {
            addCompositionFaults(password.text(), faults);
        }
        return List.copyOf(faults);
    }

    private static boolean resembles(String folded, String canonicalEmail) {
        int at = canonicalEmail.lastIndexOf('@');
        String localPart = at < 0 ? canonicalEmail : canonicalEmail.substring(0, at);
        // The canonical domain is in its ASCII form; people type the other one.
        String asTyped = localPart + (at < 0 ? "" : "@" + IDN.toUnicode(canonicalEmail.substring(at + 1)));
        return Stream.of(canonicalEmail, localPart, asTyped)
                .map(PasswordPolicy::fold)
                .anyMatch(part -> folded.equals(part)
                        || (part.codePointCount(0, part.length()) >= LEAST_SEARCHED && folded.contains(part)));
    }

    private static void addCompositionFaults(String text, List<PasswordError> faults) {
        if (lacks(text, Character::isUpperCase)) {
            faults.add(new PasswordError.NeedsUpper());
        }
        if (lacks(text, Character::isLowerCase)) {
            faults.add(new PasswordError.NeedsLower());
        }
        if (lacks(text, Character::isDigit)) {
            faults.add(new PasswordError.NeedsDigit());
        }
    }

    private static boolean lacks(String text, IntPredicate kind) {
        return text.codePoints().noneMatch(kind);
    }

    /** Case folding: upper first, so that ß and ss or ς and σ meet; then code points alone, as Σ depends on its neighbours. */
    private static String fold(String text) {
        return text.toUpperCase(Locale.ROOT)
                .codePoints()
                .map(Character::toLowerCase)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
