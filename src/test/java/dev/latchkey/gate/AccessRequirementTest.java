package dev.latchkey.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

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

    private static final Requirement OWNER = new Requirement.Owner("user_id");
    private static final Requirement ADMIN = new Requirement.Role("admin");

    private static VerifiedToken token(TokenOrigin origin) {
        return new VerifiedToken(
                origin, "42", "", Set.of("admin"), null, Instant.EPOCH, null, Instant.MAX, null, Map.of());
    }

    private static AccessDecision judged(AccessRequirement demand, TokenOrigin origin) {
        return demand.judge(token(origin), parameter -> List.of("42"));
    }

    /** Security: whatever an issuer is called, its users and roles are its own. */
    @ParameterizedTest
    @ValueSource(strings = {"partner", "latchkey"})
    void takesAnotherIssuersUsersForNoneOfOurs(String name) {
        TokenOrigin foreign = new TokenOrigin(name, false, false);
        for (Requirement allow : List.of(OWNER, ADMIN, new Requirement.Authenticated())) {
            assertInstanceOf(AccessDecision.OtherIssuer.class, judged(AccessRequirement.ours(allow), foreign));
        }
        assertEquals(
                new AccessDecision.Granted(null), judged(AccessRequirement.ours(new Requirement.Everybody()), foreign));
    }

    @ParameterizedTest
    @ValueSource(strings = {"partner", "latchkey"})
    void takesUsersThatAreSharedForOursButNotTheirRoles(String name) {
        TokenOrigin sharing = new TokenOrigin(name, false, true);
        assertInstanceOf(AccessDecision.Granted.class, judged(AccessRequirement.ours(OWNER), sharing));
        assertEquals(new AccessDecision.NoRole("admin"), judged(AccessRequirement.ours(ADMIN), sharing));
        assertEquals(
                List.of(),
                Identity.of(token(sharing), AccessRequirement.ours(OWNER)).roles());
    }

    @Test
    void takesUsersAndRolesOfTheIssuerThatIsNamed() {
        TokenOrigin partner = new TokenOrigin("partner", false, false);
        assertInstanceOf(AccessDecision.Granted.class, judged(new AccessRequirement(OWNER, "partner"), partner));
        assertInstanceOf(AccessDecision.Granted.class, judged(new AccessRequirement(ADMIN, "partner"), partner));
        assertEquals(
                new AccessDecision.OtherIssuer("partner"),
                judged(new AccessRequirement(OWNER, "partner"), TokenOrigin.ourselves()));
        assertEquals(
                new AccessDecision.OtherIssuer("partner"),
                judged(new AccessRequirement(OWNER, "partner"), new TokenOrigin("other", false, false)));
    }

    @Test
    void takesOurs() {
        assertInstanceOf(AccessDecision.Granted.class, judged(AccessRequirement.ours(OWNER), TokenOrigin.ourselves()));
        assertInstanceOf(AccessDecision.Granted.class, judged(AccessRequirement.ours(ADMIN), TokenOrigin.ourselves()));
        assertEquals(
                List.of("admin"),
                Identity.of(token(TokenOrigin.ourselves()), AccessRequirement.ours(OWNER))
                        .roles());
    }
}
