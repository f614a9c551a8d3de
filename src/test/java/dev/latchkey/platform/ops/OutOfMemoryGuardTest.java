package dev.latchkey.platform.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class OutOfMemoryGuardTest {

    private final List<Integer> ends = new ArrayList<>();
    private final OutOfMemoryGuard.Watcher watcher = new OutOfMemoryGuard.Watcher(ends::add);

    @Test
    void endsTheProcessWhenALackOfMemoryIsLogged() {
        watcher.publish(record(new IllegalStateException("a task failed", new OutOfMemoryError("Java heap space"))));

        assertEquals(List.of(OutOfMemoryGuard.EXIT_CODE), ends);
    }

    @Test
    void doesNotEndTheProcessForAnythingElse() {
        watcher.publish(record(new StackOverflowError()));
        watcher.publish(record(new IllegalStateException("OutOfMemoryError")));
        watcher.publish(record(null));

        assertEquals(List.of(), ends);
    }

    @Test
    void findsTheErrorAmongTheCauses() {
        assertTrue(OutOfMemoryGuard.isOutOfMemory(new OutOfMemoryError()));
        assertTrue(OutOfMemoryGuard.isOutOfMemory(new RuntimeException(new RuntimeException(new OutOfMemoryError()))));
        assertFalse(OutOfMemoryGuard.isOutOfMemory(new RuntimeException(new StackOverflowError())));
        assertFalse(OutOfMemoryGuard.isOutOfMemory(null));
    }

    @Test
    void endsTheSearchInACircleOfCauses() {
        RuntimeException first = new RuntimeException();
        first.initCause(new RuntimeException(first));

        assertFalse(OutOfMemoryGuard.isOutOfMemory(first));
    }

    private static LogRecord record(Throwable thrown) {
        LogRecord record = new LogRecord(Level.SEVERE, "failed");
        record.setThrown(thrown);
        return record;
    }
}
