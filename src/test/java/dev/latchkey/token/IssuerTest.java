package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.http.PublicUrl;
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
        Issuer issuer = new Issuer(TestTokenConfig.usual(), PublicUrl.of(url));
        assertEquals(name, issuer.name());
        assertEquals(name, issuer.audience());
    }

    @Test
    void namesMissingSetting() {
        assertTrue(
                assertThrows(IllegalStateException.class, () -> new Issuer(TestTokenConfig.usual(), PublicUrl.of("")))
                        .getMessage()
                        .contains("LATCHKEY_PUBLIC_URL"));
    }
}
