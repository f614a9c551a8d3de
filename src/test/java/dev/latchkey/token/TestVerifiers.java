package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.key.TestKeys;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.revocation.TestRevocations;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** The verifier as whole sets of tokens are put to it: the one place that knows how it is made. */
final class TestVerifiers {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00.400Z");

    private static final OwnTokens WITHOUT_TOKENS =
            own(TestKeys.shared("a secret by which no token of any set was ever signed"), TestTokenConfig.usual());

    private TestVerifiers() {}

    static AccessTokenVerifier of(
            SigningKeys keys, List<TrustedIssuer> trusted, RevokedTokens revoked, TokenConfig config, Clock clock) {
        return of(own(keys, config), trusted, revoked, config, clock);
    }

    /** Returns the authority of our own tokens, which are signed with these keys. */
    static OwnTokens own(SigningKeys keys, TokenConfig config) {
        return new OwnTokens(keys, issuer(keys, config));
    }

    private static boolean isShared(SigningKeys keys) {
        try {
            return keys.inForce().contains(Algorithm.HS256);
        } catch (IllegalStateException unread) {
            // Only key pairs have to be read.
            return false;
        }
    }

    /** Returns ourselves as an issuer that signs with these keys. */
    static Issuer issuer(SigningKeys keys, TokenConfig config) {
        return new Issuer(config, isShared(keys), TestTokenConfig.PUBLIC_URL);
    }

    static AccessTokenVerifier of(
            OwnTokens own, List<TrustedIssuer> trusted, RevokedTokens revoked, TokenConfig config, Clock clock) {
        return new AccessTokenVerifier(own, trusted, revoked, config, clock, new SimpleMeterRegistry());
    }

    /** Returns a verifier that accepts tokens of these issuers and no other. */
    static AccessTokenVerifier trusting(List<TrustedIssuer> issuers) {
        return of(
                WITHOUT_TOKENS,
                issuers,
                TestRevocations.none(),
                TestTokenConfig.usual(),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    /** Returns an issuer whose tokens have no {@code iss} and no {@code aud}. */
    static TrustedIssuer issuer(String name, List<VerificationKey> keys) {
        return new TrustedIssuer(
                new TokenOrigin(name, false, false),
                TrustedIssuer.USUAL_TYPES,
                null,
                null,
                "sub",
                "email",
                null,
                null,
                () -> keys);
    }

    /** Returns whether the signature was valid, whatever the claims, which are only read after it. */
    static boolean hasValidSignature(VerificationResult result) {
        return switch (result) {
            case Accepted accepted -> true;
            case Refused(Reason reason) -> reason.compareTo(Reason.MALFORMED_CLAIMS) >= 0;
        };
    }
}
