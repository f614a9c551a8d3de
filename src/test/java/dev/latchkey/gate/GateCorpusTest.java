package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.latchkey.fixture.HostileRequest;
import dev.latchkey.fixture.HostileRequests;
import dev.latchkey.fixture.HostileRequests.Cast;
import dev.latchkey.gate.AccessRequirement.Decision;
import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.token.Authentication;
import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.VerifiedToken;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SC-005: every line of the corpus, decided by the rules themselves. */
class GateCorpusTest {

    private static final Cast CAST = new Cast(
            "019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b", "019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5c", "token-of-a", "token-of-b");
    private static final String ADMIN = "019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5d";
    private static final TokenOrigin SHOP = new TokenOrigin("shop", false, false);

    private static final GateRules RULES = new GateRules(
            new SmallRyeConfigBuilder()
                    .withMapping(GateConfig.class)
                    .withSources(new PropertiesConfigSource(HostileRequests.rules(), "the corpus", 0))
                    .build()
                    .getConfigMapping(GateConfig.class)
                    .rules(),
            List.of(SHOP));

    static List<HostileRequest> corpus() {
        return HostileRequests.all(CAST);
    }

    @Test
    void acceptsTheRulesOfTheCorpus() {
        assertEquals(List.of(), RULES.problems());
        assertEquals(11, RULES.rules().size());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("corpus")
    void decidesAsTheCorpusSays(HostileRequest request) {
        assertEquals(
                request.expected() == 200 ? "200 as " + userOf(request) : request.expected() + " " + stage(request),
                decision(request));
    }

    /** The name of the reason where the token is not verified. */
    private static String stage(HostileRequest request) {
        return switch (request.reason()) {
            case "absolute-form" -> "not-rooted";
            case "bad-token", "two-tokens" -> "no-token";
            default -> request.reason();
        };
    }

    private static String userOf(HostileRequest request) {
        VerifiedToken token = token(request);
        return token == null || token.origin().equals(SHOP) ? "nobody" : token.userId();
    }

    private static String decision(HostileRequest request) {
        return switch (CanonicalPath.read(request.target())) {
            case CanonicalPath.Ambiguous(CanonicalPath.Reason reason) -> "403 " + word(reason);
            case CanonicalPath.Canonical path -> {
                Optional<AccessRule> rule = RULES.rules().find(request.method(), path.segments());
                yield rule.isEmpty()
                        ? "403 no-rule"
                        : switch (rule.get().decide(path.segments(), token(request))) {
                            case Decision.Granted(@Nullable VerifiedToken caller) ->
                                "200 as " + (caller == null ? "nobody" : caller.userId());
                            case Decision.NoToken _ -> "401 no-token";
                            case Decision.NotOwner _ -> "403 other-user";
                            case Decision.NoRole _ -> "403 not-role";
                            case Decision.OtherIssuer _ -> "403 foreign-issuer";
                        };
            }
        };
    }

    private static String word(CanonicalPath.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The verified token of the request: a token that the verifier refuses is none. */
    private static @Nullable VerifiedToken token(HostileRequest request) {
        if (!request.hasGoodToken()) {
            return null;
        }
        return switch (request.token()) {
            case A, LOWER -> token(TokenOrigin.ourselves(), CAST.a(), Set.of());
            case B -> token(TokenOrigin.ourselves(), CAST.b(), Set.of());
            case ADMIN -> token(TokenOrigin.ourselves(), ADMIN, Set.of("admin"));
            case FOREIGN -> token(SHOP, CAST.b(), Set.of("admin"));
            case NONE, GARBAGE, EXPIRED, ALTERED, REVOKED, DISAGREEING, TWO, BASIC, QUERY ->
                throw new AssertionError(request);
        };
    }

    private static VerifiedToken token(TokenOrigin origin, String user, Set<String> roles) {
        return new VerifiedToken(
                origin,
                user,
                "",
                false,
                roles,
                null,
                null,
                Authentication.unknown(),
                Instant.EPOCH,
                null,
                Instant.MAX,
                null,
                Map.of());
    }
}
