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

class DemandTest {

    private static final Allow OWNER = new Allow.Owner("user_id");
    private static final Allow ADMIN = new Allow.Role("admin");

    private static VerifiedToken token(TokenOrigin origin) {
        return new VerifiedToken(
                origin, "42", "", Set.of("admin"), null, Instant.EPOCH, null, Instant.MAX, null, Map.of());
    }

    private static Access judged(Demand demand, TokenOrigin origin) {
        return demand.judge(token(origin), parameter -> List.of("42"));
    }

    /** Security: whatever an issuer is called, its users and roles are its own. */
    @ParameterizedTest
    @ValueSource(strings = {"partner", "latchkey"})
    void takesAnotherIssuersUsersForNoneOfOurs(String name) {
        TokenOrigin foreign = new TokenOrigin(name, false, false);
        for (Allow allow : List.of(OWNER, ADMIN, new Allow.Authenticated())) {
            assertInstanceOf(Access.OtherIssuer.class, judged(Demand.ours(allow), foreign));
        }
        assertEquals(new Access.Granted(null), judged(Demand.ours(new Allow.Everybody()), foreign));
    }

    @ParameterizedTest
    @ValueSource(strings = {"partner", "latchkey"})
    void takesUsersThatAreSharedForOursButNotTheirRoles(String name) {
        TokenOrigin sharing = new TokenOrigin(name, false, true);
        assertInstanceOf(Access.Granted.class, judged(Demand.ours(OWNER), sharing));
        assertEquals(new Access.NoRole("admin"), judged(Demand.ours(ADMIN), sharing));
        assertEquals(List.of(), Identity.of(token(sharing), Demand.ours(OWNER)).roles());
    }

    @Test
    void takesUsersAndRolesOfTheIssuerThatIsNamed() {
        TokenOrigin partner = new TokenOrigin("partner", false, false);
        assertInstanceOf(Access.Granted.class, judged(new Demand(OWNER, "partner"), partner));
        assertInstanceOf(Access.Granted.class, judged(new Demand(ADMIN, "partner"), partner));
        assertEquals(new Access.OtherIssuer("partner"), judged(new Demand(OWNER, "partner"), TokenOrigin.ourselves()));
        assertEquals(
                new Access.OtherIssuer("partner"),
                judged(new Demand(OWNER, "partner"), new TokenOrigin("other", false, false)));
    }

    @Test
    void takesOurs() {
        assertInstanceOf(Access.Granted.class, judged(Demand.ours(OWNER), TokenOrigin.ourselves()));
        assertInstanceOf(Access.Granted.class, judged(Demand.ours(ADMIN), TokenOrigin.ourselves()));
        assertEquals(
                List.of("admin"),
                Identity.of(token(TokenOrigin.ourselves()), Demand.ours(OWNER)).roles());
    }
}
