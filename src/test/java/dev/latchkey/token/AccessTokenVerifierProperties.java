package dev.latchkey.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.key.TestKeys;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.revocation.TestRevocations;
import dev.latchkey.token.VerificationResult.Accepted;
import dev.latchkey.token.VerificationResult.Reason;
import dev.latchkey.token.VerificationResult.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** Whatever is done to a token that counts, it no longer does (SC-004); and whatever is verified, there is a result. */
class AccessTokenVerifierProperties {

    /** Far beyond what any of them takes, on a busy machine, too: it is there for what would never end. */
    private static final Duration BOUND = Duration.ofSeconds(30);

    private static final List<TestIssuer> TEST_ISSUERS = TestIssuer.all();

    /** RFC 7515 section 4.1, RFC 7516, RFC 7797 and what libraries were seen to read. */
    private static final List<String> DANGEROUS_HEADERS = List.of(
            "jku",
            "jwk",
            "x5u",
            "x5c",
            "x5t",
            "x5t#S256",
            "cty",
            "crit",
            "b64",
            "zip",
            "enc",
            "epk",
            "apu",
            "apv",
            "iv",
            "tag",
            "p2s",
            "p2c",
            "iss",
            "sub",
            "aud",
            "exp",
            "Alg",
            "ALG",
            "alg ",
            "KID",
            "typ\\u0000",
            "");

    // --- Its bytes ---

