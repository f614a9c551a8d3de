package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The authority of the tokens that this service mints. */
record OwnTokens(SigningKeys keys, Issuer issuer) implements TokenAuthority {

    private static final TokenOrigin OURS = TokenOrigin.ourselves();

    /** The times that a token need not have. */
    private static final List<String> TIMES =
            List.of("nbf", Claim.AUTH_TIME, Claim.SESSION_REFRESHED, Claim.SESSION_IDLE_END, Claim.SESSION_END);

    /** RFC 9068 section 4: the type tells an access token from all other tokens that a key of ours may sign. */
    @Override
    public boolean acceptsHeader(Map<String, Object> header) {
        return Claim.TYPE.equals(header.get("typ"));
    }

    @Override
    public List<VerificationKey> keys(Algorithm algorithm, @Nullable String keyId) {
        return keys.candidates(algorithm, keyId);
    }

    @Override
    public VerificationResult readClaims(Map<String, Object> all) {
        Claims claims = new Claims(all);
        String userId = claims.text("sub");
        if (userId == null || !userId.equals(claims.text(Claim.USER_ID))) {
            return new Refused(Reason.NO_USER);
        }
        String sessionId = claims.text(Claim.SESSION_ID);
        Instant issuedAt = claims.time("iat");
        Instant expiresAt = claims.time("exp");
        Optional<Set<String>> groups = claims.texts(Claim.GROUPS);
        Optional<Set<String>> methods = claims.texts(Claim.AMR);
        if (sessionId == null
                || claims.text("jti") == null
                || issuedAt == null
                || expiresAt == null
                || TIMES.stream().anyMatch(claims::hasMalformedTime)
                || claims.hasMalformedNumber(Claim.TOKEN_VERSION)
                || !(all.getOrDefault(Claim.EMAIL, "") instanceof String email)
                || !(all.getOrDefault(Claim.EMAIL_VERIFIED, false) instanceof Boolean emailVerified)
                || methods.isEmpty()
                || groups.isEmpty()) {
            return new Refused(Reason.BAD_CLAIMS);
        }
        if (!issuer.name().equals(all.get("iss"))) {
            return new Refused(Reason.FOREIGN_ISSUER);
        }
        if (!issuer.isAudience(claims)) {
            return new Refused(Reason.FOREIGN_AUDIENCE);
        }
        return new Accepted(new VerifiedToken(
                OURS,
                userId,
                email,
                emailVerified,
                groups.get(),
                sessionId,
                claims.number(Claim.TOKEN_VERSION),
                new Authentication(claims.time(Claim.AUTH_TIME), methods.get()),
                issuedAt,
                claims.time("nbf"),
                expiresAt,
                sessionTimes(claims),
                all));
    }

    private static @Nullable SessionTimes sessionTimes(Claims claims) {
        Instant refreshedAt = claims.time(Claim.SESSION_REFRESHED);
        Instant idleEnd = claims.time(Claim.SESSION_IDLE_END);
        Instant end = claims.time(Claim.SESSION_END);
        return refreshedAt == null || idleEnd == null || end == null
                ? null
                : new SessionTimes(refreshedAt, idleEnd, end);
    }
}
