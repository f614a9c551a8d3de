package dev.latchkey.password;

import com.nulabinc.zxcvbn.StandardDictionaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/** The list of passwords that are guessed first: the 30,000 most frequent ones of public breaches, as in zxcvbn. */
final class CommonPasswords {

    /** The passwords in lower case, all of them ASCII. */
    private final Set<String> passwords;

    private CommonPasswords(Set<String> passwords) {
        this.passwords = passwords;
    }

    static CommonPasswords load() {
        try {
            return new CommonPasswords(
                    Set.copyOf(StandardDictionaries.PASSWORDS_LOADER.load().getFrequencies()));
        } catch (IOException e) {
            throw new UncheckedIOException("The list of common passwords is missing from the package", e);
        }
    }

    /** Returns whether a password, in folded case, is in the list. */
    boolean contains(String folded) {
        return passwords.contains(folded);
    }

    int size() {
        return passwords.size();
    }
}
