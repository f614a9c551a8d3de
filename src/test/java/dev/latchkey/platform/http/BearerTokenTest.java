package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.latchkey.platform.http.BearerToken.Given;
import dev.latchkey.platform.http.BearerToken.None;
import dev.latchkey.platform.http.BearerToken.Several;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6750, 2.1 and RFC 9110, 11.4. */
class BearerTokenTest {

    @ParameterizedTest
    @ValueSource(strings = {"Bearer a.b.c", "bearer a.b.c", "bEARER a.b.c"})
    void readsTokenAfterTheScheme(String value) {
        assertEquals(new Given("a.b.c"), BearerToken.of(List.of(value)));
        assertEquals(Optional.of("a.b.c"), BearerToken.of(List.of(value)).single());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Bearer",
                "Bearer ",
                "Bearer   ",
                "Bearer\ta.b.c",
                "Bearera.b.c",
                " Bearer a.b.c",
                "Basic YTpi",
                "Bearer-x a.b.c",
                "a.b.c"
            })
    void findsNoneInOtherSchemesAndSpellings(String value) {
        assertEquals(new None(), BearerToken.of(List.of(value)));
        assertEquals(Optional.empty(), BearerToken.of(List.of(value)).single());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer  a.b.c",
                "Bearer     a.b.c",
                "Bearer \ta",
                "Bearer a b",
                "Bearer a, Bearer b",
                "Bearer =",
                "Bearer \u00e9"
            })
    void leavesToTheVerifierWhatIsNoToken(String value) {
        assertEquals(new Given(value.substring("Bearer ".length())), BearerToken.of(List.of(value)));
    }

    @Test
    void findsNoTokenWithoutHeader() {
        assertEquals(new None(), BearerToken.in(MultiMap.caseInsensitiveMultiMap()));
    }

    @Test
    void refusesSeveralHeaders() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Authorization", "Bearer a")
                .add("authorization", "Bearer a");
        assertEquals(new Several(), BearerToken.in(headers));
        assertEquals(new Several(), BearerToken.of(List.of("Basic YTpi", "Bearer a")));
        assertEquals(Optional.empty(), BearerToken.in(headers).single());
    }

    @Test
    void isNotPrinted() {
        assertFalse(BearerToken.of(List.of("Bearer secret")).toString().contains("secret"));
    }
}
