package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.VerificationKey;
import dev.latchkey.token.Verdict.Accepted;
import dev.latchkey.token.Verdict.Reason;
import dev.latchkey.token.Verdict.Refused;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a token counts. The only place that parses one.
 *
 * <p>It knows the tokens that we mint and nothing else: a compact JWS whose header has {@code alg}, {@code typ} and at
 * most {@code kid}. Every header that could point at a key, embed one, compress or extend the token (RFC 8725 sections
 * 3.1 to 3.11) is refused for not being one of the three.
 */
@ApplicationScoped
public class TokenJudge {

    /** Our tokens have some 700 characters; roles may add to that. */
    private static final int MAX_LENGTH = 8 * 1024;

    private static final Set<String> HEADERS = Set.of("alg", "typ", "kid");
    /** Beyond this a JSON number is not exact everywhere (RFC 7493 section 2.2). */
    private static final long MAX_EXACT = 1L << 53;

    private final SigningKeys keys;
    private final RevokedTokens revoked;
    private final Issuer issuer;
    private final Clock clock;
    private final Duration leeway;

    TokenJudge(SigningKeys keys, RevokedTokens revoked, Issuer issuer, TokenConfig config, Clock clock) {
        this.keys = keys;
        this.revoked = revoked;
        this.issuer = issuer;
        this.clock = clock;
        this.leeway = config.leeway();
    }

    public Verdict judge(String token) {
        try {
            return judgeParts(token);
        } catch (JoseException | InvalidJwtException | CharacterCodingException | IllegalArgumentException unreadable) {
            return new Refused(Reason.MALFORMED);
        }
    }

    private Verdict judgeParts(String token) throws JoseException, InvalidJwtException, CharacterCodingException {
        if (token.length() > MAX_LENGTH) {
            return new Refused(Reason.MALFORMED);
        }
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3 || !Arrays.stream(parts).allMatch(TokenJudge::strict)) {
            return new Refused(Reason.MALFORMED);
        }
        Map<String, Object> header = JsonUtil.parseJson(text(parts[0]));
        if (!HEADERS.containsAll(header.keySet()) || !Claim.TYPE.equals(header.get("typ"))) {
            return new Refused(Reason.FOREIGN_HEADER);
        }
        Optional<Algorithm> algorithm =
                header.get("alg") instanceof String name ? Algorithm.named(name) : Optional.empty();
        if (algorithm.isEmpty()) {
            return new Refused(Reason.UNKNOWN_ALGORITHM);
        }
        if (header.containsKey("kid") && !(header.get("kid") instanceof String)) {
            return new Refused(Reason.FOREIGN_HEADER);
        }
        List<VerificationKey> candidates = keys.candidates(algorithm.get(), (String) header.get("kid"));
        if (candidates.isEmpty()) {
            return new Refused(Reason.UNKNOWN_KEY);
        }
        boolean signed = false;
        for (VerificationKey candidate : candidates) {
            signed = signed || signedBy(token, candidate);
        }
        // Security: not a word of the payload is looked at before this line.
        return signed ? judgeClaims(text(parts[1])) : new Refused(Reason.BAD_SIGNATURE);
    }

    private static boolean signedBy(String token, VerificationKey candidate) throws JoseException {
        JsonWebSignature jws = new JsonWebSignature();
        jws.setAlgorithmConstraints(new AlgorithmConstraints(
                ConstraintType.PERMIT, candidate.algorithm().jose()));
        jws.setCompactSerialization(token);
        jws.setKey(candidate.key());
        return jws.verifySignature();
    }

    private Verdict judgeClaims(String payload) throws InvalidJwtException, JoseException {
        JwtClaims claims = JwtClaims.parse(payload);
        Map<String, Object> all = claims.getClaimsMap();
        String subject = text(all, "sub");
        String userId = text(all, Claim.USER_ID);
        if (subject == null || subject.isEmpty() || !subject.equals(userId)) {
            return new Refused(Reason.NO_USER);
        }
        String sessionId = text(all, Claim.SESSION_ID);
        String tokenId = text(all, "jti");
        Instant issuedAt = time(all, "iat");
        Instant expiresAt = time(all, "exp");
        if (sessionId == null
                || sessionId.isEmpty()
                || tokenId == null
                || tokenId.isEmpty()
                || issuedAt == null
                || expiresAt == null
                || malformed(all, "nbf")
                || malformed(all, Claim.SESSION_END)
                || !(all.getOrDefault(Claim.EMAIL, "") instanceof String email)
                || !(all.getOrDefault(Claim.GROUPS, List.of()) instanceof List<?> groups)
                || !groups.stream().allMatch(String.class::isInstance)) {
            return new Refused(Reason.BAD_CLAIMS);
        }
        if (!issuer.name().equals(all.get("iss"))) {
            return new Refused(Reason.FOREIGN_ISSUER);
        }
        if (!intendedForUs(all.get("aud"))) {
            return new Refused(Reason.FOREIGN_AUDIENCE);
        }
        Instant now = clock.instant();
        Instant notBefore = time(all, "nbf");
        if (issuedAt.isAfter(now.plus(leeway)) || (notBefore != null && notBefore.isAfter(now.plus(leeway)))) {
            return new Refused(Reason.NOT_YET_VALID);
        }
        if (revoked.covers(subject, sessionId, issuedAt)) {
            return new Refused(Reason.REVOKED);
        }
        if (!now.isBefore(expiresAt.plus(leeway))) {
            return new Refused(Reason.EXPIRED);
        }
        Set<String> roles =
                groups.stream().map(String.class::cast).collect(java.util.stream.Collectors.toUnmodifiableSet());
        return new Accepted(new VerifiedToken(
                subject, email, roles, sessionId, issuedAt, expiresAt, time(all, Claim.SESSION_END), claims));
    }

    private boolean intendedForUs(@Nullable Object audience) {
        return switch (audience) {
            case String one -> one.equals(issuer.audience());
            case List<?> several ->
                several.stream().allMatch(String.class::isInstance) && several.contains(issuer.audience());
            case null, default -> false;
        };
    }

    private static @Nullable String text(Map<String, Object> claims, String name) {
        return claims.get(name) instanceof String text ? text : null;
    }

    private static boolean malformed(Map<String, Object> claims, String name) {
        return claims.containsKey(name) && time(claims, name) == null;
    }

    /** A whole number of seconds, exact in every language; anything else is none. */
    private static @Nullable Instant time(Map<String, Object> claims, String name) {
        return claims.get(name) instanceof Long seconds && seconds >= 0 && seconds <= MAX_EXACT
                ? Instant.ofEpochSecond(seconds)
                : null;
    }

    /**
     * RFC 7515 section 2: the URL-safe alphabet, without padding, white space or line breaks.
     *
     * <p>Security: the last character may carry bits that no byte holds; a second spelling of a token is refused.
     */
    private static boolean strict(String part) {
        return !part.isEmpty()
                && Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(Base64.getUrlDecoder().decode(part))
                        .equals(part);
    }

    private static String text(String part) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(Base64.getUrlDecoder().decode(part)))
                .toString();
    }
}
