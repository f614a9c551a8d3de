package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import dev.latchkey.token.VerifiedTokenCache.SignedToken;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Verifies access tokens: the only place that decides whether a token is valid, ours or a trusted issuer's.
 *
 * <p>A token is a compact JWS whose header has {@code alg} and at most {@code typ} and {@code kid}. Every header that could
 * point at a key, embed one, compress or extend the token (RFC 8725 sections 3.1 to 3.11) is refused for not being one of
 * the three.
 *
 * <p>Written by hand and not with jose4j's {@code JwtConsumer}, because a token must have one spelling and one meaning
 * (canonical Base64, three headers, no member twice), because each of several authorities has its own keys, claims and
 * rules, because what can change is checked each time and the rest is cached, and because Ed25519 is six times as fast with
 * Bouncy Castle (docs/performance.md). SmallRye JWT calls it through {@link AccessTokenPrincipalFactory}.
 */
@ApplicationScoped
@Startup // The metrics are there before the first token.
public class AccessTokenVerifier {

    private static final Set<String> HEADERS = Set.of("alg", "typ", "kid");

    private final List<TokenAuthority> authorities;
    private final RevokedTokens revoked;
    private final VerifiedTokenCache cache;
    private final Clock clock;
    private final Duration leeway;
    private final Counter accepted;
    private final Counter acceptedFromCache;
    private final Map<Reason, Counter> refused = new EnumMap<>(Reason.class);

    @Inject
    AccessTokenVerifier(
            SigningKeys keys,
            TrustedIssuers trusted,
            RevokedTokens revoked,
            Issuer issuer,
            TokenConfig config,
            Clock clock,
            MeterRegistry meters) {
        this(new OwnTokens(keys, issuer), trusted.all(), revoked, config, clock, meters);
    }

    AccessTokenVerifier(
            OwnTokens own,
            List<TrustedIssuer> trusted,
            RevokedTokens revoked,
            TokenConfig config,
            Clock clock,
            MeterRegistry meters) {
        this.authorities =
                Stream.<TokenAuthority>concat(Stream.of(own), trusted.stream()).toList();
        this.revoked = revoked;
        this.cache = new VerifiedTokenCache(config.cache().asLongValue(), clock);
        this.clock = clock;
        this.leeway = config.leeway();
        this.accepted = counter("accepted", meters);
        for (Reason reason : Reason.values()) {
            refused.put(reason, counter(reason.name().toLowerCase(Locale.ROOT), meters));
        }
        this.acceptedFromCache = Counter.builder("latchkey.tokens.cache.hits")
                .description("Accepted tokens whose signature was found in the cache")
                .register(meters);
        Gauge.builder("latchkey.tokens.cached", cache::size)
                .description("Tokens in the cache of verified tokens, expired ones included")
                .register(meters);
    }

    private static Counter counter(String result, MeterRegistry meters) {
        return Counter.builder("latchkey.tokens.verified")
                .description("Tokens that were verified, by result")
                .tag("result", result)
                .register(meters);
    }

    /**
     * Verifies a token at this moment, from memory.
     *
     * @throws RevocationStateUnavailableException for a token of ours that is valid as far as is known, while too little is
     *     known of what was revoked
     */
    public VerificationResult verify(String token) {
        Optional<SignedToken> cached = cache.find(token).filter(SignedToken::isByCurrentKey);
        SignatureResult signature = cached.<SignatureResult>map(Valid::new).orElseGet(() -> verifySignature(token));
        VerificationResult result = switch (signature) {
            case Invalid(Reason reason) -> new Refused(reason);
            case Valid(SignedToken signed) -> {
                VerificationResult current = checkTimeAndRevocation(signed.token());
                if (current instanceof Refused) {
                    cache.remove(token);
                } else if (cached.isEmpty()) {
                    cache.add(token, signed);
                }
                yield current;
            }
        };
        count(result, cached.isPresent());
        return result;
    }

