package dev.latchkey.gate;

import dev.latchkey.platform.http.CanonicalPath;
import dev.latchkey.token.Authentication;
import dev.latchkey.token.TokenOrigin;
import dev.latchkey.token.VerifiedToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures a gate decision without the token: reading the path, finding the rule and comparing the owner. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GateDecisionsBenchmark {

    private final String user = UUID.randomUUID().toString();
    private final String target = "/api/" + user + "/tasks/17?sort=due";
    private final VerifiedToken token = new VerifiedToken(
            TokenOrigin.ourselves(),
            user,
            "ada@example.com",
            true,
            Set.of("user"),
            UUID.randomUUID().toString(),
            0L,
            Authentication.unknown(),
            Instant.now(),
            null,
            Instant.now(),
            null,
            Map.of());
    private final AccessRules ten = rules(10);
    private final AccessRules hundreds = rules(500);

    @Benchmark
    public AccessRequirement.Decision tenRules() {
        return decide(ten);
    }

    @Benchmark
    public AccessRequirement.Decision hundredsOfRules() {
        return decide(hundreds);
    }

    private AccessRequirement.Decision decide(AccessRules rules) {
        if (CanonicalPath.read(target) instanceof CanonicalPath.Canonical path) {
            return rules.find("GET", path.segments()).orElseThrow().decide(path.segments(), token);
        }
        throw new IllegalStateException("a path that is refused");
    }

    /** Makes rules of which the deciding one is the least specific, so that all are tried. */
    private static AccessRules rules(int count) {
        List<AccessRule> rules = new ArrayList<>();
        rules.add(rule("/api/{user_id}/**"));
        for (int i = 1; i < count; i++) {
            rules.add(rule("/api/{user_id}/things-" + i + "/**"));
        }
        return AccessRules.of(rules);
    }

    private static AccessRule rule(String path) {
        return new AccessRule(
                "latchkey.gate.rules",
                PathTemplate.parse(path),
                Set.of(),
                AccessRequirement.ofOurUsers(new AccessRequirement.Allow.Owner("user_id")));
    }
}
