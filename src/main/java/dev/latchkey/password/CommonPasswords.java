package dev.latchkey.password;

import com.nulabinc.zxcvbn.StandardDictionaries;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The passwords that are guessed first: every dictionary of zxcvbn, which are the most frequent passwords of public
 * breaches, names and words. Each text is in one of them only, so the passwords alone leave out the names.
 *
 * <p>Kept as sorted 64-bit hashes, a third of what the texts take as strings. A password that is in no dictionary has the
 * hash of one that is with a probability of 1 to 10^14; then another has to be chosen.
 */
final class CommonPasswords {

    private static final String FOLDER = "/com/nulabinc/zxcvbn/matchers/dictionaries/";
    private static final List<String> DICTIONARIES = List.of(
            "passwords.txt",
            "english_wikipedia.txt",
            "us_tv_and_film.txt",
            "surnames.txt",
            "female_names.txt",
            "male_names.txt");

    /** What the dictionaries have between them, so that the hashes need not grow while they are read. */
    private static final int EXPECTED = 100_000;

    // FNV-1a with 64 bits: the lists are public, and who finds a text with the same hash has only one password less.
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** Read while the executable is built, so that it has the hashes and not the texts; on the JVM at the first use. */
    static final CommonPasswords ALL = read();

    private final long[] hashes;

    private CommonPasswords(long[] hashes) {
        this.hashes = hashes;
    }

    private static CommonPasswords read() {
        long[] hashes = new long[EXPECTED];
        int count = 0;
        for (String dictionary : DICTIONARIES) {
            byte[] lines = contents(dictionary);
            int start = 0;
            for (int i = 0; i <= lines.length; i++) {
                if (i == lines.length || lines[i] == '\n' || lines[i] == '\r') {
                    if (i > start) {
                        if (count == hashes.length) {
                            hashes = Arrays.copyOf(hashes, count * 2);
                        }
                        hashes[count++] = hash(lines, start, i);
                    }
                    start = i + 1;
                }
            }
        }
        long[] found = Arrays.copyOf(hashes, count);
        Arrays.sort(found);
        return new CommonPasswords(found);
    }

    /** Returns whether a password, in folded case, is in a dictionary; all their texts are lower-case ASCII. */
    boolean contains(String folded) {
        byte[] bytes = folded.getBytes(StandardCharsets.UTF_8);
        return Arrays.binarySearch(hashes, hash(bytes, 0, bytes.length)) >= 0;
    }

    int size() {
        return hashes.length;
    }

    private static byte[] contents(String dictionary) {
        try (InputStream stream = StandardDictionaries.class.getResourceAsStream(FOLDER + dictionary)) {
            if (stream == null) {
                throw new IllegalStateException("The dictionary " + dictionary + " is missing from the package");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long hash(byte[] bytes, int from, int to) {
        long hash = FNV_OFFSET;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * FNV_PRIME;
        }
        return hash;
    }
}
