package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathFilterTest {

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080/api/auth/session, NOT_ROOTED",
        "//localhost/api/auth/session, NOT_ROOTED",
        "*, NOT_ROOTED",
        "/api/users/1/../2, DOT_SEGMENT",
        "/api/users/1;x, SEMICOLON",
        "/api/users/1%2f2, ENCODED_SLASH",
    })
    void refusesAnAmbiguousTarget(String target, CanonicalPath.Reason reason) {
        MalformedPathException refusal =
                assertThrows(MalformedPathException.class, () -> PathFilter.requireOneMeaning(target));
        assertEquals(reason, refusal.reason());
        assertEquals(reason.text(), refusal.getMessage());
        assertEquals(0, refusal.getStackTrace().length);
    }

    @Test
    void letsAPathWithOneMeaningPass() {
        assertDoesNotThrow(() -> PathFilter.requireOneMeaning("/api/users/%34%32?a=../b"));
    }
}
