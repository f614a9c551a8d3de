package dev.latchkey.gatecheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentTest {

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, true, app.example.com, 443, app.example.com, https://app.example.com",
        "https://app.example.com/, true, app.example.com, 443, app.example.com, https://app.example.com",
        "HTTPS://app.example.com:443, true, app.example.com, 443, app.example.com, https://app.example.com",
        "https://app.example.com:8443, true, app.example.com, 8443, app.example.com:8443, https://app.example.com:8443",
        "http://localhost:8080, false, localhost, 8080, localhost:8080, http://localhost:8080",
        "http://192.0.2.7, false, 192.0.2.7, 80, 192.0.2.7, http://192.0.2.7",
        "https://[2001:db8::1]:8443, true, [2001:db8::1], 8443, [2001:db8::1]:8443, https://[2001:db8::1]:8443",
    })
    void parsesOrigins(String url, boolean secure, String host, int port, String authority, String origin) {
        Deployment deployment = deployment(url);
        assertEquals(new Deployment(secure, host, port), deployment);
        assertEquals(authority, deployment.authority());
        assertEquals(origin, deployment.origin());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "app.example.com",
                "//app.example.com",
                "app.example.com:443",
                "ftp://app.example.com",
                "https:",
                "https://",
                "https:///api",
                "https://:443",
                "https://app.example.com:0",
                "https://app.example.com:65536",
                "https://app.example.com:port",
                "https://app example.com",
                "https://app.example.com.",
                "https://app.example.com\r\nX: y",
                "https://app.example.com/api",
                "https://app.example.com/?x",
                "https://app.example.com?x",
                "https://app.example.com#x",
                "https://ada:secret@app.example.com",
                "https://ada@app.example.com"
            })
    void refusesUrlsThatAreNoOriginWithoutRepeatingThem(String url) {
        var invalid = assertInstanceOf(Parsed.Invalid.class, Deployment.parse(url));
        assertTrue(invalid.message().startsWith("The URL "), invalid.message());
        assertFalse(invalid.message().contains("secret"), invalid.message());
        assertFalse(invalid.message().contains("example.com"), invalid.message());
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, false",
        "http://localhost:8080, false",
        "http://127.0.0.1:8080, false",
        "http://[::1]:8080, false",
        "http://app.example.com, true",
        "http://192.0.2.7, true",
        "http://localhost.example.com, true",
    })
    void detectsUrlsThatExposeTheToken(String url, boolean exposes) {
        assertEquals(exposes, deployment(url).exposesToken());
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, true, app.example.com",
        "https://localhost, true, localhost",
        "https://192.0.2.7, false, 192.0.2.7",
        "https://[2001:db8::1], false, 2001:db8::1",
    })
    void distinguishesNamesFromAddresses(String url, boolean isNamed, String hostname) {
        assertEquals(isNamed, deployment(url).isNamed());
        assertEquals(hostname, deployment(url).hostname());
    }

    static Deployment deployment(String url) {
        return assertInstanceOf(
                Deployment.class,
                assertInstanceOf(Parsed.Valid.class, Deployment.parse(url)).value());
    }
}
