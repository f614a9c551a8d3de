package dev.latchkey.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.TestKeys;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RefreshTokenTest {

    private static final String SESSION = "01890a5d-ac96-774b-bcce-b302099a8057";
    private static final String SECRET = "A".repeat(42) + "E";
    private static final String SEAL = "B".repeat(21) + "A";

    private final RefreshTokens tokens = new RefreshTokens(TestKeys.secrets());

    // 256 bits from a secure source: none twice, and none of the bytes stands still.
    @Test
    void holds256RandomBits() {
        Set<String> secrets = new HashSet<>();
        byte[] ones = new byte[32];
        byte[] zeros = new byte[32];
        for (int i = 0; i < 200; i++) {
            byte[] secret = tokens.first(SESSION).secret();
            assertEquals(32, secret.length);
            assertTrue(secrets.add(Base64.getEncoder().encodeToString(secret)));
            for (int b = 0; b < 32; b++) {
                ones[b] |= secret[b];
                zeros[b] |= (byte) ~secret[b];
            }
        }
        for (int b = 0; b < 32; b++) {
            assertEquals(-1, ones[b], "a bit that is never set in byte " + b);
            assertEquals(-1, zeros[b], "a bit that is always set in byte " + b);
        }
    }

    @Test
    void parsesItsOwnText() {
        RefreshToken token = tokens.first(SESSION);
        RefreshToken read = RefreshToken.parse(token.text()).orElseThrow();
        assertEquals(token.text(), read.text());
        assertEquals(SESSION, read.sessionId());
        assertEquals(0, read.generation());
        assertTrue(tokens.isOurs(read));
        assertTrue(RefreshToken.parse(SESSION + ".999999999." + SECRET + "." + SEAL)
                .isPresent());
    }

    // A token and what it hides are fit for a URL, a cookie and a header.
    @Test
    void isUrlSafeText() {
        assertTrue(tokens.first(SESSION).text().matches("[A-Za-z0-9_.-]+"));
    }

    @Test
    void isNotPrinted() {
        RefreshToken token = tokens.first(SESSION);
        assertEquals("RefreshToken[hidden]", token.toString());
        assertFalse(("" + Optional.of(token)).contains(token.text().substring(40)));
    }

    @ParameterizedTest
    @MethodSource
    void refusesForm(String text) {
        assertEquals(Optional.empty(), RefreshToken.parse(text));
    }

    static Stream<String> refusesForm() {
        String good = SESSION + ".0." + SECRET + "." + SEAL;
        assertTrue(RefreshToken.parse(good).isPresent());
        return Stream.of(
                "",
                ".",
                "...",
                SESSION,
                SESSION + ".0." + SECRET,
                good + ".",
                "." + good,
                good + "." + SEAL,
                " " + good,
                good + " ",
                good + "\n",
                good + "\u0000",
                good + "=",
                good.replace(".", ".."),
                "." + good.substring(good.indexOf('.') + 1),
                // Session ids
                "a b.0." + SECRET + "." + SEAL,
                "a/b.0." + SECRET + "." + SEAL,
                "'; --.0." + SECRET + "." + SEAL,
                "\u00e9.0." + SECRET + "." + SEAL,
                "x".repeat(65) + ".0." + SECRET + "." + SEAL,
                // Generations
                SESSION + ".." + SECRET + "." + SEAL,
                SESSION + ".-1." + SECRET + "." + SEAL,
                SESSION + ".+1." + SECRET + "." + SEAL,
                SESSION + ".00." + SECRET + "." + SEAL,
                SESSION + ".01." + SECRET + "." + SEAL,
                SESSION + ".1e3." + SECRET + "." + SEAL,
                SESSION + ".0x1." + SECRET + "." + SEAL,
                SESSION + ".\u0661." + SECRET + "." + SEAL,
                SESSION + ".1000000000." + SECRET + "." + SEAL,
                SESSION + ".4294967296." + SECRET + "." + SEAL,
                SESSION + "." + "9".repeat(100) + "." + SECRET + "." + SEAL,
                // Secret and MAC: the alphabet, the length, one spelling
                SESSION + ".0.." + SEAL,
                SESSION + ".0." + SECRET + ".",
                SESSION + ".0." + SECRET.substring(4) + "." + SEAL,
                SESSION + ".0.AAAA" + SECRET + "." + SEAL,
                SESSION + ".0." + SECRET + "=." + SEAL,
                SESSION + ".0." + SECRET.replace('E', 'F') + "." + SEAL,
                SESSION + ".0." + SECRET + "." + SEAL.substring(0, 21) + "B",
                SESSION + ".0." + SECRET + "." + SEAL.substring(4),
                SESSION + ".0." + SECRET + "." + SEAL + "AAAA",
                SESSION + ".0.+" + SECRET.substring(1) + "." + SEAL,
                SESSION + ".0./" + SECRET.substring(1) + "." + SEAL,
                SESSION + ".0.%41" + SECRET.substring(1) + "." + SEAL,
                SESSION + ".0.\uD800" + SECRET.substring(1) + "." + SEAL,
                "x".repeat(1_000_000),
                ".".repeat(256));
    }
}
