package dev.latchkey.revocation;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures how long it takes to find out whether a token is revoked, with a million revoked sessions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RevokedTokensBenchmark {

    private static final int SESSIONS = 1_000_000;
    /** So many ids that they and their entries are not all in the processor's caches. */
    private static final int LOOKED_UP = 1 << 16;

    private static final Instant NOW = Instant.now();
    private static final Instant END = NOW.plusSeconds(900);

    private final String[] revoked = new String[LOOKED_UP];
    private final String[] active = new String[LOOKED_UP];
    private RevokedTokens sessions;
    private RevokedTokens sessionsAndUsers;
    private int next;

    @Setup
    public void prepare() {
        sessions = filled(revoked);
        sessionsAndUsers = filled(revoked);
        sessionsAndUsers.addUser("user-2", "", 1, NOW, END);
        for (int i = 0; i < LOOKED_UP; i++) {
            active[i] = UUID.randomUUID().toString();
        }
    }

    @Benchmark
    public boolean found() {
        return sessions.isRevoked("user-1", revoked[next++ & (LOOKED_UP - 1)], 0L, NOW);
    }

    /** The slowest case: neither the session nor the user is revoked. */
    @Benchmark
    public boolean absent() {
        return sessionsAndUsers.isRevoked("user-1", active[next++ & (LOOKED_UP - 1)], 0L, NOW);
    }

    /** Measures the heap that a million revoked sessions take. */
    public static double megabytes() {
        long before = used();
        RevokedTokens revoked = filled(new String[LOOKED_UP]);
        long after = used();
        if (revoked.size() < SESSIONS) {
            throw new IllegalStateException("only " + revoked.size() + " are stored");
        }
        return (after - before) / 1e6;
    }

    private static RevokedTokens filled(String[] sample) {
        RevokedTokens revoked = new RevokedTokens();
        for (int i = 0; i < SESSIONS; i++) {
            String id = UUID.randomUUID().toString();
            revoked.add(id, END);
            if (i < sample.length) {
                sample[i] = id;
            }
        }
        return revoked;
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
