package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.latchkey.gate.AccessRequirement.Allow;
import dev.latchkey.gate.AccessRequirement.Decision;
import dev.latchkey.token.Authentication;
import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.VerifiedToken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRequirementTest {

    private static final Allow OWNER = new Allow.Owner("user_id");
    private static final Allow ADMIN = new Allow.Role("admin");

    private static VerifiedToken token(TokenOrigin origin) {
        return new VerifiedToken(
                origin,
                "42",
                "",
                false,
                Set.of("admin"),
                null,
                null,
                Authentication.unknown(),
                Instant.EPOCH,
                null,
                Instant.MAX,
                null,
                Map.of());
    }

    private static Decision decide(AccessRequirement requirement, TokenOrigin origin) {
        return requirement.decide(token(origin), parameter -> List.of("42"));
    }

    /** Security: the users and roles of another issuer are its own, whatever its name is. */
    @ParameterizedTest
    @ValueSource(strings = {"partner", "latchkey"})
    void refusesUsersOfAnotherIssuer(String name) {
        TokenOrigin foreign = new TokenOrigin(name, false, false);
        for (Allow allow : List.of(OWNER, ADMIN, new Allow.Authenticated())) {
            assertInstanceOf(Decision.OtherIssuer.class, decide(AccessRequirement.ofOurUsers(allow), foreign));
        }
        assertEquals(new Decision.Granted(null), decide(AccessRequirement.ofOurUsers(new Allow.Everyone()), foreign));
    }

    @ParameterizedTest
    @ValueSource(strings = {"partner", "latchkey"})
    void acceptsSharedUsersButNotTheirRoles(String name) {
        TokenOrigin sharing = new TokenOrigin(name, false, true);
        assertInstanceOf(Decision.Granted.class, decide(AccessRequirement.ofOurUsers(OWNER), sharing));
        assertEquals(new Decision.NoRole("admin"), decide(AccessRequirement.ofOurUsers(ADMIN), sharing));
        assertEquals(
                List.of(),
                GateDecision.Identity.of(token(sharing), AccessRequirement.ofOurUsers(OWNER), false)
                        .roles());
    }

    @Test
    void acceptsUsersAndRolesOfTheNamedIssuer() {
        TokenOrigin partner = new TokenOrigin("partner", false, false);
        assertInstanceOf(Decision.Granted.class, decide(new AccessRequirement(OWNER, "partner"), partner));
        assertInstanceOf(Decision.Granted.class, decide(new AccessRequirement(ADMIN, "partner"), partner));
        assertEquals(
                new Decision.OtherIssuer("partner"),
                decide(new AccessRequirement(OWNER, "partner"), TokenOrigin.ourselves()));
        assertEquals(
                new Decision.OtherIssuer("partner"),
                decide(new AccessRequirement(OWNER, "partner"), new TokenOrigin("other", false, false)));
    }

    @Test
    void acceptsOurOwnUsersAndRoles() {
        assertInstanceOf(Decision.Granted.class, decide(AccessRequirement.ofOurUsers(OWNER), TokenOrigin.ourselves()));
        assertInstanceOf(Decision.Granted.class, decide(AccessRequirement.ofOurUsers(ADMIN), TokenOrigin.ourselves()));
        assertEquals(
                List.of("admin"),
                GateDecision.Identity.of(token(TokenOrigin.ourselves()), AccessRequirement.ofOurUsers(OWNER), false)
                        .roles());
    }
}
