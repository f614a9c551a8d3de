package dev.latchkey.token;

import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.SigningKey;
import dev.latchkey.revocation.Revocations;
import dev.latchkey.revocation.RevokedTokens;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

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
        Map<String, Object> claims = new LinkedHashMap<>(besides);
        claims.keySet().removeAll(Claim.OWN);
        claims.put("iss", issuer.name());
        claims.put("sub", subject.userId());
        claims.put(Claim.USER_ID, subject.userId());
        claims.put(Claim.EMAIL, subject.email());
        claims.put(Claim.EMAIL_VERIFIED, subject.emailVerified());
        claims.put(Claim.TOKEN_VERSION, subject.tokenVersion());
        claims.put(Claim.SESSION_ID, subject.sessionId());
        claims.put(Claim.SESSION_REFRESHED, session.refreshedAt().getEpochSecond());
        claims.put(Claim.SESSION_IDLE_END, session.idleEnd().getEpochSecond());
        claims.put(Claim.SESSION_END, session.absoluteEnd().getEpochSecond());
        claims.put(Claim.GROUPS, subject.roles());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(granted).getEpochSecond());
        claims.put("jti", UUID.randomUUID().toString());
        issuer.audience().ifPresent(audience -> claims.put("aud", audience));
        Authentication authentication = subject.authentication();
        if (authentication.at() != null) {
            claims.put(Claim.AUTH_TIME, authentication.at().getEpochSecond());
        }
        // A token without the claim says nothing of how its user signed in; an empty list would say that nothing was
        // proved.
        if (!authentication.methods().isEmpty()) {
            claims.put(Claim.AMR, authentication.methods().stream().sorted().toList());
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

    private String signed(Map<String, Object> claims) {
        SigningKey key = keys.current();
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("typ", Claim.TYPE);
        header.put("alg", key.algorithm().jose());
        if (key.id() != null) {
            header.put("kid", key.id().value());
        }
        return CompactToken.write(header, claims, signed -> Signatures.sign(key, signed));
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
