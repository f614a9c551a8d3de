package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.latchkey.fixture.TestHttp;
import dev.latchkey.key.Algorithm;
import dev.latchkey.key.KeyId;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.platform.ops.BackgroundThreads;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The vectors of the Wycheproof project through the real verifier: each one's keys belong to an issuer that is trusted, and
 * what is asked is whether the verifier finds that they signed its token. The vectors stand outside of this repository.
 */
class WycheproofTest {

    private static final Path FOLDER =
            Path.of(System.getProperty("vectors.directory", "../shared/vectors"), "wycheproof");
    private static final String SIGNATURES = "json_web_signature_test.json";
    private static final String KEY_SETS = "json_web_key_test.json";
    private static final String ED25519 = "ed25519_test.json";
    private static final Set<Algorithm> PUBLISHED = EnumSet.complementOf(EnumSet.of(Algorithm.HS256));

    private static final String EMPTY = "its payload is empty: a token of ours says something";
    private static final String ALGORITHM = "an algorithm that is not in force";
    private static final String OTHER_ALGORITHM = "the key is for another algorithm than the token";
    private static final String NO_BASE64 = "a character that is no base64url";

    /** What is valid and yet not accepted, and why. */
    private static final Map<Integer, String> VALID_SIGNATURES_REFUSED = table(Map.of(
            EMPTY,
            List.of(259, 272),
            ALGORITHM,
            List.of(264, 265, 266, 267, 268, 269, 270, 271, 320, 321, 322, 323, 325, 326, 327, 328),
            "ES512, which is not in force",
            List.of(347, 351),
            OTHER_ALGORITHM,
            List.of(346, 350),
            NO_BASE64,
            List.of(372, 373)));

    /** Called invalid for a padding that the file has lost: letter by letter they are the valid vector that they name. */
    private static final Map<Integer, Integer> MISLABELLED = Map.of(367, 357, 370, 357);

    private static final Map<Integer, String> VALID_KEY_SETS_REFUSED = table(Map.of(ALGORITHM, List.of(14, 15)));

    /** Sets of which no key may be used at all, so that it does not matter what is signed with them. */
    private static final Set<Integer> UNUSABLE_KEYS =
            Set.of(4, 6, 7, 8, 9, 10, 11, 12, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26);

    private static final Map<String, Tally> TALLIES = new TreeMap<>();

    /** One test of a file, with the group that it stands in. */
    record Vector(int id, String comment, JsonNode test, JsonNode group) {

        /** Where there are no vectors one stands for all of them, so that what was left out can be seen. */
        static final Vector MISSING = new Vector(0, "vectors are missing", MissingNode.getInstance(), missing());

        boolean valid() {
            return "valid".equals(test.path("result").asText());
        }

        boolean mislabelled() {
            return group.path("comment").asText().equals("base64") && MISLABELLED.containsKey(id);
        }

        String token() {
            JsonNode jws = test.path("jws");
            // The JSON serialisation is handed over as the text that it is.
            return jws.isTextual() ? jws.asText() : jws.toString();
        }

        private static JsonNode missing() {
            return MissingNode.getInstance();
        }

        @Override
        public String toString() {
            return "%d %s %s".formatted(id, comment, test.path("result").asText());
        }
    }

    /** What became of the vectors of a file. */
    private static final class Tally {
        private int accepted;
        private int refused;
        private final Set<Integer> mislabelled = new TreeSet<>();
        private final Map<String, Set<Integer>> exceptions = new TreeMap<>();

