package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CookiesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "session=abc=",
                "session=\"abc=\"",
                "other=1; session=abc=; sessions=2",
                "xsession=1;session=abc=",
                "Session=1; session = abc= ;session",
            })
    void returnsTheOnlyCookieOfAName(String header) {
        assertEquals(Optional.of("abc="), Cookies.only(List.of(header), "session"));
    }

    // A sibling domain can plant a cookie: with a longer path it comes first, with a shorter one last.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "session=abc; session=planted",
                "session=planted; session=abc",
                "session=abc; session=abc",
                "session=; session=abc",
                "session=abc; other=1; session=\"\"",
                "session=abc;session =planted",
            })
    void ignoresTwoCookiesOfOneName(String header) {
        assertEquals(Optional.empty(), Cookies.only(List.of(header), "session"));
    }

    @Test
    void ignoresTwoCookiesInTwoHeaders() {
        assertEquals(Optional.empty(), Cookies.only(List.of("session=abc", "session=planted"), "session"));
        assertEquals(Optional.of("abc"), Cookies.only(List.of("a=1", "session=abc"), "session"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "session", "sessionx=1", "Session=1", "a=session=1", "=session=1"})
    void findsNoOther(String header) {
        assertEquals(Optional.empty(), Cookies.only(List.of(header), "session"));
    }
}
