package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fuzzer starts from, and what it has ever found, is put to the verifier each time. */
class AccessTokenVerifierFuzzTest {

    private static final Path SEEDS = Path.of("src/test/resources/fuzz/token");

    @ParameterizedTest
    @MethodSource("seeds")
    void passesEveryStoredInput(Path seed) throws IOException {
        AccessTokenVerifierFuzz.fuzzerTestOneInput(Files.readAllBytes(seed));
    }

    // Else the fuzzer would start from tokens that are not accepted, and never come to what is behind a good signature.
    @Test
    void storedInputsIncludeValidTokens() throws IOException {
        Set<String> tokens = seeds().map(AccessTokenVerifierFuzzTest::text)
                .filter(text -> text.startsWith("T"))
                .map(text -> text.substring(1))
                .filter(AccessTokenVerifierFuzz.GOOD::contains)
                .collect(Collectors.toSet());
        assertEquals(AccessTokenVerifierFuzz.GOOD, tokens);
    }

    @Test
    void detectsAcceptedTokenThatWasNeverSigned() {
        TestIssuer ours = TestIssuer.all().getFirst();
        byte[] unknown = ("T" + ours.good(1)).getBytes(StandardCharsets.US_ASCII);
        assertThrows(AssertionError.class, () -> AccessTokenVerifierFuzz.fuzzerTestOneInput(unknown));
    }

    static Stream<Path> seeds() throws IOException {
        try (Stream<Path> files = Files.list(SEEDS)) {
            return files.sorted().toList().stream();
        }
    }

    private static String text(Path seed) {
        try {
            return Files.readString(seed, StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
