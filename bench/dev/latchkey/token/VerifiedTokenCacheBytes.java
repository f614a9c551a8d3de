package dev.latchkey.token;

import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.TestKeys;
import dev.latchkey.revocation.TestRevocations;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Measures how many bytes of the heap a cached token takes, and compares them with the estimate of the cache. */
final class VerifiedTokenCacheBytes {

    private static final int TOKENS = 8_000;
    private static final SigningKeys KEYS = TestKeys.shared("a shared secret of exactly 48 bytes, for HS256!!");
    private static final Random RANDOM = new Random(7);

    private VerifiedTokenCacheBytes() {}

    static void print() {
        System.out.printf("%n| Token of ours with | Characters | Bytes in the heap | Estimate | Tokens in 16 MiB |%n");
        System.out.printf("|---|---|---|---|---|%n");
        row("one role", i -> groups(1));
        row("twenty roles", i -> groups(20));
        row("forty more claims of a UUID each", i -> members(40, 8, j -> "\"" + new UUID(RANDOM.nextLong(), j) + "\""));
        row("a text beyond Latin", i -> "\"more\":\"" + "x".repeat(5000) + "\\u0416" + i + "\"");
        row("1500 numbers", i -> list(1500, j -> "" + RANDOM.nextInt(100)));
        row("700 fractions", i -> list(700, j -> "0." + RANDOM.nextInt(100_000)));
        row("1200 texts of one character", i -> list(1200, j -> "\"" + (char) ('a' + RANDOM.nextInt(26)) + "\""));
        row("400 members", i -> members(400, 5, j -> "\"" + j % 10 + "\""));
        row("1500 empty objects", i -> list(1500, j -> "{}"));
        row("1500 empty lists", i -> list(1500, j -> "[]"));
        row("700 objects of one member", i -> list(700, j -> "{\"a\":1}"));
        row("200 objects of two new members", i -> list(200, j -> "{" + member() + "," + member() + "}"));
        row("900 lists of one number", i -> list(900, j -> "[1]"));
    }

    private static void row(String name, IntFunction<String> more) {
        TestTokenConfig settings = TestTokenConfig.usual().cache(4L << 30);
        AccessTokenVerifier verifier =
                TestVerifiers.of(KEYS, List.of(), TestRevocations.none(), settings, Clock.systemUTC());
        // First some that are not measured: what is made once, for all tokens, must not be included.
        fill(verifier, more, TOKENS / 4);
        long before = used();
        String last = fill(verifier, more, TOKENS);
        long bytes = (used() - before) / TOKENS;
        VerifiedToken token = ((VerificationResult.Accepted) verifier.verify(last)).token();
        OwnTokens ours = TestVerifiers.own(KEYS, settings);
        int estimate = VerifiedTokenCache.weight(new VerifiedTokenCache.SignedToken(
                ours, TestIssuer.verifying(KEYS).getFirst(), null, token, last.length()));
        System.out.printf(
                "| %s | %d | %d | %d%s | %d |%n",
                name, last.length(), bytes, estimate, estimate < bytes ? " TOO LITTLE" : "", (16 << 20) / estimate);
    }

    private static String fill(AccessTokenVerifier verifier, IntFunction<String> more, int count) {
        String token = "";
        for (int i = 0; i < count; i++) {
            token = RawTokens.sign(KEYS.current(), RawTokens.header(KEYS.current()), payload(more.apply(i)));
            if (!(verifier.verify(token) instanceof VerificationResult.Accepted)) {
                throw new IllegalStateException("refused a token of " + token.length() + " characters");
            }
        }
        return token;
    }

    private static String payload(String more) {
        TokenSubject subject = TokenBenchmark.subject();
        long now = Instant.now().getEpochSecond();
        return """
                {"iss":"%1$s","aud":"%1$s","sub":"%2$s","user_id":"%2$s","email":"%3$s","email_verified":true,"sid":"%4$s",\
                "session_refreshed":%6$d,"session_idle_end":%5$d,"session_end":%5$d,"auth_time":%6$d,"amr":["pwd"],\
                "iat":%6$d,"exp":%7$d,"jti":"%8$s",%9$s}""".formatted(
                        TestTokenConfig.ORIGIN,
                        subject.userId(),
                        subject.email(),
                        subject.sessionId(),
                        now + 86_400,
                        now,
                        now + 900,
                        new UUID(RANDOM.nextLong(), RANDOM.nextLong()),
                        more);
    }

    private static String groups(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "\"department-" + i + "-editor\"")
                .collect(Collectors.joining(",", "\"groups\":[", "]"));
    }

    private static String list(int count, IntFunction<String> element) {
        return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(",", "\"more\":[", "]"));
    }

    private static String members(int count, int length, IntFunction<String> value) {
        return IntStream.range(0, count)
                .mapToObj(j -> "\"" + name(length - 3) + "%03d".formatted(j) + "\":" + value.apply(j))
                .collect(Collectors.joining(","));
    }

    private static String member() {
        return "\"" + name(8) + "\":7";
    }

    /** A name that no other token has, so that no parser shares it. */
    private static String name(int length) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < length; i++) {
            name.append((char) ('a' + RANDOM.nextInt(26)));
        }
        return name.toString();
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
