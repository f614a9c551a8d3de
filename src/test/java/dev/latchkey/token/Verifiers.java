package dev.latchkey.token;

import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.TestKeys;
import dev.latchkey.key.VerificationKey;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.revocation.TestRevocations;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** The judge as whole sets of tokens are put to it: the one place that knows how it is made. */
final class Verifiers {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00.400Z");

    private static final OwnTokens NOBODYS = new OwnTokens(
            TestKeys.shared("a secret by which no token of any set was ever signed"),
            new Issuer(TokenSettings.usual(), TokenSettings.PUBLIC_URL));

    private Verifiers() {}

    static AccessTokenVerifier of(
            SigningKeys keys, List<TrustedIssuer> trusted, RevokedTokens revoked, TokenConfig config, Clock clock) {
        return new AccessTokenVerifier(new OwnTokens(keys, new Issuer(config, TokenSettings.PUBLIC_URL)), trusted, revoked, config, clock);
    }

    /** Of these issuers' tokens and no other. */
    static AccessTokenVerifier trusting(List<TrustedIssuer> issuers) {
        return new AccessTokenVerifier(
                NOBODYS, issuers, TestRevocations.none(), TokenSettings.usual(), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    /** An issuer that says nothing of itself in its tokens. */
    static TrustedIssuer issuer(String name, List<VerificationKey> keys) {
        return new TrustedIssuer(
                new TokenOrigin(name, false, false),
                TrustedIssuer.USUAL_TYPES,
                null,
                null,
                "sub",
                "email",
                null,
                () -> keys);
    }

    /** Whether the signature was found good, whatever was thought of the claims, which are only looked at after it. */
    static boolean foundSigned(VerificationResult verdict) {
        return switch (verdict) {
            case Accepted accepted -> true;
            case Refused(Reason reason) -> reason.compareTo(Reason.MALFORMED_CLAIMS) >= 0;
        };
    }
}
