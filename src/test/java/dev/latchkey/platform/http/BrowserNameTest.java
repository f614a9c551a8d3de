package dev.latchkey.platform.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Says in a few words of its own what a header says in an attacker's. */
class BrowserNameTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0|Firefox, Windows",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36|Chrome, Linux",
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0|Edge, Windows",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15|Safari, macOS",
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/142.0 Mobile Safari/604.1|Chrome, iOS",
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36|Chrome, Android",
                "Mozilla/5.0 (compatible; something)|''",
                "curl/8.5.0|curl",
                "Apache-HttpClient/4.5.14 (Java/25)|''",
                "okhttp/4.12.0|okhttp",
                "node|node"
            })
    void namesBrowserAndSystem(String userAgent, String expected) {
        assertEquals(expected, BrowserName.of(userAgent));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "evil.example.com",
                "https://evil.example.com/",
                "evil.example.com/Firefox/1",
                "<a href=x>click</a>",
                "<b/>",
                "Call+49123456789 now",
                "averyveryverylongprogramname/1",
                "Ｃlick/1",
                "a@b.example/1",
                "{link}",
                "../x",
                "\u202Ecurl"
            })
    void namesNothingElse(String userAgent) {
        assertEquals("", BrowserName.of(userAgent));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Mozilla/5.0 Firefox/https://evil.example.com Windows",
                "Mozilla/5.0 <script>alert(1)</script> Firefox/ Linux",
                "curl https://evil.example.com <b>",
                "Mozilla/5.0 evil.example.com Safari/ iPad"
            })
    void isMadeOfLettersOnly(String userAgent) {
        assertTrue(BrowserName.of(userAgent).matches("[A-Za-z]+(, [A-Za-z]+)?"), BrowserName.of(userAgent));
    }
}
