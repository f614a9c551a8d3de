package dev.latchkey.password;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Passwords that no dictionary needs to list: one repeated character, a sequence (abcdefgh, 97531) or a run over
 * neighbouring keys (qwertyui, zxcvbnmk).
 *
 * <p>Only where they are the whole password: as a part of a longer one they take nothing from the rest.
 */
final class SimplePatterns {

    /** Two neighbours are no pattern yet. */
    private static final int MINIMUM_LENGTH = 3;

    /** As in zxcvbn: with a step of six or more nobody counts. */
    private static final int MAXIMUM_STEP = 5;

    // A key's neighbours: beside it, and above and below it, where each row stands half a key to the right of the one
    // above. Each layout without and with shift; letters are in folded case.
    private static final List<Keyboard> KEYBOARDS = List.of(
            Keyboard.slanted("`1234567890-=", " qwertyuiop[]\\", " asdfghjkl;'", " zxcvbnm,./"),
            Keyboard.slanted("~!@#$%^&*()_+", " qwertyuiop{}|", " asdfghjkl:\"", " zxcvbnm<>?"),
            Keyboard.slanted("^1234567890ß´", " qwertzuiopü+", " asdfghjklöä#", " yxcvbnm,.-"),
            Keyboard.slanted("°!\"§$%&/()=?`", " qwertzuiopü*", " asdfghjklöä'", " yxcvbnm;:_"),
            Keyboard.slanted("²&é\"'(-è_çà)=", " azertyuiop^$", " qsdfghjklmù*", " wxcvbn,;:!"),
            Keyboard.slanted("²1234567890°+", " azertyuiop¨£", " qsdfghjklm%µ", " wxcvbn?./§"),
            Keyboard.slanted("`1234567890[]", " ',.pyfgcrl/=\\", " aoeuidhtns-", " ;qjkxbmwvz"),
            Keyboard.aligned("789", "456", "123", "0"));

    private SimplePatterns() {}

    /** Returns whether a password, in folded case, is nothing but such a pattern. */
    static boolean matches(String folded) {
        int[] text = folded.codePoints().toArray();
        return text.length >= MINIMUM_LENGTH
                && (isSequence(text)
                        || KEYBOARDS.stream().anyMatch(keyboard -> all(text, i -> keyboard.areNeighbours(text, i))));
    }

    /** Returns whether all steps are the same, zero included; nine is followed by zero, and z by a. */
    private static boolean isSequence(int[] text) {
        int step = text[1] - text[0];
        return Math.abs(step) <= MAXIMUM_STEP && all(text, i -> text[i] - text[i - 1] == step)
                || all(text, i -> isNext(text[i - 1], text[i]))
                || all(text, i -> isNext(text[i], text[i - 1]));
    }

    private static boolean isNext(int one, int next) {
        return next == one + 1 || (one == '9' && next == '0') || (one == 'z' && next == 'a');
    }

    private static boolean all(int[] text, IntPredicate index) {
        return IntStream.range(1, text.length).allMatch(index);
    }

    /** The rows of a keyboard from top to bottom. */
    private record Keyboard(List<String> rows, boolean isSlanted) {

        static Keyboard slanted(String... rows) {
            return new Keyboard(List.of(rows), true);
        }

        static Keyboard aligned(String... rows) {
            return new Keyboard(List.of(rows), false);
        }

        /** Returns whether the key of a character is beside that of the one before. */
        boolean areNeighbours(int[] text, int index) {
            Key from = find(text[index - 1]);
            Key to = find(text[index]);
            if (from == null || to == null) {
                return false;
            }
            int down = to.row() - from.row();
            int right = to.column() - from.column();
            return switch (down) {
                case 0 -> Math.abs(right) == 1;
                case 1 -> right == 0 || right == -1 || (!isSlanted && right == 1);
                case -1 -> right == 0 || right == 1 || (!isSlanted && right == -1);
                default -> false;
            };
        }

        private @Nullable Key find(int character) {
            for (int row = 0; row < rows.size() && character != ' '; row++) {
                int column = rows.get(row).indexOf(character);
                if (column >= 0) {
                    return new Key(row, column);
                }
            }
            return null;
        }
    }

    private record Key(int row, int column) {}
}
