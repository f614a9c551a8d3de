package dev.latchkey.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Together;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.ops.BackgroundThreads;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SC-009: the rows of refusals, whatever the database does. */
class AuditQueueTest {

    private static final Client CLIENT = new Client("192.0.2.7", "a browser");
    private static final Pattern COUNT = Pattern.compile("\"count\":\"(\\d+)\"");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Rows rows = new Rows();
    private @Nullable AuditQueue started;

    private record Settings(int queue, Duration period, int single) implements AuditConfig {

        @Override
        public Duration retention() {
            return Duration.ofDays(1);
        }

        @Override
        public LineFormat lineFormat() {
            return LineFormat.JSON;
        }

        @Override
        public Refusals refusals() {
            return new RefusalCountsTest.Settings(period, single, 1_000);
        }
    }

    /** A table that does what a test wants: rows, or a failure. */
    private static final class Rows extends AuditEventRepository {

        private final List<AuditEventEntity> stored = new CopyOnWriteArrayList<>();
        private volatile Predicate<AuditEventEntity> poison = row -> false;
        private volatile @Nullable Throwable failure;
        private volatile int statements;

        Rows() {
            super(new ObjectMapper());
        }

        @Override
        void insertAll(List<AuditEventEntity> batch) {
            statements++;
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            if (batch.stream().anyMatch(poison)) {
                throw new IllegalStateException(new SQLException("index row too large", "54000"));
            }
            stored.addAll(batch);
        }

        long attempts() {
            return stored.stream()
                    .mapToLong(row -> Long.parseLong(row.details.getOrDefault("count", "1")))
                    .sum();
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        rows.failure = null;
        if (started != null) {
            started.stop(new ShutdownEvent());
        }
    }

    // --- The queue ---

    // What the queue cannot hold is counted, and the caller does not wait.
    @Test
    void countsEventsThatDoNotFit() {
        AuditQueue queue = queue(3, Duration.ofMinutes(1), 100);
        for (int i = 0; i < 3; i++) {
            queue.add(event(i), null);
        }
        assertEquals(0, dropped());
        assertEquals(3, meters.get("latchkey.audit.waiting").gauge().value());
        queue.add(event(3), null);
        queue.add(event(4), null);
        assertEquals(2, dropped());
        assertEquals(3, meters.get("latchkey.audit.waiting").gauge().value());
    }

    @Test
    void storesManyRowsInFewStatements() {
        AuditQueue queue = queue(10_000, Duration.ofMinutes(1), 10_000);
        for (int i = 0; i < 1_000; i++) {
            queue.add(event(i), "request-" + i);
        }
        start(queue);
        Eventually.holds("all rows are stored", () -> rows.stored.size() == 1_000);
        assertEquals(5, rows.statements);
        assertEquals("request-0", rows.stored.getFirst().requestId);
    }

    // --- Failures ---

    @Test
    void keepsRowsWhileTheDatabaseIsUnavailable() {
        rows.failure = new SQLException("connection refused", "08001");
        AuditQueue queue = start(queue(10, Duration.ofMinutes(1), 100));
        queue.add(event(1), null);
        queue.add(event(2), null);
        Eventually.holds("it was tried", () -> rows.statements > 0);
        rows.failure = null;
        Eventually.holds("both rows are stored", () -> rows.stored.size() == 2);
        assertEquals(0, dropped());
    }

    // Missing rights, or a standby that is read-only: no row is to blame.
    @Test
    void keepsRowsWhileTheTableAcceptsNone() {
        rows.failure = new SQLException("cannot execute INSERT in a read-only transaction", "25006");
        AuditQueue queue = start(queue(10, Duration.ofMinutes(1), 100));
        queue.add(event(1), null);
        Eventually.holds("it was tried", () -> rows.statements > 1);
        rows.failure = null;
        Eventually.holds("the row is stored", () -> rows.stored.size() == 1);
        assertEquals(0, unstorable());
    }

