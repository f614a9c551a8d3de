package dev.latchkey.betterauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPatternTest {

    @ParameterizedTest
    @CsvSource({
        "https://*.example.com, https://app.example.com, true",
        "https://*.example.com, https://a.b.example.com/path?x=1, true",
        "https://*.example.com, HTTPS://APP.EXAMPLE.COM, true",
        "https://*.example.com, https://example.com, false",
        "https://*.example.com, http://app.example.com, false",
        "https://*.example.com, https://app.example.com.evil.example, false",
        "https://*.example.com, https://app.example.com:8443, false",
        "https://*.example.com, https://evil.example/.example.com, false",
        "https://*.example.com, https://evil.example?.example.com, false",
        "https://*.example.com, https://evil.example#.example.com, false",
        "https://*.example.com, https://evil.example\\.example.com, false",
        "https://*.example.com, https://user@app.example.com, false",
        "https://*.example.com, https://evil.example:1@app.example.com, false",
        "https://*.example.com, https://evil.example%2f.example.com, false",
        "https://*.example.com, //app.example.com, false",
        "https://*.example.com, app.example.com, false",
        "https://*.example.com, https:app.example.com, false",
        "*.wild.dev, https://app.wild.dev, true",
        "*.wild.dev, http://app.wild.dev/x, false",
        "*.wild.dev, HTTP://app.wild.dev, false",
        "localhost:*, http://localhost:5173, true",
        "localhost:*, http://localhost, false",
        "localhost:*, http://localhost.evil.example:5173, false",
        "127.0.0.1, http://127.0.0.1, true",
        "127.0.0.1*, http://127.0.0.1.evil.example, false",
        "*.wild.dev, https://wild.dev, false",
        "*.wild.dev, javascript://app.wild.dev/%0aalert(1), false",
        "*.wild.dev, data://app.wild.dev, false",
        "*.wild.dev, evilapp://app.wild.dev, false",
        "*.wild.dev, https://app.wild.dev.evil.example, false",
        "*.wild.dev, https://evil.example/app.wild.dev, false",
        "http://localhost:*, http://localhost:5173, true",
        "http://localhost:*, http://localhost, false",
        "http://localhost:*, http://localhost:5173.evil.example, false",
        "http://localhost:*, https://localhost:5173, false",
        "myapp://, myapp://callback, true",
        "myapp://, MYAPP://callback?x=1, true",
        "myapp://, myapps://callback, false",
        "myapp://, notmyapp://callback, false",
        "myapp://host/cb, myapp://host/cb, true",
        "myapp://host/cb, myapp://host/cb/in, true",
        "myapp://host/cb, myapp://host/cbx, false",
        "myapp://host/cb, myapp://host/cb/../evil, false",
        "myapp://host/cb, myapp://host/cb/%2e%2e/evil, false",
        "myapp://host/cb, myapp://host.evil/cb, false",
    })
    void matchesUrls(String pattern, String url, boolean matches) {
        assertEquals(matches, OriginPattern.of(pattern, true).matches(url), url);
    }

    @Test
    void hostAloneMeansPlainHttpTooWhereTheServiceIsReachedByIt() {
        OriginPattern pattern = OriginPattern.of("*.wild.test", false);

        assertTrue(pattern.matches("http://app.wild.test/x"));
        assertTrue(pattern.matches("https://app.wild.test/x"));
        assertFalse(pattern.matches("ftp://app.wild.test/x"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://app.example.com, true",
        "http://*.example.com, true",
        "HTTP://*.example.com:8080, true",
        "http://localhost*, true",
        "http://*localhost, true",
        "http://127.0.0.*, true",
        "http://127.0.0.1.example.com:*, true",
        "http://localhost, false",
        "http://localhost:*, false",
        "http://127.0.0.1:5173, false",
        "https://*.example.com, false",
        "*.example.com, false",
        "myapp://, false",
    })
    void tellsPlainHttpOutsideTheSameMachine(String pattern, boolean plainHttp) {
        assertEquals(plainHttp, OriginPattern.of(pattern, true).isPlainHttp());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "*.*",
                "https://*",
                "http://*:*",
                "://x",
                "https://",
                "https://a/b",
                "a b",
                "javascript:"
            })
    void refusesPatternsThatMatchEverythingOrNothing(String pattern) {
        assertThrows(IllegalArgumentException.class, () -> OriginPattern.of(pattern, true));
    }

    @Test
    void reportsTheInvalidPattern() {
        IllegalArgumentException invalid =
                assertThrows(IllegalArgumentException.class, () -> OriginPattern.of("https://*", true));

        assertEquals(
                "\"https://*\" is not an origin or a pattern such as"
                        + " https://*.example.com, *.example.com or myapp://",
                invalid.getMessage());
    }
}
