package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FR-010, FR-011, FR-016: every algorithm there is works in the artefact, and a backend can verify what it signs. */
@Tag("either-package")
class AlgorithmsIT {

    private static final String ISSUER = "http://localhost";
    private static final String OUR_COSTS = "$argon2id$v=19$m=19456,t=2,p=1$";
    private static final String PREVIOUS = "the one before it, which is long enough as well";
    private static final String SHARED = "shared with every backend, 32 bytes at least: \u00e9";

    @ParameterizedTest
    @CsvSource({"EdDSA, OKP", "ES256, EC", "RS256, RSA", "PS256, RSA"})
    void signsWithAKeyPairThatItPublishes(String algorithm, String keyType) throws Exception {
        try (Packaged service = started(Map.of("LATCHKEY_KEY_ALGORITHM", algorithm))) {
            Person ada = Person.signedUp();
            ada.bearing().get(ada.own("")).then().statusCode(200);
            altered(ada).get(ada.own("")).then().statusCode(401);

            JsonWebKeySet published =
                    new JsonWebKeySet(given().get("/.well-known/jwks.json").asString());
            assertEquals(1, published.getJsonWebKeys().size());
            JsonWebKey key = published.getJsonWebKeys().getFirst();
            assertEquals(keyType, key.getKeyType());
            assertEquals(algorithm, key.getAlgorithm());
            for (String secret : List.of("d", "p", "q", "dp", "dq", "qi", "k")) {
                assertFalse(
                        key.toParams(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE)
                                .containsKey(secret),
                        secret);
            }

            JwtContext read = backend(algorithm)
                    .setVerificationKeyResolver(new JwksVerificationKeyResolver(published.getJsonWebKeys()))
                    .build()
                    .process(ada.accessToken());
            assertEquals(key.getKeyId(), read.getJoseObjects().getFirst().getKeyIdHeaderValue());
            verifyClaims(ada, read.getJwtClaims());
        }
    }

    /** With a shared secret, and the one before it, which still verifies. */
    @Nested
    class SharedSecret {

        private static Packaged service;

        @BeforeAll
        static void start() {
            service = started(Map.of("LATCHKEY_JWT_SECRET", SHARED, "LATCHKEY_JWT_SECRET_PREVIOUS", PREVIOUS));
        }

        @AfterAll
        static void stop() {
            service.close();
        }

        @Test
        void signs() throws Exception {
            Person ada = Person.signedUp();
            ada.bearing().get(ada.own("")).then().statusCode(200);
            altered(ada).get(ada.own("")).then().statusCode(401);

            JwtConsumer backend =
                    backend("HS256").setVerificationKey(secret(SHARED)).build();
            verifyClaims(ada, backend.process(ada.accessToken()).getJwtClaims());
            for (String wrong : List.of(PREVIOUS, SHARED + "!")) {
                JwtConsumer foreign =
                        backend("HS256").setVerificationKey(secret(wrong)).build();
                assertThrows(InvalidJwtException.class, () -> foreign.process(ada.accessToken()));
            }
        }

        @Test
        void isNotPublished() {
            assertEquals(List.of(), given().get("/api/auth/jwks").path("keys"));
            assertEquals(List.of(), given().get("/.well-known/jwks.json").path("keys"));
        }

        /** FR-017, FR-027, SC-004: a holder of the secret can sign; what is signed must be right all the same. */
        @Test
        void rightKeyDoesNotExcuseWrongClaims() throws Exception {
            Person ada = Person.signedUp();
            bearing(signed(claimsOf(ada), SHARED)).get(ada.own("")).then().statusCode(200);

            JwtClaims expired = claimsOf(ada);
            expired.setExpirationTime(NumericDate.fromSeconds(NumericDate.now().getValue() - 60));
            refused("TOKEN_EXPIRED", signed(expired, SHARED), ada);
            JwtClaims anonymous = claimsOf(ada);
            anonymous.unsetClaim("user_id");
            refused("INVALID_TOKEN", signed(anonymous, SHARED), ada);
            JwtClaims twoUsers = claimsOf(ada);
            twoUsers.setSubject("somebody-else");
            refused("INVALID_TOKEN", signed(twoUsers, SHARED), ada);
            JwtClaims foreign = claimsOf(ada);
            foreign.setIssuer("https://elsewhere.example");
            refused("INVALID_TOKEN", signed(foreign, SHARED), ada);
            refused("INVALID_TOKEN", signed(claimsOf(ada), SHARED + "!"), ada);
            refused("INVALID_TOKEN", unsigned(claimsOf(ada)), ada);
        }

        /** "The shared secret is rotated": old and new both verify. */
        @Test
        void verifiesTokensOfThePreviousAlgorithm() throws Exception {
            Person ada = Person.signedUp();

            bearing(signed(claimsOf(ada), PREVIOUS)).get(ada.own("")).then().statusCode(200);
        }
    }

    /** FR-012, FR-017 */
    @Test
    void refusesATokenThatHasExpired() {
        try (Packaged service =
                started(Map.of("LATCHKEY_TOKEN_ACCESS_LIFETIME", "3s", "LATCHKEY_TOKEN_LEEWAY", "0s"))) {
            Person ada = Person.signedUp();

            Eventually.holds(
                    "the token has expired",
                    () -> "TOKEN_EXPIRED".equals(ada.bearing().get(ada.own("")).path("code")));

            Person refreshed = ada.with(Person.refresh(ada.refreshToken()));
            assertNotEquals(ada.accessToken(), refreshed.accessToken());
        }
    }

