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

/** What it costs to ask whether a token is revoked, while a million sessions are. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RevokedTokensBenchmark {

    private static final int SESSIONS = 1_000_000;
    /** So many names that they and their slots are not all in the processor's caches. */
    private static final int ASKED = 1 << 16;

    private static final Instant NOW = Instant.now();
    private static final Instant END = NOW.plusSeconds(900);

    private final String[] revoked = new String[ASKED];
    private final String[] alive = new String[ASKED];
    private RevokedTokens sessions;
    private RevokedTokens sessionsAndUsers;
    private int next;

    @Setup
    public void prepare() {
        sessions = filled(revoked);
        sessionsAndUsers = filled(revoked);
        sessionsAndUsers.addUser("somebody", "", NOW, END);
        for (int i = 0; i < ASKED; i++) {
            alive[i] = UUID.randomUUID().toString();
        }
    }

    @Benchmark
    public boolean found() {
        return sessions.isRevoked("user-1", revoked[next++ & (ASKED - 1)], NOW);
    }

    /** The longest way: neither the session nor the user. */
    @Benchmark
    public boolean absent() {
        return sessionsAndUsers.isRevoked("user-1", alive[next++ & (ASKED - 1)], NOW);
    }

    /** What a million revoked sessions take of the heap. */
    public static double megabytes() {
        long before = used();
        RevokedTokens revoked = filled(new String[ASKED]);
        long after = used();
        if (revoked.size() < SESSIONS) {
            throw new IllegalStateException("only " + revoked.size() + " are known");
        }
        return (after - before) / 1e6;
    }

    private static RevokedTokens filled(String[] some) {
        RevokedTokens revoked = new RevokedTokens();
        for (int i = 0; i < SESSIONS; i++) {
            String id = UUID.randomUUID().toString();
            revoked.add(id, END);
            if (i < some.length) {
                some[i] = id;
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
