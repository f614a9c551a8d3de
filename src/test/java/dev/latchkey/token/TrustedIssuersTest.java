package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrustedIssuersTest {

    private record Settings(
            Optional<URI> jwksUrl,
            Optional<String> secret,
            Optional<Path> secretFile,
            Optional<String> keyId,
            Optional<String> issuer,
            Optional<String> audience,
            Optional<List<String>> algorithms,
            Optional<List<String>> types,
            String userClaim,
            String emailClaim,
            Optional<String> endClaim,
            boolean sharesUsers)
            implements TrustedIssuerConfig.Trusted {

        static Settings ofASecret() {
            return new Settings(
                    Optional.empty(),
                    Optional.of("x".repeat(32)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    "sub",
                    "email",
                    Optional.empty(),
                    false);
        }
    }

    private static TrustedIssuers named(String name) {
        return new TrustedIssuers(
                () -> Map.of(name, Settings.ofASecret()), new Issuer(TokenSettings.usual(), TokenSettings.PUBLIC_URL), Clock.systemUTC());
    }

    /** Security: rules tell issuers apart by name, and this one is ours. */
    @Test
    void refusesAnIssuerThatIsCalledAsWeAre() {
        assertEquals(
                List.of(new TokenOrigin("partner", false, false)),
                named("partner").origins());
        String message = String.valueOf(assertThrows(ConfigurationException.class, () -> named(TokenOrigin.OURS))
                .getMessage());
        assertTrue(message.contains("give it another name"), message);
    }
}
