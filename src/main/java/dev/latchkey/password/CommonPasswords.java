package dev.latchkey.password;

import com.nulabinc.zxcvbn.StandardDictionaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** The passwords that are guessed first: the 30,000 most frequent ones of public breaches, as zxcvbn lists them. */
final class CommonPasswords {

    /** In lower case, all of them ASCII. */
    private final Set<String> words;

    private CommonPasswords(Set<String> words) {
        this.words = words;
    }

    static CommonPasswords load() {
        try {
            return new CommonPasswords(
                    Set.copyOf(StandardDictionaries.PASSWORDS_LOADER.load().getFrequencies()));
        } catch (IOException e) {
            throw new UncheckedIOException("The list of common passwords is not in the package", e);
        }
    }

    boolean contains(String folded) {
        return words.contains(folded);
    }

    int size() {
        return words.size();
    }
}
