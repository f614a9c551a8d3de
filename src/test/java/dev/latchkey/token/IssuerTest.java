package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IssuerTest {

    // FR-010: the issuer is the public URL's origin, and the audience is the issuer.
    @ParameterizedTest
    @CsvSource({
        "https://auth.example.com, https://auth.example.com",
        "https://auth.example.com/, https://auth.example.com",
        "https://Auth.Example.COM/base/path, https://auth.example.com",
        "https://auth.example.com:8443, https://auth.example.com:8443",
        "http://localhost:8080, http://localhost:8080",
        "http://[::1]:8080/, http://[::1]:8080"
    })
    void namesItselfByTheOriginOfThePublicUrl(String url, String name) {
        Issuer issuer = new Issuer(settings(Optional.of(URI.create(url))));
        assertEquals(name, issuer.name());
        assertEquals(name, issuer.audience());
    }

    @Test
    void saysWhichSettingIsMissing() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> new Issuer(settings(Optional.empty())))
                .getMessage()
                .contains("LATCHKEY_PUBLIC_URL"));
    }

    private static TokenConfig settings(Optional<URI> url) {
        return new TokenSettings(
                url,
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(15),
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                TokenSettings.usual().cache());
    }
}
