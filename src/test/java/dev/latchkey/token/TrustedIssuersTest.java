package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.TestHttp;
import dev.latchkey.platform.boot.ConfigurationProblem;
import dev.latchkey.platform.ops.BackgroundThreads;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrustedIssuersTest {

    private static final String OURS = "https://auth.example.com";

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
            Duration keysMaxAge,
            Duration maxLifetime,
            boolean sharesUsers)
            implements TrustedIssuerConfig.Trusted {

        static Settings ofKeys(String url) {
            return new Settings(
                    Optional.of(URI.create(url)),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of("https://partner.example"),
                    Optional.of("https://id.example.com"),
                    Optional.empty(),
                    Optional.empty(),
                    "sub",
                    "email",
                    Optional.empty(),
                    Duration.ofHours(24),
                    Duration.ofDays(7),
                    false);
        }

        Settings issuer(String changed) {
            return new Settings(
                    jwksUrl,
                    secret,
                    secretFile,
                    keyId,
                    Optional.of(changed),
                    audience,
                    algorithms,
                    types,
                    userClaim,
                    emailClaim,
                    endClaim,
                    keysMaxAge,
                    maxLifetime,
                    sharesUsers);
        }

        Settings keysMaxAge(Duration changed) {
            return new Settings(
                    jwksUrl,
                    secret,
                    secretFile,
                    keyId,
                    issuer,
                    audience,
                    algorithms,
                    types,
                    userClaim,
                    emailClaim,
                    endClaim,
                    changed,
                    maxLifetime,
                    sharesUsers);
        }

        Settings sharesUsersFor(Duration lifetime) {
            return new Settings(
                    jwksUrl,
                    secret,
                    secretFile,
                    keyId,
                    issuer,
                    audience,
                    algorithms,
                    types,
                    userClaim,
                    emailClaim,
                    endClaim,
                    keysMaxAge,
                    lifetime,
                    true);
        }

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
                    Duration.ofHours(24),
                    Duration.ofDays(7),
                    false);
        }
    }

    private static List<ConfigurationProblem> check(String name, Settings settings) {
        return TrustedIssuersCheck.check(name, settings, Optional.of(OURS));
    }

    private static List<String> properties(List<ConfigurationProblem> problems) {
        return problems.stream().map(ConfigurationProblem::property).toList();
    }

    /** Security: rules tell issuers apart by name, and this one is ours. */
    @Test
    void refusesIssuerWithOurName() {
        assertEquals(
                List.of(new TokenOrigin("partner", false, false)),
                new TrustedIssuers(
                                () -> Map.of("partner", Settings.ofASecret()),
                                TestHttp.CLIENT,
                                Clock.systemUTC(),
                                new BackgroundThreads())
                        .origins());
        assertEquals(List.of(), check("partner", Settings.ofASecret()));
        String message =
                check(TokenOrigin.OURS, Settings.ofASecret()).getFirst().message();
        assertTrue(message.contains("give it another name"), message);
    }

    @Test
    void acceptsAnIssuerThatPublishesItsKeys() {
        assertEquals(List.of(), check("partner", Settings.ofKeys("https://partner.example/jwks")));
        assertEquals(List.of(), check("partner", Settings.ofKeys("http://localhost:3000/jwks")));
    }

    // Security: keys that can be altered under way sign whatever an attacker wants.
    @Test
    void refusesKeysOverPlainHttp() {
        assertEquals(
                List.of("latchkey.token.trusted.partner.jwks-url"),
                properties(check("partner", Settings.ofKeys("http://partner.example/jwks"))));
    }

    // Security: an issuer that cannot be reached, or has no key to publish, cannot withdraw the last one otherwise.
    @Test
    void refusesToKeepKeysForLongWithoutHavingReadThem() {
        for (Duration age : List.of(Duration.ZERO, Duration.ofMinutes(59), Duration.ofDays(8))) {
            assertEquals(
                    List.of("latchkey.token.trusted.partner.keys-max-age"),
                    properties(check(
                            "partner",
                            Settings.ofKeys("https://partner.example/jwks").keysMaxAge(age))));
        }
    }

    @Test
    void refusesLifetimesForWhichNoRevocationCouldBeKept() {
        for (Duration lifetime : List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofDays(31))) {
            assertEquals(
                    List.of("latchkey.token.trusted.partner.max-lifetime"),
                    properties(check("partner", Settings.ofASecret().sharesUsersFor(lifetime))));
        }
    }

    // Security: a revocation that is forgotten would let a token of the other issuer open routes again.
    @Test
    void revocationsOfUsersOutliveTheTokensOfIssuersThatShareThem() {
        Settings own = Settings.ofKeys("https://partner.example/jwks");
        Settings shared = Settings.ofASecret().sharesUsersFor(Duration.ofDays(3));
        TestTokenConfig tokens = TestTokenConfig.usual();
        assertEquals(
                Duration.ofDays(3),
                AccessTokens.lifetime(tokens, () -> Map.of("own", own, "shared", shared))
                        .longest());
        assertEquals(
                tokens.accessLifetime(),
                AccessTokens.lifetime(tokens, () -> Map.of("own", own)).longest(),
                "ids that are another's are not revoked here");
        assertEquals(
                tokens.accessLifetime(),
                AccessTokens.lifetime(
                                tokens,
                                () -> Map.of("shared", Settings.ofASecret().sharesUsersFor(Duration.ofMinutes(1))))
                        .longest());
    }

    @Test
    void refusesOurOwnIssuer() {
        assertEquals(
                List.of("latchkey.token.trusted.partner.issuer"),
                properties(check("partner", Settings.ofASecret().issuer(OURS))));
    }

    @Test
    void reportsAllThatIsWrongAtOnce() {
        assertEquals(
                List.of(
                        "latchkey.token.trusted.partner.jwks-url",
                        "latchkey.token.trusted.partner.issuer",
                        "latchkey.token.trusted.partner.audience",
                        "latchkey.token.trusted.partner.algorithms"),
                properties(check(
                        "partner",
                        new Settings(
                                Optional.of(URI.create("http://partner.example/jwks")),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(List.of("HS256")),
                                Optional.empty(),
                                "sub",
                                "email",
                                Optional.empty(),
                                Duration.ofHours(24),
                                Duration.ofDays(7),
                                false))));
    }

    /** Security: whatever a check refused is not used, even if the start went on. */
    @Test
    void trustsNoIssuerWithWrongSettings() {
        TrustedIssuers issuers = new TrustedIssuers(
                () -> Map.of("partner", Settings.ofKeys("http://partner.example/jwks")),
                TestHttp.CLIENT,
                Clock.systemUTC(),
                new BackgroundThreads());
        assertEquals(List.of(), issuers.all());
    }
}
