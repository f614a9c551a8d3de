package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.VerificationKey;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Decides whether a token counts. The only place that judges one, ours or a trusted issuer's.
 *
 * <p>A token is a compact JWS whose header has {@code alg} and at most {@code typ} and {@code kid}. Every header that could
 * point at a key, embed one, compress or extend the token (RFC 8725 sections 3.1 to 3.11) is refused for not being one of
 * the three.
 */
@ApplicationScoped
public class AccessTokenVerifier {

    private static final Set<String> HEADERS = Set.of("alg", "typ", "kid");

    private final List<TokenAuthority> authorities;
    private final RevokedTokens revoked;
    private final VerifiedTokenCache remembered;
    private final VerificationCounts counts = new VerificationCounts();
    private final Clock clock;
    private final Duration leeway;

    @Inject
    AccessTokenVerifier(
            SigningKeys keys,
            TrustedIssuers trusted,
            RevokedTokens revoked,
            Issuer issuer,
            TokenConfig config,
            Clock clock) {
        this(new OwnTokens(keys, issuer), trusted.all(), revoked, config, clock);
    }

    AccessTokenVerifier(
            OwnTokens ours, List<TrustedIssuer> trusted, RevokedTokens revoked, TokenConfig config, Clock clock) {
        this.authorities =
                Stream.<TokenAuthority>concat(Stream.of(ours), trusted.stream()).toList();
        this.revoked = revoked;
        this.remembered = new VerifiedTokenCache(config.cache().asLongValue(), clock);
        this.clock = clock;
        this.leeway = config.leeway();
    }

    /**
     * Whether a token counts at this moment, from memory.
     *
     * @throws RevocationStateUnavailableException for a token of ours that nothing is wrong with as far as is known, while too
     *     little is known
     */
    public VerificationResult judge(String token) {
        Optional<SignedToken> known = remembered.find(token).filter(SignedToken::isByKeyInForce);
        Examination examination = known.<Examination>map(Sound::new).orElseGet(() -> examine(token));
        VerificationResult verdict = switch (examination) {
            case Unsound(Reason reason) -> new Refused(reason);
            case Sound(SignedToken signed) -> {
                VerificationResult standing = standing(signed.token());
                if (standing instanceof Refused) {
                    remembered.forget(token);
                } else if (known.isEmpty()) {
                    remembered.remember(token, signed);
                }
                yield standing;
            }
        };
        counts.count(verdict, known.isPresent());
        return verdict;
    }

    VerificationCounts counts() {
        return counts;
    }

    long remembered() {
        return remembered.size();
    }

    private Examination examine(String token) {
        Optional<CompactToken> parsed = CompactToken.parse(token);
        if (parsed.isEmpty()) {
            return new Unsound(Reason.MALFORMED);
        }
        Map<String, Object> header = parsed.get().header();
        List<TokenAuthority> admitting = authorities.stream()
                .filter(authority -> authority.admits(header))
                .toList();
        if (!HEADERS.containsAll(header.keySet())
                || !(header.getOrDefault("kid", "") instanceof String)
                || admitting.isEmpty()) {
            return new Unsound(Reason.FOREIGN_HEADER);
        }
        Optional<Algorithm> algorithm =
                header.get("alg") instanceof String name ? Algorithm.named(name) : Optional.empty();
        if (algorithm.isEmpty()) {
            return new Unsound(Reason.UNKNOWN_ALGORITHM);
        }
        String keyId = (String) header.get("kid");
        // The first authority that finds it sound; else the furthest that it came.
        Reason furthest = Reason.UNKNOWN_KEY;
        for (TokenAuthority authority : admitting) {
            for (VerificationKey key : authority.keys(algorithm.get(), keyId)) {
                VerificationResult verdict = read(parsed.get(), authority, key);
                switch (verdict) {
                    case Accepted(VerifiedToken read) -> {
                        return new Sound(new SignedToken(authority, key, keyId, read, token.length()));
                    }
                    case Refused(Reason reason) -> furthest = reason.compareTo(furthest) > 0 ? reason : furthest;
                }
            }
        }
        return new Unsound(furthest);
    }

    /** Security: not a word of the payload is looked at unless its signature was found good. */
    private static VerificationResult read(CompactToken parsed, TokenAuthority authority, VerificationKey key) {
        if (!Signatures.isBy(key, parsed.signed(), parsed.signature())) {
            return new Refused(Reason.BAD_SIGNATURE);
        }
        return parsed.claims().map(authority::read).orElseGet(() -> new Refused(Reason.MALFORMED_CLAIMS));
    }

    /** What may change from one moment to the next. */
    private VerificationResult standing(VerifiedToken token) {
        Instant now = clock.instant();
        Instant latestStart = now.plus(leeway);
        if (token.issuedAt().isAfter(latestStart)
                || (token.notBefore() != null && token.notBefore().isAfter(latestStart))) {
            return new Refused(Reason.NOT_YET_VALID);
        }
        boolean revocable = token.origin().sharesUsers();
        if (revocable && revoked.covers(token.userId(), token.sessionId(), token.issuedAt())) {
            return new Refused(Reason.REVOKED);
        }
        if (!now.isBefore(token.expiresAt().plus(leeway))) {
            return new Refused(Reason.EXPIRED);
        }
        if (revocable && revoked.blind(now)) {
            throw new RevocationStateUnavailableException();
        }
        return new Accepted(token);
    }

    private sealed interface Examination {}

    private record Sound(SignedToken signed) implements Examination {}

    private record Unsound(Reason reason) implements Examination {}
}