    // Security: one request of an attacker must not be the last one on record.
    @Test
    void dropsOnlyTheRowThatIsNotAccepted() {
        rows.poison = row -> row.details.get("reason").equals("reason 7");
        AuditQueue queue = queue(1_000, Duration.ofMinutes(1), 1_000);
        for (int i = 0; i < 20; i++) {
            queue.add(event(i), null);
        }
        start(queue);
        Eventually.holds("the other rows are stored", () -> rows.stored.size() == 19);
        assertEquals(1, unstorable());
        queue.add(event(20), null);
        Eventually.holds("later rows are stored", () -> rows.stored.size() == 20);
    }

    @Test
    void survivesAnError() {
        rows.failure = new StackOverflowError();
        AuditQueue queue = start(queue(10, Duration.ofMinutes(1), 100));
        queue.add(event(1), null);
        Eventually.holds("it was tried", () -> rows.statements > 0);
        rows.failure = null;
        Eventually.holds("the row is stored", () -> rows.stored.size() == 1);
    }

    // --- Counts ---

    @Test
    void storesCountsOnceAPeriod() {
        AuditQueue queue = start(queue(1_000, Duration.ofMillis(50), 2));
        for (int i = 0; i < 500; i++) {
            queue.add(event(1), null);
        }
        Eventually.holds("all attempts are stored", () -> rows.attempts() == 500);
        assertTrue(rows.stored.size() < 250, () -> rows.stored.size() + " rows");
    }

    @Test
    void storesCountsWhenTheProcessStops() throws Exception {
        AuditQueue queue = start(queue(1_000, Duration.ofMinutes(1), 2));
        for (int i = 0; i < 500; i++) {
            queue.add(event(1), null);
        }
        queue.stop(new ShutdownEvent());
        assertEquals(500, rows.attempts());
        assertEquals(3, rows.stored.size());
    }

    @Test
    void losesNoAttemptOfManyProducersWithAStopInBetween() {
        int producers = 6;
        int each = 3_000;
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        Handler listener = listener(lines);
        Logger.getLogger("latchkey.audit").addHandler(listener);
        try {
            AuditQueue queue = start(queue(1_000, Duration.ofMillis(20), 3));
            List<Callable<Void>> tasks = new ArrayList<>(Collections.nCopies(producers, () -> {
                for (int i = 0; i < each; i++) {
                    queue.add(event(i % 5), null);
                }
                return null;
            }));
            tasks.add(() -> {
                TimeUnit.MILLISECONDS.sleep(50);
                queue.stop(new ShutdownEvent());
                return null;
            });
            Together.all(tasks);
        } finally {
            Logger.getLogger("latchkey.audit").removeHandler(listener);
        }
        long attempts = (long) producers * each;
        assertEquals(attempts, rows.attempts() + (long) dropped());
        assertEquals(
                attempts, lines.stream().mapToLong(AuditQueueTest::attempts).sum());
    }

    @Test
    void countsWhatAStopCouldNotStore() throws Exception {
        rows.failure = new SQLException("connection refused", "08001");
        AuditQueue queue = start(queue(1_000, Duration.ofMinutes(1), 2));
        for (int i = 0; i < 500; i++) {
            queue.add(event(1), null);
        }
        queue.stop(new ShutdownEvent());
        assertEquals(500, dropped());
        queue.add(event(1), null);
        assertEquals(501, dropped());
        assertEquals(0, rows.stored.size());
    }

    private AuditQueue queue(int size, Duration period, int single) {
        Settings settings = new Settings(size, period, single);
        return new AuditQueue(
                rows,
                new AuditEntries(new ObjectMapper(), settings),
                settings,
                Clock.systemUTC(),
                meters,
                new BackgroundThreads());
    }

    private AuditQueue start(AuditQueue queue) {
        queue.start(new StartupEvent());
        started = queue;
        return queue;
    }

    private static AuditEvent event(int number) {
        return AuditEvent.tokenRefused("reason " + number, CLIENT);
    }

    private double dropped() {
        return meters.get("latchkey.audit.dropped").counter().count();
    }

    private double unstorable() {
        return meters.get("latchkey.audit.unstorable").counter().count();
    }

    private static long attempts(String line) {
        Matcher count = COUNT.matcher(line);
        return count.find() ? Long.parseLong(count.group(1)) : 1;
    }

    private static Handler listener(Collection<String> lines) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
