package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of another issuer, by the rules that the operator set for it.
 *
 * @param types the {@code typ} headers that its tokens may have, in lower case; the empty one stands for none
 * @param issuer the {@code iss} claim, or null where its tokens have none
 * @param audience the {@code aud} claim, or null where its tokens have none
 * @param maxLifetime how long after its issue a token is accepted; null for as long as it says
 * @param keys the keys that it signs with at present
 */
record TrustedIssuer(
        TokenOrigin origin,
        Set<String> types,
        @Nullable String issuer,
        @Nullable String audience,
        String userClaim,
        String emailClaim,
        @Nullable String endClaim,
        @Nullable Duration maxLifetime,
        Supplier<List<VerificationKey>> keys)
        implements TokenAuthority {

    /** RFC 7519 section 5.1 and RFC 9068 section 2.1; the long spelling of a media type is the short one's equal. */
    static final Set<String> USUAL_TYPES = Set.of("", "jwt", "at+jwt");

    @Override
    public boolean acceptsHeader(Map<String, Object> header) {
        Object type = header.getOrDefault("typ", "");
        return type instanceof String text && types.contains(normalised(text));
    }

    static String normalised(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        return lower.startsWith("application/") ? lower.substring("application/".length()) : lower;
    }

    /** A token without a {@code kid} is by the issuer's one key of that algorithm, if there is one only. */
    @Override
    public List<VerificationKey> keys(Algorithm algorithm, @Nullable String keyId) {
        List<VerificationKey> bound =
                keys.get().stream().filter(key -> key.algorithm() == algorithm).toList();
        if (keyId == null) {
            return bound.size() == 1 ? bound : List.of();
        }
        return bound.stream()
                .filter(key -> key.id() != null && key.id().value().equals(keyId))
                .toList();
    }

    @Override
    public VerificationResult readClaims(Map<String, Object> all) {
        Claims claims = new Claims(all);
        String userId = claims.textAt(userClaim);
        if (userId == null
                // Security: the two names that a backend may read must not name two users.
                || (userClaim.equals("sub") && !userId.equals(all.getOrDefault(Claim.USER_ID, userId)))) {
            return new Refused(Reason.NO_USER);
        }
        Instant issuedAt = claims.time("iat");
        Instant expiresAt = end(claims);
        if (issuedAt == null || expiresAt == null || claims.hasMalformedTime("nbf")) {
            return new Refused(Reason.BAD_CLAIMS);
        }
        if (issuer == null ? all.containsKey("iss") : !issuer.equals(all.get("iss"))) {
            return new Refused(Reason.FOREIGN_ISSUER);
        }
        if (audience == null ? all.containsKey("aud") : !claims.isIntendedFor(audience)) {
            return new Refused(Reason.FOREIGN_AUDIENCE);
        }
        String email = claims.textAt(emailClaim);
        return new Accepted(new VerifiedToken(
                origin,
                userId,
                email == null ? "" : email,
                email != null && isEmailVerified(claims),
                // What it calls groups may be anything, such as a field of its own users.
                claims.texts(Claim.GROUPS).orElse(Set.of()),
                null,
                null,
                // How it lets its users sign in is its own matter; no step of ours may rely on it.
                Authentication.unknown(),
                issuedAt,
                claims.time("nbf"),
                latestEnd(issuedAt, expiresAt),
                null,
                all));
    }

    /**
     * Returns whether the token says that its address is verified: beside the address, by the name that OpenID Connect has for
     * it or that of Better Auth.
     *
     * <p>Security: if it has both names, both must say so, and only {@code true} does.
     */
    private boolean isEmailVerified(Claims claims) {
        String parent = emailClaim.substring(0, emailClaim.lastIndexOf('.') + 1);
        List<Object> said = Stream.of(Claim.EMAIL_VERIFIED, "emailVerified")
                .map(name -> claims.at(parent + name))
                .<Object>flatMap(Stream::ofNullable)
                .toList();
        return !said.isEmpty() && said.stream().allMatch(Boolean.TRUE::equals);
    }

    /** The earlier of the token's end and the other one that its settings name, if they name one. */
    private @Nullable Instant end(Claims claims) {
        Instant end = claims.time("exp");
        if (endClaim == null || end == null) {
            return end;
        }
        Instant other = claims.timeAt(endClaim);
        return other != null && end.isBefore(other) ? end : other;
    }

    /** Security: a revocation that is no longer kept must not concern a token that can still be used. */
    private Instant latestEnd(Instant issuedAt, Instant end) {
        if (maxLifetime == null) {
            return end;
        }
        Instant latest = issuedAt.plus(maxLifetime);
        return end.isBefore(latest) ? end : latest;
    }

    @Override
    public String toString() {
        return "TrustedIssuer[" + origin.name() + "]";
    }
}