        @Override
        public String toString() {
            String summary = "%d run, %d accepted, %d refused".formatted(accepted + refused, accepted, refused);
            if (!mislabelled.isEmpty()) {
                summary += "; called invalid, but the text of a valid one: " + mislabelled;
            }
            return exceptions.isEmpty()
                    ? summary
                    : summary + "; valid and yet refused: "
                            + exceptions.entrySet().stream()
                                    .map(each -> each.getValue() + " " + each.getKey())
                                    .collect(Collectors.joining("; "));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void signatures(Vector vector) throws Exception {
        assumePresent();
        JsonNode published = vector.group().path("public");
        List<TrustedIssuer> issuers = published.isMissingNode()
                ? configured(List.of(vector.group().path("private")))
                : published(List.of(published));
        check(SIGNATURES, vector, issuers, VALID_SIGNATURES_REFUSED);
    }

    static Stream<Vector> signatures() {
        return vectors(SIGNATURES);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void keySets(Vector vector) throws Exception {
        assumePresent();
        JsonNode published = vector.group().path("public");
        List<JsonNode> keys =
                list((published.isMissingNode() ? vector.group().path("private") : published).path("keys"));
        boolean secrets =
                keys.stream().allMatch(key -> "oct".equals(key.path("kty").asText()));
        List<TrustedIssuer> issuers = secrets ? configured(keys) : published(keys);
        if (UNUSABLE_KEYS.contains(vector.id())) {
            assertEquals(List.of(), issuers, "no key of this set may be used");
        }
        check(KEY_SETS, vector, issuers, VALID_KEY_SETS_REFUSED);
    }

    static Stream<Vector> keySets() {
        return vectors(KEY_SETS);
    }

    // The raw signatures are over any message, so the primitive that the verifier uses is asked. As a token's signature
    // none of them is good, for they are over something else.
    @ParameterizedTest(name = "{0}")
    @MethodSource
    void ed25519(Vector vector) throws Exception {
        assumePresent();
        JsonNode jwk = vector.group().path("publicKeyJwk");
        List<VerificationKey> keys = read(List.of(jwk));
        byte[] message = HexFormat.of().parseHex(vector.test().path("msg").asText());
        byte[] signature = HexFormat.of().parseHex(vector.test().path("sig").asText());
        boolean accepted = keys.stream().anyMatch(key -> Signatures.isBy(key, message, signature));
        count(ED25519, vector, accepted, Map.of());
        assertEquals(vector.valid(), accepted, vector::toString);

        String header =
                "{\"alg\":\"EdDSA\",\"kid\":\"%s\"}".formatted(jwk.path("kid").asText());
        String token = RawTokens.part(header) + "." + RawTokens.part(message) + "." + RawTokens.part(signature);
        assertFalse(TestVerifiers.hasValidSignature(TestVerifiers.trusting(List.of(TestVerifiers.issuer("raw", keys)))
                .verify(token)));
    }

    static Stream<Vector> ed25519() {
        return vectors(ED25519);
    }

    @Test
    void everyVectorIsRead() {
        assumePresent();
        for (String file : List.of(SIGNATURES, KEY_SETS, ED25519)) {
            assertEquals(json(file).path("numberOfTests").asInt(), vectors(file).count(), file);
        }
    }

    @Test
    void everyExceptionIsListedAsValid() {
        assumePresent();
        assertTrue(valid(SIGNATURES).containsAll(VALID_SIGNATURES_REFUSED.keySet()));
        assertTrue(valid(KEY_SETS).containsAll(VALID_KEY_SETS_REFUSED.keySet()));
    }

    @Test
    void mislabelledVectorEqualsValidOneAndPaddingIsRefused() {
        assumePresent();
        Map<Integer, Vector> all = vectors(SIGNATURES).collect(Collectors.toMap(Vector::id, vector -> vector));
        MISLABELLED.forEach((invalid, valid) -> {
            assertTrue(all.get(invalid).mislabelled());
            assertTrue(all.get(valid).valid());
            assertEquals(all.get(valid).token(), all.get(invalid).token());
            AccessTokenVerifier verifier = TestVerifiers.trusting(
                    configured(List.of(all.get(valid).group().path("private"))));
            String[] parts = all.get(valid).token().split("\\.", -1);
            for (String padded : List.of(
                    parts[0] + "=." + parts[1] + "." + parts[2],
                    parts[0] + "." + parts[1] + "==." + parts[2],
                    parts[0] + "." + parts[1] + "." + parts[2] + "=")) {
                assertEquals(new Refused(Reason.MALFORMED), verifier.verify(padded), padded);
            }
        });
    }

    @AfterAll
    static void tell() {
        TALLIES.forEach((file, tally) -> System.out.println("Wycheproof " + file + ": " + tally));
    }

    private static void check(
            String file, Vector vector, List<TrustedIssuer> issuers, Map<Integer, String> validAndRefused) {
        boolean accepted =
                TestVerifiers.hasValidSignature(TestVerifiers.trusting(issuers).verify(vector.token()));
        count(file, vector, accepted, validAndRefused);
        boolean due = vector.mislabelled() || (vector.valid() && !validAndRefused.containsKey(vector.id()));
        assertEquals(due, accepted, vector::toString);
    }

    private static void count(String file, Vector vector, boolean accepted, Map<Integer, String> validAndRefused) {
        Tally tally = TALLIES.computeIfAbsent(file, name -> new Tally());
        if (accepted) {
            tally.accepted++;
        } else {
            tally.refused++;
        }
        if (!vector.valid() && accepted) {
            tally.mislabelled.add(vector.id());
        }
        if (vector.valid() && !accepted) {
            tally.exceptions
                    .computeIfAbsent(validAndRefused.getOrDefault(vector.id(), "UNEXPECTED"), why -> new TreeSet<>())
                    .add(vector.id());
        }
    }

    /** One issuer with the keys that it publishes; none if no key of the set may be used. */
    private static List<TrustedIssuer> published(List<JsonNode> keys) throws JoseException {
        List<VerificationKey> usable = read(keys);
        return usable.isEmpty() ? List.of() : List.of(TestVerifiers.issuer("published", usable));
    }

    private static List<VerificationKey> read(List<JsonNode> keys) throws JoseException {
        return JwksParser.read("{\"keys\":" + keys + "}", PUBLISHED);
    }

    /** One issuer for each secret, as the settings have it; none if the settings cannot be so. */
    private static List<TrustedIssuer> configured(List<JsonNode> keys) {
        Map<String, List<JsonNode>> byName = keys.stream()
                .collect(Collectors.groupingBy(key -> key.path("kid").asText()));
        List<TrustedIssuer> issuers = new ArrayList<>();
        for (List<JsonNode> named : byName.values()) {
            // A name stands once in the settings.
            if (named.size() == 1) {
                configured(named.getFirst()).ifPresent(issuers::add);
            }
        }
        return issuers;
    }

    /** By the code that reads the settings; as those are text, a text of the secret's length stands for the secret. */
    private static Optional<TrustedIssuer> configured(JsonNode jwk) {
        byte[] secret = Base64.getUrlDecoder().decode(jwk.path("k").asText());
        KeyId id = new KeyId(jwk.path("kid").asText());
        Shared settings = new Shared(
                "x".repeat(secret.length), id.value(), List.of(jwk.path("alg").asText()));
        if (!TrustedIssuersCheck.check("vector", settings, Optional.empty()).isEmpty()) {
            return Optional.empty();
        }
        TrustedIssuers checked = new TrustedIssuers(
                () -> Map.of("vector", settings), TestHttp.CLIENT, Clock.systemUTC(), new BackgroundThreads());
        assertEquals(1, checked.all().size());
        return Optional.of(TestVerifiers.issuer(
                "configured",
                List.of(new VerificationKey(id, Algorithm.HS256, new SecretKeySpec(secret, "HmacSHA256")))));
    }

    private static void assumePresent() {
        assumeTrue(Files.isDirectory(FOLDER), () -> FOLDER + " is not there: the vectors of Wycheproof are not run");
    }

    private static Stream<Vector> vectors(String file) {
        if (!Files.isDirectory(FOLDER)) {
            return Stream.of(Vector.MISSING);
        }
        return list(json(file).path("testGroups")).stream()
                .flatMap(group -> list(group.path("tests")).stream()
                        .map(test -> new Vector(
                                test.path("tcId").asInt(), test.path("comment").asText(), test, group)));
    }

    private static Set<Integer> valid(String file) {
        return vectors(file).filter(Vector::valid).map(Vector::id).collect(Collectors.toSet());
    }

    private static JsonNode json(String file) {
        try {
            return JsonMapper.builder()
                    .build()
                    .readTree(Files.readString(FOLDER.resolve(file), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private static Map<Integer, String> table(Map<String, List<Integer>> byReason) {
        Map<Integer, String> reasons = new TreeMap<>();
        byReason.forEach((why, ids) -> ids.forEach(id -> reasons.put(id, why)));
        return reasons;
    }

    /** The settings of an issuer by a shared secret. */
    private record Shared(String text, String kid, List<String> named) implements TrustedIssuerConfig.Trusted {

        @Override
        public Optional<String> secret() {
            return Optional.of(text);
        }

        @Override
        public Optional<String> keyId() {
            return Optional.of(kid);
        }

        @Override
        public Optional<List<String>> algorithms() {
            return Optional.of(named);
        }

        @Override
        public Optional<URI> jwksUrl() {
            return Optional.empty();
        }

        @Override
        public Duration keysMaxAge() {
            return Duration.ofHours(24);
        }

        @Override
        public Duration maxLifetime() {
            return Duration.ofDays(7);
        }

        @Override
        public Optional<Path> secretFile() {
            return Optional.empty();
        }

        @Override
        public Optional<String> issuer() {
            return Optional.empty();
        }

        @Override
        public Optional<String> audience() {
            return Optional.empty();
        }

        @Override
        public Optional<List<String>> types() {
            return Optional.empty();
        }

        @Override
        public String userClaim() {
            return "sub";
        }

        @Override
        public String emailClaim() {
            return "email";
        }

        @Override
        public Optional<String> endClaim() {
            return Optional.empty();
        }

        @Override
        public boolean sharesUsers() {
            return false;
        }
    }
}