    /** FR-005: what was hashed with other parameters is verified, and hashed anew at the next sign-in. */
    @Test
    void verifiesPasswordsThatWereHashedWithOtherParameters() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        try (Packaged service = Packaged.ready(database, Map.of()).addressed()) {
            // The last is the most that the heap of the executable has room for.
            for (int[] costs : new int[][] {{8192, 1, 1}, {7168, 5, 1}, {32768, 3, 4}}) {
                Person ada = Person.signedUp();
                assertTrue(storedHash(database, ada).startsWith(OUR_COSTS));
                String foreign = phc(ada.password(), costs[0], costs[1], costs[2]);
                store(database, ada, foreign);

                Person.signIn(ada.email(), "another password").then().statusCode(401);
                assertEquals(foreign, storedHash(database, ada));
                Person.signIn(ada.email(), ada.password()).then().statusCode(200);
                // A stronger hash is not replaced by a weaker one.
                String expected = costs[0] > 19_456 ? foreign : OUR_COSTS;
                assertTrue(storedHash(database, ada).startsWith(expected));
                Person.signIn(ada.email(), ada.password()).then().statusCode(200);
            }
        }
    }

    private static Packaged started(Map<String, String> more) {
        return Packaged.ready(EmbeddedDatabaseResource.emptyDatabase(), more).addressed();
    }

    /** A backend that knows our issuer, with a key pair our audience, and the one algorithm, and nothing else about us. */
    private static JwtConsumerBuilder backend(String algorithm) {
        JwtConsumerBuilder backend = new JwtConsumerBuilder();
        if (!algorithm.equals("HS256")) {
            // Without this line an audience is refused: who shares the secret is the audience.
            backend.setExpectedAudience(ISSUER);
        }
        return backend.setExpectedIssuer(ISSUER)
                .setExpectedType(true, "at+jwt")
                .setRequireExpirationTime()
                .setRequireIssuedAt()
                .setRequireJwtId()
                .setRequireSubject()
                .setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, algorithm);
    }

    private static void verifyClaims(Person ada, JwtClaims claims) throws Exception {
        assertEquals(ada.id(), claims.getSubject());
        assertEquals(ada.id(), claims.getStringClaimValue("user_id"));
        assertEquals(ada.email(), claims.getStringClaimValue("email"));
        assertEquals(ada.sessionId(), claims.getStringClaimValue("sid"));
        assertEquals(List.of(), claims.getStringListClaimValue("groups"));
        assertEquals(
                15 * 60,
                claims.getExpirationTime().getValue() - claims.getIssuedAt().getValue());
    }

    private static JwtClaims claimsOf(Person person) throws Exception {
        String payload = person.accessToken().split("\\.")[1];
        return JwtClaims.parse(new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8));
    }

    private static String signed(JwtClaims claims, String secret) throws Exception {
        JsonWebSignature jws = new JsonWebSignature();
        jws.setAlgorithmHeaderValue("HS256");
        jws.setHeader("typ", "at+jwt");
        jws.setPayload(claims.toJson());
        jws.setKey(secret(secret));
        return jws.getCompactSerialization();
    }

    private static String unsigned(JwtClaims claims) {
        return base64("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + base64(claims.toJson()) + ".";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Key secret(String text) {
        return new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    private static void refused(String code, String token, Person person) {
        assertEquals(
                code,
                bearing(token)
                        .get(person.own(""))
                        .then()
                        .statusCode(401)
                        .extract()
                        .path("code"));
    }

    /** The person's token with one character of its signature changed. */
    private static RequestSpecification altered(Person person) {
        String token = person.accessToken();
        int middle = (token.lastIndexOf('.') + token.length()) / 2;
        char replacement = token.charAt(middle) == 'A' ? 'B' : 'A';
        return bearing(token.substring(0, middle) + replacement + token.substring(middle + 1));
    }

    private static RequestSpecification bearing(String token) {
        return given().header("Authorization", "Bearer " + token);
    }

    private static String phc(String password, int memory, int passes, int lanes) {
        byte[] salt = "sixteen bytes!!!".getBytes(StandardCharsets.UTF_8);
        byte[] tag = new byte[32];
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memory)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), tag);
        Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(memory, passes, lanes, encoder.encodeToString(salt), encoder.encodeToString(tag));
    }

    private static String storedHash(EmbeddedDatabase database, Person person) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement query =
                        connection.prepareStatement("select secret from credentials where user_id = ?")) {
            query.setString(1, person.id());
            try (ResultSet rows = query.executeQuery()) {
                assertTrue(rows.next());
                return rows.getString(1);
            }
        }
    }

    private static void store(EmbeddedDatabase database, Person person, String hash) throws SQLException {
        try (Connection connection = database.connect();
                PreparedStatement change =
                        connection.prepareStatement("update credentials set secret = ? where user_id = ?")) {
            change.setString(1, hash);
            change.setString(2, person.id());
            assertEquals(1, change.executeUpdate());
        }
    }
}