    @Property(tries = 1500)
    void refusesAnyOneByteChanged(@ForAll("testIssuers") TestIssuer testIssuer, @ForAll int place, @ForAll byte other) {
        byte[] bytes = token(testIssuer);
        int index = Math.floorMod(place, bytes.length);
        Assume.that(bytes[index] != other);
        bytes[index] = other;
        assertRefused(testIssuer, new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Property(tries = 500)
    void refusesAnyOneByteInserted(@ForAll("testIssuers") TestIssuer testIssuer, @ForAll int place, @ForAll byte more) {
        String token = text(testIssuer);
        int index = Math.floorMod(place, token.length() + 1);
        assertRefused(testIssuer, token.substring(0, index) + (char) (more & 0xff) + token.substring(index));
    }

    @Property(tries = 500)
    void refusesAnyOneByteRemoved(@ForAll("testIssuers") TestIssuer testIssuer, @ForAll int place) {
        String token = text(testIssuer);
        int index = Math.floorMod(place, token.length());
        assertRefused(testIssuer, token.substring(0, index) + token.substring(index + 1));
    }

    @Property(tries = 300)
    void refusesAnyBeginningAndAnyEndAndAnyTwoPutTogether(
            @ForAll("testIssuers") TestIssuer testIssuer, @ForAll int place) {
        String token = text(testIssuer);
        int index = 1 + Math.floorMod(place, token.length() - 1);
        assertRefused(testIssuer, token.substring(0, index));
        assertRefused(testIssuer, token.substring(index));
        assertRefused(testIssuer, token + token.substring(index));
        assertRefused(testIssuer, token.substring(0, index) + token);
    }

    // --- Its segments ---

    @Property(tries = 500)
    void refusesSegmentsSwappedOrOfAnotherGoodToken(
            @ForAll("testIssuers") TestIssuer testIssuer,
            @ForAll("testIssuers") TestIssuer otherMaker,
            @ForAll @IntRange(max = 5) int one,
            @ForAll @IntRange(max = 5) int two,
            @ForAll @IntRange(max = 5) int three) {
        String good = good(testIssuer, 1);
        String other = good(otherMaker, 2);
        String[] segments = (good + "." + other).split("\\.", -1);
        String mixed = segments[one] + "." + segments[two] + "." + segments[three];
        Assume.that(!mixed.equals(good) && !mixed.equals(other));
        assertRefused(testIssuer, mixed);
        assertRefused(otherMaker, mixed);
    }

    // --- Its members ---

    @Property(tries = 400)
    void refusesAnyMemberRemovedButForTheOptionalOnes(@ForAll("makersAndMembers") Place place) {
        TestIssuer testIssuer = place.testIssuer();
        Map<String, String> header = new LinkedHashMap<>(testIssuer.header());
        Map<String, String> claims = new LinkedHashMap<>(testIssuer.claims());
        place.in(header, claims).remove(place.name());
        VerificationResult result =
                verified(testIssuer, testIssuer.signed(TestIssuer.json(header), TestIssuer.json(claims)));
        if (testIssuer.mayLack().contains(place.name())) {
            assertInstanceOf(Accepted.class, result);
        } else {
            assertInstanceOf(Refused.class, result);
        }
        assertNotSigned(testIssuer, TestIssuer.json(header), TestIssuer.json(claims));
    }

    @Property(tries = 800)
    void refusesAnyMemberOfAnotherType(@ForAll("makersAndMembers") Place place, @ForAll("json") String value) {
        TestIssuer testIssuer = place.testIssuer();
        Map<String, String> header = new LinkedHashMap<>(testIssuer.header());
        Map<String, String> claims = new LinkedHashMap<>(testIssuer.claims());
        Map<String, String> members = place.in(header, claims);
        Assume.that(kind(value) != kind(members.get(place.name())));
        members.put(place.name(), value);
        VerificationResult result =
                verified(testIssuer, testIssuer.signed(TestIssuer.json(header), TestIssuer.json(claims)));
        if (testIssuer.untyped().contains(place.name())) {
            assertEquals(
                    user(testIssuer),
                    assertInstanceOf(Accepted.class, result).token().userId());
        } else {
            assertInstanceOf(Refused.class, result);
        }
        assertNotSigned(testIssuer, TestIssuer.json(header), TestIssuer.json(claims));
    }

    @Property(tries = 500)
    void refusesAnyFurtherHeader(
            @ForAll("testIssuers") TestIssuer testIssuer,
            @ForAll("headerNames") String name,
            @ForAll("json") String value) {
        Assume.that(!Set.of("alg", "typ", "kid").contains(name));
        Map<String, String> header = new LinkedHashMap<>(testIssuer.header());
        header.put(name, value);
        assertEquals(
                new Refused(Reason.FOREIGN_HEADER),
                verified(testIssuer, testIssuer.signed(TestIssuer.json(header), TestIssuer.json(testIssuer.claims()))));
        assertNotSigned(testIssuer, TestIssuer.json(header), TestIssuer.json(testIssuer.claims()));
    }

    // Unknown claims are allowed and change nothing.
    @Property(tries = 500)
    void givesNoMeaningToClaimsThatItDoesNotKnow(
            @ForAll("testIssuers") TestIssuer testIssuer,
            @ForAll("claimNames") String name,
            @ForAll("json") String value) {
        Assume.that(!Set.of("iss", "aud", "sub", "user_id", "nbf", "groups", "email", "user", "session")
                        .contains(name)
                && !testIssuer.claims().containsKey(name)
                && !name.contains("."));
        Map<String, String> claims = new LinkedHashMap<>(testIssuer.claims());
        claims.put(name, value);
        VerifiedToken plain = accepted(
                testIssuer,
                testIssuer.signed(TestIssuer.json(testIssuer.header()), TestIssuer.json(testIssuer.claims())));
        VerifiedToken more =
                accepted(testIssuer, testIssuer.signed(TestIssuer.json(testIssuer.header()), TestIssuer.json(claims)));
        assertEquals(plain.userId(), more.userId());
        assertEquals(plain.email(), more.email());
        assertEquals(plain.roles(), more.roles());
        assertEquals(plain.sessionId(), more.sessionId());
        assertEquals(plain.expiresAt(), more.expiresAt());
        assertNotSigned(testIssuer, TestIssuer.json(testIssuer.header()), TestIssuer.json(claims));
    }

    // A reader elsewhere may take the first one, the last one, or compare without resolving escapes.
    @Property(tries = 800)
    void refusesAnyMemberTwiceInAnySpelling(
            @ForAll("makersAndMembers") Place place,
            @ForAll("json") String value,
            @ForAll boolean same,
            @ForAll boolean first,
            @ForAll int escaped) {
        TestIssuer testIssuer = place.testIssuer();
        String header = TestIssuer.json(testIssuer.header());
        String claims = TestIssuer.json(testIssuer.claims());
        String original = (place.inHeader() ? testIssuer.header() : testIssuer.claims()).get(place.name());
        String twin = "\"" + escaped(place.name(), escaped) + "\":" + (same ? original : value);
        String spoilt = place.inHeader() ? header : claims;
        spoilt = first
                ? "{" + twin + "," + spoilt.substring(1)
                : spoilt.substring(0, spoilt.length() - 1) + "," + twin + "}";
        VerificationResult result = verified(
                testIssuer, place.inHeader() ? testIssuer.signed(spoilt, claims) : testIssuer.signed(header, spoilt));
        assertEquals(new Refused(place.inHeader() ? Reason.MALFORMED : Reason.MALFORMED_CLAIMS), result);
    }

    @Property(tries = 200)
    void refusesMembersTwiceInsideOfAnyClaim(
            @ForAll("testIssuers") TestIssuer testIssuer, @ForAll("json") String value) {
        String claims = TestIssuer.json(testIssuer.claims());
        String nested = claims.substring(0, claims.length() - 1) + ",\"more\":[{\"a\":" + value + ",\"a\":1}]}";
        assertEquals(
                new Refused(Reason.MALFORMED_CLAIMS),
                verified(testIssuer, testIssuer.signed(TestIssuer.json(testIssuer.header()), nested)));
    }

    // --- Anything at all ---

    @Property(tries = 1000)
    void refusesArbitraryTexts(@ForAll("testIssuers") TestIssuer testIssuer, @ForAll String text) {
        assertRefused(testIssuer, text);
        assertRefused(testIssuer, text + "." + text + "." + text);
        assertRefused(testIssuer, text(testIssuer) + text + "x");
    }

    @Property(tries = 500)
    void refusesArbitraryPartsInBase64(
            @ForAll("testIssuers") TestIssuer testIssuer,
            @ForAll byte[] header,
            @ForAll byte[] payload,
            @ForAll byte[] signature) {
        assertRefused(
                testIssuer, RawTokens.part(header) + "." + RawTokens.part(payload) + "." + RawTokens.part(signature));
        String[] good = text(testIssuer).split("\\.", -1);
        assertRefused(testIssuer, good[0] + "." + good[1] + "." + RawTokens.part(signature));
        assertRefused(testIssuer, good[0] + "." + RawTokens.part(payload) + "." + good[2]);
    }

    @Property(tries = 500)
    void refusesArbitraryHeadersAndPayloadsThatTheRightKeySigned(
            @ForAll("testIssuers") TestIssuer testIssuer,
            @ForAll("json") String header,
            @ForAll("json") String payload) {
        assertRefused(testIssuer, testIssuer.signed(header, TestIssuer.json(testIssuer.claims())));
        assertRefused(testIssuer, testIssuer.signed(TestIssuer.json(testIssuer.header()), payload));
    }

    @Property(tries = 200)
    void endsWithDeepNesting(
            @ForAll("testIssuers") TestIssuer testIssuer, @ForAll @IntRange(min = 1, max = 1500) int depth) {
        String arrays = "[".repeat(depth) + "]".repeat(depth);
        String objects = "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
        for (String deep : List.of(arrays, objects, "[".repeat(depth), "{\"a\":".repeat(depth))) {
            assertRefused(testIssuer, testIssuer.signed(deep, TestIssuer.json(testIssuer.claims())));
            assertRefused(testIssuer, testIssuer.signed(TestIssuer.json(testIssuer.header()), deep));
        }
        Map<String, String> claims = new LinkedHashMap<>(testIssuer.claims());
        claims.put("more", arrays);
        VerificationResult result =
                verified(testIssuer, testIssuer.signed(TestIssuer.json(testIssuer.header()), TestIssuer.json(claims)));
        // Sixteen levels, of which the claims themselves are one.
        assertEquals(depth < 16, result instanceof Accepted);
    }

    @Property(tries = 200)
    void endsWithHugeNumbers(
            @ForAll("testIssuers") TestIssuer testIssuer,
            @ForAll @IntRange(min = 16, max = 5000) int digits,
            @ForAll int exponent,
            @ForAll @IntRange(max = 3) int form) {
        String number = List.of(
                        "9".repeat(digits), "-" + "9".repeat(digits), "1e" + exponent, "0." + "0".repeat(digits) + "1")
                .get(form);
        for (String name : List.of("exp", "iat")) {
            Map<String, String> claims = new LinkedHashMap<>(testIssuer.claims());
            claims.put(name, number);
            assertRefused(testIssuer, testIssuer.signed(TestIssuer.json(testIssuer.header()), TestIssuer.json(claims)));
        }
        assertRefused(testIssuer, testIssuer.signed("{\"alg\":" + number + "}", TestIssuer.json(testIssuer.claims())));
    }

    // --- What is remembered ---

    // The same questions in the same order, at times that go on and back, while sessions end and keys come and go.
    @Property(tries = 150)
    void cacheNeverChangesAResult(@ForAll("steps") List<Step> steps, @ForAll("caches") long cache) {
        Scene scene = new Scene(cache);
        for (Step step : steps) {
            scene.take(step);
        }
    }

    /** One thing that happens: its number says to what. */
    record Step(Deed deed, int number) {}

    enum Deed {
        VERIFIER,
        VERIFY_AGAIN,
        PASS_TIME,
        TURN_BACK,
        REVOKE,
        WITHDRAW_KEY,
        PUBLISH_KEY
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Deed> deeds = Arbitraries.frequency(
                Tuple.of(8, Deed.VERIFIER),
                Tuple.of(4, Deed.VERIFY_AGAIN),
                Tuple.of(3, Deed.PASS_TIME),
                Tuple.of(1, Deed.TURN_BACK),
                Tuple.of(1, Deed.REVOKE),
                Tuple.of(1, Deed.WITHDRAW_KEY),
                Tuple.of(1, Deed.PUBLISH_KEY));
        return Combinators.combine(deeds, Arbitraries.integers().between(0, 1000))
                .as(Step::new)
                .list()
                .ofMinSize(10)
                .ofMaxSize(80);
    }

    /** None at all is what it is compared with; some hold two or three tokens and forget the others. */
    @Provide
    Arbitrary<Long> caches() {
        return Arbitraries.of(1L, 5_000L, 12_000L, 1L << 20);
    }

    /** Two verifies of everything, of which one remembers nothing. */
    private static final class Scene {

        private static final SigningKeys OURS = TestKeys.pairs(Algorithm.EDDSA);
        private static final List<SigningKeys> THEIRS = List.of(
                TestKeys.pairs(Algorithm.EDDSA), TestKeys.pairs(Algorithm.EDDSA), TestKeys.pairs(Algorithm.ES256));
        private static final List<VerificationKey> THEIR_KEYS = THEIRS.stream()
                .flatMap(keys -> TestIssuer.verifying(keys).stream())
                .toList();
        private static final List<String> TOKENS = tokens();

        private final AtomicReference<Instant> now = new AtomicReference<>(TestIssuer.NOW);
        private final AtomicReference<List<VerificationKey>> published = new AtomicReference<>(THEIR_KEYS);
        private final RevokedTokens revoked = TestRevocations.none();
        private final AccessTokenVerifier remembering;
        private final AccessTokenVerifier forgetful;
        private int last;

        Scene(long cache) {
            TrustedIssuer shop = new TrustedIssuer(
                    new TokenOrigin("shop", false, true),
                    TrustedIssuer.USUAL_TYPES,
                    "https://shop.example.com",
                    "https://shop.example.com",
                    "sub",
                    "email",
                    null,
                    null,
                    published::get);
            Clock clock = new Clock() {
                @Override
                public Instant instant() {
                    return now.get();
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    throw new UnsupportedOperationException();
                }
            };
            remembering = TestVerifiers.of(
                    OURS, List.of(shop), revoked, TestTokenConfig.usual().cache(cache), clock);
            forgetful = TestVerifiers.of(
                    OURS, List.of(shop), revoked, TestTokenConfig.usual().cache(0), clock);
        }

        void take(Step step) {
            switch (step.deed()) {
                case VERIFIER -> verifier(step.number() % TOKENS.size());
                case VERIFY_AGAIN -> verifier(last);
                case PASS_TIME -> now.updateAndGet(then -> then.plusMillis(step.number() * 100L));
                case TURN_BACK -> now.updateAndGet(then -> then.minusMillis(step.number() * 50L));
                case REVOKE ->
                    TestRevocations.session(
                            revoked, "session-" + step.number() % 6, now.get().plusSeconds(1000));
                case WITHDRAW_KEY -> {
                    List<VerificationKey> fewer = new ArrayList<>(published.get());
                    fewer.remove(THEIR_KEYS.get(step.number() % THEIR_KEYS.size()));
                    published.set(List.copyOf(fewer));
                }
                case PUBLISH_KEY -> {
                    List<VerificationKey> more = new ArrayList<>(published.get());
                    more.add(THEIR_KEYS.get(step.number() % THEIR_KEYS.size()));
                    published.set(List.copyOf(more));
                }
            }
        }

        private void verifier(int index) {
            last = index;
            assertEquals(verified(forgetful, TOKENS.get(index)), verified(remembering, TOKENS.get(index)));
        }

        /** Of six sessions of ours and of another issuer's, with ends and beginnings all around the present. */
        private static List<String> tokens() {
            List<String> tokens = new ArrayList<>();
            long second = TestIssuer.NOW.getEpochSecond();
            for (int i = 0; i < 24; i++) {
                String times = "\"iat\":%d,\"nbf\":%d,\"exp\":%d"
                        .formatted(second - 10 + i, second - 5 + i % 7, second + 2 + i * 3);
                String ours = """
                        {"iss":"%1$s","aud":"%1$s","sub":"user-1","user_id":"user-1","jti":"%2$d","sid":"session-%3$d",%4$s}""".formatted(TestTokenConfig.ORIGIN, i, i % 6, times);
                tokens.add(RawTokens.sign(OURS.current(), RawTokens.header(OURS.current()), ours));
                SigningKeys keys = THEIRS.get(i % THEIRS.size());
                String header = RawTokens.header(keys.current()).replace("at+jwt", "JWT");
                if (i % 4 == 0) {
                    // By the one key of its algorithm, as long as it is the only one.
                    header = header.replaceFirst(",\"kid\":\"[^\"]*\"", "");
                }
                String theirs = """
                        {"iss":"https://shop.example.com","aud":"https://shop.example.com","sub":"user-%d",%s}""".formatted(i % 6, times);
                tokens.add(RawTokens.sign(keys.current(), header, theirs));
            }
            List<String> spoilt = tokens.stream()
                    .map(token -> token.substring(0, token.length() - 8) + "AAAAAAAA")
                    .toList();
            tokens.addAll(spoilt.subList(0, 8));
            return tokens;
        }
    }

    // --- What it is fed with ---

    /** A member of a token. */
    record Place(TestIssuer testIssuer, boolean inHeader, String name) {

        Map<String, String> in(Map<String, String> header, Map<String, String> claims) {
            return inHeader ? header : claims;
        }

        @Override
        public String toString() {
            return testIssuer + "'s " + (inHeader ? "header " : "claim ") + name;
        }
    }

    @Provide
    Arbitrary<TestIssuer> testIssuers() {
        return Arbitraries.of(TEST_ISSUERS);
    }

    @Provide
    Arbitrary<Place> makersAndMembers() {
        return Arbitraries.of(TEST_ISSUERS.stream()
                .flatMap(testIssuer -> Stream.concat(
                        testIssuer.header().keySet().stream().map(name -> new Place(testIssuer, true, name)),
                        testIssuer.claims().keySet().stream().map(name -> new Place(testIssuer, false, name))))
                .toList());
    }

    @Provide
    Arbitrary<String> headerNames() {
        return Arbitraries.oneOf(Arbitraries.of(DANGEROUS_HEADERS), plainNames());
    }

    @Provide
    Arbitrary<String> claimNames() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "scope",
                        "scp",
                        "role",
                        "roles",
                        "admin",
                        "is_admin",
                        "permissions",
                        "act",
                        "may_act",
                        "azp",
                        "client_id",
                        "cnf",
                        "amr",
                        "acr",
                        "Sub",
                        "SUB",
                        "sub ",
                        "userId",
                        "userid",
                        "USER_ID",
                        "id",
                        "events",
                        "_claim_sources",
                        "__proto__",
                        "constructor",
                        "alg",
                        "kid",
                        "typ",
                        ""),
                plainNames());
    }

    /** Any JSON value. */
    @Provide
    Arbitrary<String> json() {
        return json(3);
    }

    private static Arbitrary<String> json(int depth) {
        Arbitrary<String> simple = Arbitraries.oneOf(
                Arbitraries.of("null", "true", "false", "0", "-1", "1.5", "1e3", "{}", "[]", "\"\"", "\"none\""),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf),
                Arbitraries.strings().ascii().ofMaxLength(12).map(AccessTokenVerifierProperties::quoted));
        if (depth == 0) {
            return simple;
        }
        Arbitrary<String> inner = json(depth - 1);
        return Arbitraries.frequencyOf(
                Tuple.of(4, simple),
                Tuple.of(1, inner.list().ofMaxSize(3).map(all -> "[" + String.join(",", all) + "]")),
                Tuple.of(1, Arbitraries.maps(plainNames(), inner).ofMaxSize(3).map(TestIssuer::json)));
    }

    private static Arbitrary<String> plainNames() {
        return Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(8);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter < ' ' || letter == '"' || letter == '\\') {
                quoted.append("\\u%04x".formatted((int) letter));
            } else {
                quoted.append(letter);
            }
        }
        return quoted.append('"').toString();
    }

    /** A name with any of its letters written as an escape. */
    private static String escaped(String name, int which) {
        StringBuilder spelt = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            boolean escape = (which >> (i % Integer.SIZE) & 1) == 1;
            spelt.append(escape ? "\\u%04x".formatted((int) name.charAt(i)) : name.charAt(i));
        }
        return spelt.toString();
    }

    private enum Kind {
        NOTHING,
        TRUTH,
        WHOLE,
        NUMBER,
        TEXT,
        LIST,
        OBJECT
    }

    private static Kind kind(String json) {
        return switch (json.charAt(0)) {
            case 'n' -> Kind.NOTHING;
            case 't', 'f' -> Kind.TRUTH;
            case '"' -> Kind.TEXT;
            case '[' -> Kind.LIST;
            case '{' -> Kind.OBJECT;
            default -> json.chars().allMatch(letter -> letter >= '0' && letter <= '9') ? Kind.WHOLE : Kind.NUMBER;
        };
    }

    // --- Assessments ---

    private static final Map<String, String> GOOD = new LinkedHashMap<>();

    private static String good(TestIssuer testIssuer, int number) {
        return GOOD.computeIfAbsent(testIssuer + " " + number, name -> testIssuer.good(number));
    }

    private static String text(TestIssuer testIssuer) {
        String good = good(testIssuer, 0);
        // So that it is remembered: what is like it must not profit from that.
        accepted(testIssuer, good);
        return good;
    }

    private static byte[] token(TestIssuer testIssuer) {
        return text(testIssuer).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String user(TestIssuer testIssuer) {
        return accepted(testIssuer, good(testIssuer, 0)).userId();
    }

    private static VerifiedToken accepted(TestIssuer testIssuer, String token) {
        return assertInstanceOf(Accepted.class, verified(testIssuer, token)).token();
    }

    private static void assertRefused(TestIssuer testIssuer, String token) {
        assertInstanceOf(Refused.class, verified(testIssuer, token));
    }

    /** With the signature of the token before it was altered: nothing of the payload may then be told. */
    private static void assertNotSigned(TestIssuer testIssuer, String header, String payload) {
        String signature = good(testIssuer, 0).substring(good(testIssuer, 0).lastIndexOf('.') + 1);
        VerificationResult result =
                verified(testIssuer, RawTokens.part(header) + "." + RawTokens.part(payload) + "." + signature);
        Reason reason = assertInstanceOf(Refused.class, result).reason();
        assertTrue(reason.compareTo(Reason.BAD_SIGNATURE) <= 0, reason::words);
    }

    private static VerificationResult verified(TestIssuer testIssuer, String token) {
        return verified(testIssuer.verifier(), token);
    }

    private static VerificationResult verified(AccessTokenVerifier verifier, String token) {
        return assertTimeoutPreemptively(BOUND, () -> verifier.verify(token));
    }
}
