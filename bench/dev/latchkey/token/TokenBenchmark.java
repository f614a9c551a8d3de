package dev.latchkey.token;

import dev.latchkey.key.Algorithm;
import dev.latchkey.key.SigningKeys;
import dev.latchkey.key.SigningKeys.VerificationKey;
import dev.latchkey.key.TestKeys;
import dev.latchkey.revocation.RevokedTokens;
import dev.latchkey.revocation.TestRevocations;
import dev.latchkey.token.AccessTokens.AccessToken;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures how long it takes to mint a token, to verify it for the first time and again, and to verify its signature alone.
 *
 * <p>Each call is timed by itself and the tables have medians, which hardly change while the machine does other work.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TokenBenchmark {

    @Param({"HS256", "EDDSA", "ES256", "RS256"})
    public Algorithm algorithm;

    private AccessTokens tokens;
    private TokenSubject subject;
    private AccessTokenVerifier uncached;
    private AccessTokenVerifier caching;
    private String token;
    private byte[] signed;
    private byte[] signature;
    private Mac mac;
    private Signature verifier;

    @Setup
    public void prepare() throws GeneralSecurityException {
        SigningKeys keys = algorithm == Algorithm.HS256
                ? TestKeys.shared("a shared secret of exactly 48 bytes, for HS256!!")
                : TestKeys.pairs(algorithm);
        TestTokenConfig settings = TestTokenConfig.usual();
        Clock clock = Clock.systemUTC();
        RevokedTokens revoked = TestRevocations.none();
        tokens = new AccessTokens(
                keys, revoked, TestVerifiers.issuer(keys, settings), settings, clock, new SimpleMeterRegistry());
        subject = subject();
        token = tokens.mint(subject).value();
        uncached = TestVerifiers.of(keys, List.of(), revoked, settings.cache(0), clock);
        caching = TestVerifiers.of(keys, List.of(), revoked, settings.cache(16 << 20), clock);

        signed = token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
        signature = Base64.getUrlDecoder().decode(token.substring(token.lastIndexOf('.') + 1));
        VerificationKey key = TestIssuer.verifying(keys).getFirst();
        if (algorithm == Algorithm.HS256) {
            mac = Mac.getInstance("HmacSHA256");
            mac.init(key.key());
        } else {
            verifier = Signature.getInstance(
                    switch (algorithm) {
                        case EDDSA -> "Ed25519";
                        case ES256 -> "SHA256withECDSAinP1363Format";
                        default -> "SHA256withRSA";
                    });
            verifier.initVerify((PublicKey) key.key());
        }
    }

    static TokenSubject subject() {
        return TestSubjects.withRoles(
                TestSubjects.of(
                        UUID.randomUUID().toString(),
                        "ada.lovelace@example.com",
                        UUID.randomUUID().toString(),
                        Instant.now().plusSeconds(86_400)),
                "user");
    }

    /** Verifies the signature by the platform, with the key prepared: nothing is parsed, decoded or looked up. */
    @Benchmark
    public boolean primitive() throws GeneralSecurityException {
        if (mac != null) {
            return MessageDigest.isEqual(mac.doFinal(signed), signature);
        }
        verifier.update(signed);
        return verifier.verify(signature);
    }

    @Benchmark
    public VerificationResult verifyUncached() {
        return uncached.verify(token);
    }

    @Benchmark
    public VerificationResult verifyCached() {
        return caching.verify(token);
    }

    @Benchmark
    public AccessToken mint() {
        return tokens.mint(subject);
    }
}
