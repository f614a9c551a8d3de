package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {

    @ParameterizedTest
    @CsvSource({
        "https://auth.example.com, https://auth.example.com, auth.example.com, true, false",
        "https://auth.example.com:443, https://auth.example.com:443, auth.example.com:443, true, false",
        "HTTPS://Auth.Example.COM:8443/base/path, https://auth.example.com:8443, auth.example.com:8443, true, false",
        "http://localhost:8080, http://localhost:8080, localhost:8080, false, true",
        "http://127.1.2.3, http://127.1.2.3, 127.1.2.3, false, true",
        "https://[::1]:8080/, https://[::1]:8080, [::1]:8080, true, true",
        "http://127.0.0.1.example.com, http://127.0.0.1.example.com, 127.0.0.1.example.com, false, false",
    })
    void hasAnOrigin(String text, String origin, String authority, boolean https, boolean loopback) {
        PublicUrl url = PublicUrl.of(text);
        assertEquals(origin, url.origin());
        assertEquals(authority, url.authority());
        assertEquals(https, url.isHttps());
        assertEquals(loopback, url.isLoopback());
        assertEquals(URI.create(origin + "/oauth/revoke"), url.resolve("/oauth/revoke"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "localhost", "mailto:a@b.example", "ftp://a.example", "https:///x", "https://u@a.example"})
    void hasNoOriginWithoutSchemeAndHost(String text) {
        PublicUrl url = PublicUrl.of(text);
        String message = assertThrows(IllegalStateException.class, url::origin).getMessage();
        assertTrue(message.contains("LATCHKEY_PUBLIC_URL"), message);
        assertFalse(url.isHttps());
        assertFalse(url.isLoopback());
    }
}
