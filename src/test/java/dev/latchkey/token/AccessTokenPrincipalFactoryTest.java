package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.jwt.auth.principal.JWTAuthContextInfo;
import io.smallrye.jwt.auth.principal.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.junit.jupiter.api.Test;

/** FR-018: what {@code JsonWebToken} says to routes, in the types of MicroProfile JWT, of a token of ours and of another issuer. */
class AccessTokenPrincipalFactoryTest {

    private static final long SECOND = TestIssuer.NOW.getEpochSecond();
    private static final List<TestIssuer> ISSUERS = TestIssuer.all();

    @Test
    void hasTheClaimsOfOurToken() throws ParseException {
        TestIssuer ours = issuer("ours EDDSA");
        String raw = token(ours, Map.of("groups", "[\"user\",\"admin\"]", "x_number", "7", "x_list", "[1,\"a\"]"));

        JsonWebToken token = parsed(ours, raw);

        assertEquals("user-1", token.getSubject());
        assertEquals("user-1", token.getName());
        assertEquals(TestTokenConfig.ORIGIN, token.getIssuer());
        assertEquals(Set.of(TestTokenConfig.ORIGIN), token.getAudience());
        assertEquals(Set.of("user", "admin"), token.getGroups());
        assertEquals(SECOND + 900, token.getExpirationTime());
        assertEquals(SECOND, token.getIssuedAtTime());
        assertEquals("token-1", token.getTokenID());
        assertEquals(raw, token.getRawToken());
        assertEquals(raw, token.getClaim("raw_token"));
        assertEquals(SECOND, token.<Long>getClaim("auth_time"));
        assertEquals(SECOND, token.<Long>getClaim("nbf"));
        assertEquals("user-1", token.getClaim("user_id"));
        assertEquals("session-1", token.getClaim("sid"));
        assertEquals(true, token.getClaim("email_verified"));
        assertEquals(List.of("pwd"), token.getClaim("amr"));
        assertEquals(7, token.<Number>getClaim("x_number").intValue());
        assertEquals("a", token.<List<?>>getClaim("x_list").getLast());
        assertTrue(token.containsClaim("sid"));
        assertTrue(token.getClaimNames().containsAll(Set.of("iss", "sub", "raw_token", "x_list")));
    }

    @Test
    void hasNothingForWhatOurTokenLacks() throws ParseException {
        TestIssuer ours = issuer("ours HS256");
        Map<String, String> claims = new LinkedHashMap<>(ours.claims());
        claims.keySet().removeAll(Set.of("groups", "aud", "auth_time"));

        JsonWebToken token = parsed(ours, ours.signed(TestIssuer.json(ours.header()), TestIssuer.json(claims)));

        assertEquals(Set.of(), token.getGroups());
        assertNull(token.getAudience());
        assertEquals(0L, token.<Long>getClaim("auth_time"));
        assertNull(token.getClaim("nothing"));
        assertFalse(token.containsClaim("aud"));
    }

    @Test
    void hasSeveralAudiences() throws ParseException {
        TestIssuer ours = issuer("ours EDDSA");
        String both = "[\"" + TestTokenConfig.ORIGIN + "\",\"https://shop.example.com\"]";
        assertEquals(
                Set.of(TestTokenConfig.ORIGIN, "https://shop.example.com"),
                parsed(ours, token(ours, Map.of("aud", both))).getAudience());
    }

    // Security: another issuer's roles open nothing here, it knows no session and no user of ours, and says nothing of
    // sign-ins.
    @Test
    void hasNoneOfAnotherIssuersClaimsThatWouldMeanSomethingHere() throws ParseException {
        TestIssuer partner = issuer("partner HS256");
        JsonWebToken token = parsed(
                partner,
                token(
                        partner,
                        Map.of(
                                "groups", "[\"admin\"]",
                                "sid", "\"session-1\"",
                                "auth_time", "" + SECOND,
                                "amr", "[\"mfa\"]",
                                "email_verified", "\"true\"")));

        assertEquals(Set.of(), token.getGroups());
        for (String claim : List.of("groups", "sid", "user_id", "auth_time", "amr")) {
            assertFalse(token.getClaimNames().contains(claim), claim);
        }
        assertNull(token.getClaim("sid"));
        assertNull(token.getClaim("user_id"));
        assertEquals(0L, token.<Long>getClaim("auth_time"));
        assertEquals(false, token.getClaim("email_verified"));
        assertEquals("user-7", token.getSubject());
        assertEquals("Ada", token.getClaim("name"));
    }

    @Test
    void refusesWhatTheVerifierRefuses() {
        TestIssuer ours = issuer("ours EDDSA");
        String expired = token(ours, Map.of("exp", "" + (SECOND - 900)));
        assertThrows(InvalidTokenException.class, () -> parsed(ours, expired));
        assertThrows(InvalidTokenException.class, () -> parsed(ours, "no token"));
    }

    private static JsonWebToken parsed(TestIssuer issuer, String raw) throws ParseException {
        return new AccessTokenPrincipalFactory(issuer.verifier()).parse(raw, new JWTAuthContextInfo());
    }

    private static String token(TestIssuer issuer, Map<String, String> more) {
        Map<String, String> claims = new LinkedHashMap<>(issuer.claims());
        claims.putAll(more);
        return issuer.signed(TestIssuer.json(issuer.header()), TestIssuer.json(claims));
    }

    private static TestIssuer issuer(String name) {
        return ISSUERS.stream()
                .filter(each -> each.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow();
    }
}