    private void count(VerificationResult result, boolean wasCached) {
        switch (result) {
            case Accepted _ -> {
                accepted.increment();
                if (wasCached) {
                    acceptedFromCache.increment();
                }
            }
            case Refused(Reason reason) ->
                Objects.requireNonNull(refused.get(reason)).increment();
        }
    }

    private SignatureResult verifySignature(String token) {
        Optional<CompactToken> parsed = CompactToken.parse(token);
        if (parsed.isEmpty()) {
            return new Invalid(Reason.MALFORMED);
        }
        Map<String, Object> header = parsed.get().header();
        List<TokenAuthority> accepting = authorities.stream()
                .filter(authority -> authority.acceptsHeader(header))
                .toList();
        if (!HEADERS.containsAll(header.keySet())
                || !(header.getOrDefault("kid", "") instanceof String)
                || accepting.isEmpty()) {
            return new Invalid(Reason.FOREIGN_HEADER);
        }
        Optional<Algorithm> algorithm =
                header.get("alg") instanceof String name ? Algorithm.named(name) : Optional.empty();
        if (algorithm.isEmpty()) {
            return new Invalid(Reason.UNKNOWN_ALGORITHM);
        }
        String keyId = (String) header.get("kid");
        // The first authority that accepts it; else the reason of the one at which it came furthest.
        Reason furthest = Reason.UNKNOWN_KEY;
        for (TokenAuthority authority : accepting) {
            for (VerificationKey key : authority.keys(algorithm.get(), keyId)) {
                switch (readClaims(parsed.get(), authority, key)) {
                    case Accepted(VerifiedToken claims) -> {
                        return new Valid(new SignedToken(authority, key, keyId, claims, token.length()));
                    }
                    case Refused(Reason reason) -> furthest = reason.compareTo(furthest) > 0 ? reason : furthest;
                }
            }
        }
        return new Invalid(furthest);
    }

    /** Security: no part of the payload is read before its signature was verified. */
    private static VerificationResult readClaims(CompactToken parsed, TokenAuthority authority, VerificationKey key) {
        if (!Signatures.isBy(key, parsed.signed(), parsed.signature())) {
            return new Refused(Reason.BAD_SIGNATURE);
        }
        return parsed.claims().map(authority::readClaims).orElseGet(() -> new Refused(Reason.MALFORMED_CLAIMS));
    }

    /** Checks what may change from one moment to the next, and is therefore never cached. */
    private VerificationResult checkTimeAndRevocation(VerifiedToken token) {
        Instant now = clock.instant();
        Instant latestStart = now.plus(leeway);
        if (token.issuedAt().isAfter(latestStart)
                || (token.notBefore() != null && token.notBefore().isAfter(latestStart))) {
            return new Refused(Reason.NOT_YET_VALID);
        }
        boolean revocable = token.origin().sharesUsers();
        // Security: another issuer that shares our users does not know whom we disabled, and goes on issuing tokens.
        if (revocable && !token.origin().ours() && revoked.isDisabled(token.userId())) {
            return new Refused(Reason.REVOKED);
        }
        if (revocable && revoked.isRevoked(token.userId(), token.sessionId(), token.tokenVersion(), token.issuedAt())) {
            return new Refused(Reason.REVOKED);
        }
        if (!now.isBefore(token.expiresAt().plus(leeway))) {
            return new Refused(Reason.EXPIRED);
        }
        if (revocable && revoked.isStale(now)) {
            throw new RevocationStateUnavailableException();
        }
        return new Accepted(token);
    }

    private sealed interface SignatureResult {}

    private record Valid(SignedToken signed) implements SignatureResult {}

    private record Invalid(Reason reason) implements SignatureResult {}

    /** Thrown when no token can be accepted, because revocations were not read for too long; a retry may succeed. */
    public static final class RevocationStateUnavailableException extends RuntimeException {

        private static final long serialVersionUID = 1;

        RevocationStateUnavailableException() {
            super("what was revoked has not been read from the database for too long");
        }
    }
}
