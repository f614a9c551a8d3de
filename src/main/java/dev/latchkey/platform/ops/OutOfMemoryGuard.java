package dev.latchkey.platform.ops;

import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process after an {@link OutOfMemoryError}.
 *
 * <p>Security: whatever thread allocates next gets the error, be it one that keeps revocations up to date. A process that
 * lives on in an unknown state is worse than one that is restarted. The images are started with
 * {@code -XX:+ExitOnOutOfMemoryError}; this does the same for a plain {@code java -jar}, where no option was given. Frameworks
 * catch errors of the tasks they run and log them, therefore log records are looked at too.
 */
public final class OutOfMemoryGuard {

    /** The exit code of {@code -XX:+ExitOnOutOfMemoryError}. */
    static final int EXIT_CODE = 3;

    private static final byte[] MESSAGE = "Latchkey ran out of memory and ends\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_CAUSES = 20;

    private OutOfMemoryGuard() {}

    /** Looks at what ends threads and at what is logged, from now on. */
    public static void install() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            exitIfOutOfMemory(failure);
            org.jboss.logging.Logger.getLogger(OutOfMemoryGuard.class)
                    .errorf(failure, "The thread %s ended unexpectedly", thread.getName());
        });
        Logger.getLogger("").addHandler(new Watcher(OutOfMemoryGuard::halt));
    }

    /** Ends the process at once if the failure is, or was caused by, a lack of memory. */
    public static void exitIfOutOfMemory(@Nullable Throwable failure) {
        if (isOutOfMemory(failure)) {
            halt(EXIT_CODE);
        }
    }

    static boolean isOutOfMemory(@Nullable Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof OutOfMemoryError) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static void halt(int code) {
        // Not System.exit: its hooks need memory. Nothing that was acknowledged is lost, since it is in the database.
        System.err.write(MESSAGE, 0, MESSAGE.length);
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }

    /** Ends the process when a lack of memory is logged; writes nothing. */
    static final class Watcher extends Handler {

        private final IntConsumer end;

        Watcher(IntConsumer end) {
            this.end = end;
        }

        @Override
        public void publish(LogRecord record) {
            if (isOutOfMemory(record.getThrown())) {
                end.accept(EXIT_CODE);
            }
        }

        @Override
        public void flush() {
            // Nothing is buffered.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
