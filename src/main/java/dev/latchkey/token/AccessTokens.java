package dev.latchkey.token;

import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.revocation.Revocations;
import dev.latchkey.revocation.RevokedTokens;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.jwt.algorithm.SignatureAlgorithm;
import io.smallrye.jwt.build.Jwt;
import io.smallrye.jwt.build.JwtClaimsBuilder;
import io.smallrye.jwt.build.JwtSignatureBuilder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.PrivateKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.SecretKey;

/** Mints access tokens, and renews those that are about to expire. */
@ApplicationScoped
public class AccessTokens {

    private final SigningKeys keys;
    private final RevokedTokens revoked;
    private final Issuer issuer;
    private final Clock clock;
    private final Duration lifetime;
    private final Duration renewalWindow;
    private final Duration headerRenewalLimit;
    private final Counter renewed;

    AccessTokens(
            SigningKeys keys,
            RevokedTokens revoked,
            Issuer issuer,
            TokenConfig config,
            Clock clock,
            MeterRegistry meters) {
        this.keys = keys;
        this.revoked = revoked;
        this.issuer = issuer;
        this.clock = clock;
        this.lifetime = config.accessLifetime();
        this.renewalWindow = shorter(config.renewalWindow(), lifetime.dividedBy(3));
        this.headerRenewalLimit = config.headerRenewalLimit();
        this.renewed = Counter.builder("latchkey.tokens.renewed")
                .description("Access tokens that were renewed by response header, from an access token alone")
                .register(meters);
    }

    /**
     * Throws when there is no key to sign with, as on a replica with another master secret. What opens a session or spends a
     * refresh token asks first: signing comes after the commit, when a failure would leave the client without what was spent.
     */
    public void requireSigningKey() {
        keys.current();
    }

    /** Mints an access token that ends with its session at the latest. */
    public AccessToken mint(TokenSubject subject) {
        return mint(subject, Map.of());
    }

    @Produces
    @Singleton
    static Revocations.TokenLifetime lifetime(TokenConfig config, TrustedIssuerConfig trusted) {
        Duration longest = trusted.issuers().values().stream()
                .filter(TrustedIssuerConfig.Trusted::sharesUsers)
                .map(TrustedIssuerConfig.Trusted::maxLifetime)
                .reduce(config.accessLifetime(), (one, other) -> one.compareTo(other) > 0 ? one : other);
        return new Revocations.TokenLifetime(config.accessLifetime(), longest, config.leeway());
    }

    /** Mints an access token with further claims, none of which can pass as one of ours. */
    public AccessToken mint(TokenSubject subject, Map<String, Object> besides) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        SessionTimes session = subject.session();
        Duration granted = shorter(lifetime, Duration.between(now, session.end().truncatedTo(ChronoUnit.SECONDS)));
        Map<String, Object> further = new HashMap<>(besides);
        further.keySet().removeAll(Claim.OWN);
        JwtClaimsBuilder claims = Jwt.claims(further)
                .issuer(issuer.name())
                .subject(subject.userId())
                .claim(Claim.USER_ID, subject.userId())
                .claim(Claim.EMAIL, subject.email())
                .claim(Claim.EMAIL_VERIFIED, subject.emailVerified())
                .claim(Claim.TOKEN_VERSION, subject.tokenVersion())
                .claim(Claim.SESSION_ID, subject.sessionId())
                .claim(Claim.SESSION_REFRESHED, session.refreshedAt().getEpochSecond())
                .claim(Claim.SESSION_IDLE_END, session.idleEnd().getEpochSecond())
                .claim(Claim.SESSION_END, session.absoluteEnd().getEpochSecond())
                .groups(subject.roles())
                .issuedAt(now)
                .expiresAt(now.plus(granted))
                .claim("jti", UUID.randomUUID().toString());
        issuer.audience().ifPresent(audience -> claims.audience(audience));
        Authentication authentication = subject.authentication();
        if (authentication.at() != null) {
            claims.claim(Claim.AUTH_TIME, authentication.at().getEpochSecond());
        }
        // A token without the claim says nothing of how its user signed in; an empty list would say that nothing was
        // proved.
        if (!authentication.methods().isEmpty()) {
            claims.claim(Claim.AMR, authentication.methods().stream().sorted().toList());
        }
        return new AccessToken(signed(claims), granted);
    }

    /**
     * Mints a new token for one that is about to expire, as long as its session is active (US5).
     *
     * <p>Security: no row is read and no refresh token is needed, so that a stolen token could be renewed without anybody's
     * notice. Hence the limit from the last sign-in or refresh on, and the session's idle end as known then.
     */
    public Optional<AccessToken> renew(VerifiedToken token) {
        Instant now = clock.instant();
        SessionTimes session = token.session();
        String sessionId = token.sessionId();
        // Security: a copy of the token's own, so that what revokes the one revokes the other.
        Long version = token.tokenVersion();
        if (session == null
                || sessionId == null
                || headerRenewalLimit.isZero()
                || !now.isBefore(session.refreshedAt().plus(headerRenewalLimit))
                || version == null
                || !now.isBefore(session.end())
                // What the session has left is all there is: a fresh token would be no fresher.
                || !token.expiresAt().isBefore(session.end())
                || token.expiresAt().isAfter(now.plus(renewalWindow))
                || revoked.isRevoked(token.userId(), sessionId, version, token.issuedAt())
                // Security: else a replica that is cut off could keep an ended session alive beyond its revocation.
                || !revoked.isRecent(now)
                // A renewal is optional: a missing signing key must not fail a request that succeeded.
                || keys.readinessProblem().isPresent()) {
            return Optional.empty();
        }
        AccessToken fresh = mint(new TokenSubject(
                token.userId(),
                token.email(),
                token.emailVerified(),
                token.roles(),
                version,
                sessionId,
                token.authentication(),
                session));
        renewed.increment();
        return Optional.of(fresh);
    }

    private String signed(JwtClaimsBuilder claims) {
        SigningKey signing = keys.current();
        JwtSignatureBuilder jws = claims.jws().type(Claim.TYPE);
        KeyId id = signing.id();
        if (id != null) {
            jws.keyId(id.value());
        }
        return switch (signing.algorithm()) {
            case HS256 -> jws.algorithm(SignatureAlgorithm.HS256).sign((SecretKey) signing.key());
            case EDDSA -> jws.algorithm(SignatureAlgorithm.EDDSA).sign((PrivateKey) signing.key());
            case ES256 -> jws.algorithm(SignatureAlgorithm.ES256).sign((PrivateKey) signing.key());
            case RS256 -> jws.algorithm(SignatureAlgorithm.RS256).sign((PrivateKey) signing.key());
            case PS256 -> jws.algorithm(SignatureAlgorithm.PS256).sign((PrivateKey) signing.key());
        };
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** A signed token as it goes to a client. */
    public record AccessToken(String value, Duration lifetime) {
        @Override
        public String toString() {
            return "AccessToken[hidden]";
        }
    }
}
