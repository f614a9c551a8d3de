package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.platform.http.PublicUrl;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IssuerTest {

    // FR-010: the issuer is the public URL's origin, and with a key pair so is the audience.
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
        Issuer issuer = new Issuer(TestTokenConfig.usual(), false, PublicUrl.of(url));
        assertEquals(name, issuer.name());
        assertEquals(Optional.of(name), issuer.audience());
    }

    // The table "Audience" of the specification.
    @ParameterizedTest
    @CsvSource({
        "true, , ",
        "true, none, ",
        "true, urn:backends, urn:backends",
        "true, https://auth.example.com, https://auth.example.com",
        "false, , https://auth.example.com",
        "false, urn:backends, urn:backends",
        // A configuration error; what starts all the same gives no token without an audience that anybody can verify.
        "false, none, https://auth.example.com",
        "true, None, None"
    })
    void audienceDependsOnKeyAndSetting(boolean sharedSecret, @Nullable String setting, @Nullable String audience) {
        TestTokenConfig usual = TestTokenConfig.usual();
        TokenConfig config = setting == null ? usual : usual.audience(setting);
        Issuer issuer = new Issuer(config, sharedSecret, TestTokenConfig.PUBLIC_URL);
        assertEquals(Optional.ofNullable(audience), issuer.audience());
    }

    @Test
    void audienceIsThePublicUrlUnderAnotherIssuerName() {
        TokenConfig config = TestTokenConfig.usual().issuer("urn:latchkey");
        Issuer issuer = new Issuer(config, false, TestTokenConfig.PUBLIC_URL);
        assertEquals("urn:latchkey", issuer.name());
        assertEquals(Optional.of(TestTokenConfig.ORIGIN), issuer.audience());
    }

    @Test
    void namesMissingSetting() {
        assertTrue(assertThrows(
                        IllegalStateException.class, () -> new Issuer(TestTokenConfig.usual(), true, PublicUrl.of("")))
                .getMessage()
                .contains("LATCHKEY_PUBLIC_URL"));
    }
}
