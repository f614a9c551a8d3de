package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokenTest {

    @ParameterizedTest
    @ValueSource(strings = {"head.claims.signature", "  head.claims.signature\n", "head.claims.signature\r\n"})
    void acceptsATokenSurroundedByWhiteSpace(String text) {
        assertEquals("head.claims.signature", token(text).value());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " \n",
                "Bearer head.claims.signature",
                "head.claims.signature\nhead.claims.signature",
                "head.claims\r\nX-Auth-User-Id: bob",
                "head.claims.sign\u00e4ture",
                "\"head.claims.signature\"",
                "{\"access_token\":\"x\"}"
            })
    void refusesMalformedTokensWithoutRepeatingThem(String text) {
        var invalid = assertInstanceOf(Parsed.Invalid.class, BearerToken.parse(text));
        assertFalse(invalid.message().contains("claims"), "a token, or nearly one, was repeated");
    }

    @Test
    void refusesATokenLongerThanAHeader() {
        assertInstanceOf(Parsed.Invalid.class, BearerToken.parse("x".repeat(16 * 1024 + 1)));
    }

    /** The last letter of a signature may hold bits that no decoder reads; the first never does. */
    @ParameterizedTest
    @CsvSource({
        "head.claims.signature, head.claims.Aignature",
        "head.claims.Aignature, head.claims.Bignature",
        "opaque, opaAue",
        "opaque., opaAue.",
        "x, A",
        "A, B",
    })
    void altersOneLetterOfTheSignature(String token, String altered) {
        assertEquals(altered, token(token).altered());
    }

    @Test
    void hidesTheTokenInToString() {
        assertEquals("BearerToken[hidden]", token("head.claims.signature").toString());
    }

    static BearerToken token(String text) {
        return assertInstanceOf(
                BearerToken.class,
                assertInstanceOf(Parsed.Valid.class, BearerToken.parse(text)).value());
    }
}
