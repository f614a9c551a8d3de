package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedOriginsTest {

    private static final TrustedOrigins ORIGINS = TrustedOrigins.of(
            PublicUrl.of("https://auth.example.com/some/path"),
            List.of(
                    "https://app.example.com",
                    "http://localhost:3000",
                    " https://[2001:DB8::1]:8443 ",
                    "",
                    "http://my_host"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://auth.example.com",
                "https://auth.example.com:443",
                "HTTPS://AUTH.example.COM",
                "https://app.example.com",
                "http://localhost:3000",
                "https://[2001:db8:0::1]:8443",
                "http://my_host:80"
            })
    void trustsTheConfiguredOnes(String origin) {
        assertTrue(ORIGINS.contains(origin));
        assertTrue(ORIGINS.trusts(origin, null));
        assertTrue(ORIGINS.trusts(origin, "https://evil.example/"));
        assertTrue(ORIGINS.trusts(null, origin + "/page?a=b#c"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "NULL",
                "*",
                "garbage",
                "app.example.com",
                "//app.example.com",
                "http://app.example.com",
                "https://app.example.com:444",
                "https://app.example.com:80",
                "https://app.example.com:",
                "https://app.example.com:0443",
                "https://app.example.com:443:443",
                "https://app.example.com:443x",
                "https://app.example.com.",
                "https://app.example.com.evil.example",
                "https://evilapp.example.com",
                "https://x.app.example.com",
                "https://example.com",
                "https://app.example.com@evil.example",
                "https://evil.example@app.example.com",
                "https://user:pw@app.example.com",
                "https://app.example.com\\.evil.example",
                "https://app.example.com\0",
                "https://app.example.com%00",
                "https://app.ex\u0430mple.com",
                "https://\uff41pp.example.com",
                "https://app.example.com,https://app.example.com",
                "https://app.example.com, https://evil.example",
                "https://app.example.com https://evil.example",
                " https://app.example.com",
                "https://app.example.com ",
                "https:/app.example.com",
                "https:app.example.com",
                "https:///app.example.com",
                "https://",
                "http://localhost",
                "http://localhost:3001",
                "http://127.0.0.1:3000",
                "https://[2001:db8::1]",
                "https://[2001:db8::2]:8443",
                "https://2001:db8::1:8443",
                "https://[app.example.com]",
                "ftp://app.example.com",
                "wss://app.example.com",
                "javascript://app.example.com",
                "file://"
            })
    void refusesEverybodyElse(String origin) {
        assertFalse(ORIGINS.contains(origin));
        assertFalse(ORIGINS.trusts(origin, null));
        assertFalse(ORIGINS.trusts(origin, "https://app.example.com/"), "a good Referer must not overrule");
        assertFalse(ORIGINS.trusts(null, origin));
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com/, true",
        "https://app.example.com/a?b=https://evil.example, true",
        "https://app.example.com?a, true",
        "https://app.example.com#a, true",
        "https://evil.example/https://app.example.com/, false",
        "https://evil.example/?https://app.example.com/, false",
        "https://evil.example#https://app.example.com/, false",
        "https://app.example.com@evil.example/, false",
        "https://app.example.com\\@evil.example/, false",
        "https://app.example.com:443@evil.example/, false",
        "about:blank, false",
        "/page, false",
    })
    void looksAtTheRefererOnlyWithoutOrigin(String referer, boolean trusted) {
        assertEquals(trusted, ORIGINS.trusts(null, referer));
        assertFalse(ORIGINS.trusts("null", referer));
    }

    @Test
    void refusesRequestWithoutOriginAndReferer() {
        assertFalse(ORIGINS.trusts(null, null));
    }

    @Test
    void refusesOriginHeaderWithPath() {
        assertFalse(ORIGINS.contains("https://app.example.com/"));
        assertFalse(ORIGINS.contains("https://app.example.com/path"));
        assertFalse(ORIGINS.contains("https://app.example.com?"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "https://*",
                "https://*.example.com",
                "https://app.example.com/",
                "https://app.example.com/path",
                "https://app.example.com?x",
                "https://app.example.com:*",
                "https://app.example.com:0",
                "https://app.example.com:65536",
                "https://user@app.example.com",
                "https://b\u00fccher.example",
                "app.example.com",
                "null",
                "https://",
                "myapp://callback",
                "https://a.example https://b.example"
            })
    void stopsTheBootForWhatIsNoExactOrigin(String entry) {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> TrustedOrigins.of(PublicUrl.of("http://localhost:8080"), List.of(entry)))
                .getMessage();
        assertTrue(message.contains("LATCHKEY_TRUSTED_ORIGINS") && message.contains('"' + entry + '"'), message);
    }
}
