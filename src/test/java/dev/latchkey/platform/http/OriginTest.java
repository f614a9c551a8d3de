package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The grammar; {@link TrustedOriginsTest} has what it refuses. */
class OriginTest {

    @ParameterizedTest
    @CsvSource({
        "https://a.example, https, a.example, 443, false",
        "HTTPS://A.Example:443, https, a.example, 443, false",
        "http://a_b, http, a_b, 80, false",
        "http://localhost:3000, http, localhost, 3000, true",
        "http://LOCALHOST, http, localhost, 80, true",
        "http://127.9.8.7, http, 127.9.8.7, 80, true",
        "http://[0:0:0:0:0:0:0:1], http, [::1], 80, true",
        "http://[::2], http, [::2], 80, false",
        "http://localhost.example, http, localhost.example, 80, false",
        "http://127.example, http, 127.example, 80, false",
        "http://0.0.0.0, http, 0.0.0.0, 80, false",
    })
    void readsSchemeHostAndPort(String text, String scheme, String host, int port, boolean loopback) {
        Origin origin = new Origin(scheme, host, port);
        assertEquals(Optional.of(origin), Origin.parse(text));
        assertEquals(Optional.of(origin), Origin.ofUrl(text + "/path?query"));
        assertEquals(Optional.empty(), Origin.parse(text + "/"));
        assertEquals(scheme.equals("https"), origin.isHttps());
        assertEquals(loopback, origin.isLoopback());
    }

    @ParameterizedTest
    @CsvSource({
        "https://A.example:443/b/c, https://A.example:443",
        "https://a.example?b=/, https://a.example",
        "https://a.example#b, https://a.example",
        "/b/c, /b/c",
        "mailto:a@b.example, mailto:a@b.example"
    })
    void cutsThePathOff(String url, String expected) {
        assertEquals(expected, Origin.withoutPath(url));
    }
}
