package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one failed connection says of the next. */
class FailFastDriverTest {

    private final FailFastDriver driver = new FailFastDriver();

    @AfterEach
    void believeAgain() {
        FailFastDriver.setUnavailable(false);
    }

    @Test
    void failsAtOnceAfterAFailure() throws Exception {
        String url = urlOfNobody();

        assertThrows(SQLException.class, () -> driver.connect(url, new Properties()));

        assertThrows(IllegalStateException.class, () -> driver.connect(url, new Properties()));
    }

    @Test
    void connectsAgainOnceTheDatabaseIsAvailable() throws Exception {
        String url = urlOfNobody();
        assertThrows(SQLException.class, () -> driver.connect(url, new Properties()));

        FailFastDriver.setUnavailable(false);

        assertThrows(SQLException.class, () -> driver.connect(url, new Properties()));
    }

    /** Such as one that waited for a database that hung: it is told of its failure after the others were served. */
    @Test
    void ignoresResultOfEarlierAttempt() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "jdbc:postgresql://localhost:" + mute.getLocalPort() + "/x";
            FutureTask<Object> attempt = new FutureTask<>(() -> driver.connect(url, new Properties()));
            Thread.ofVirtual().start(attempt);
            Socket accepted = mute.accept();

            FailFastDriver.setUnavailable(false);
            accepted.close();

            ExecutionException failed = assertThrows(ExecutionException.class, attempt::get);
            assertEquals("08", ((SQLException) failed.getCause()).getSQLState().substring(0, 2));
        }
        // A checked exception: it was tried.
        String elsewhere = urlOfNobody();
        assertThrows(SQLException.class, () -> driver.connect(elsewhere, new Properties()));
    }

    /** The pool interrupts an attempt when its timeout ends; that is an expected error. */
    @Test
    void reportsAnInterruptedAttemptAsUnavailable() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "jdbc:postgresql://localhost:" + mute.getLocalPort() + "/x";
            Properties timeout = new Properties();
            timeout.setProperty("loginTimeout", "30");
            FutureTask<Object> attempt = new FutureTask<>(() -> driver.connect(url, timeout));
            Thread connecting = Thread.ofPlatform().start(attempt);
            try (Socket accepted = mute.accept()) {
                connecting.interrupt();

                ExecutionException failed = assertThrows(ExecutionException.class, attempt::get);
                assertTrue(
                        DatabaseErrors.isTemporary(failed.getCause()),
                        failed.getCause().toString());
            }
        }
        // The others were not told that the database is unavailable.
        String elsewhere = urlOfNobody();
        assertThrows(SQLException.class, () -> driver.connect(elsewhere, new Properties()));
    }

    /** The pool makes one connection after another on one thread, and leaves it interrupted when it has interrupted one attempt. */
    @Test
    void connectsAlthoughTheAttemptBeforeWasInterrupted() throws Exception {
        String url = urlOfNobody();
        Properties timeout = new Properties();
        timeout.setProperty("loginTimeout", "30");
        Thread.currentThread().interrupt();

        assertThrows(SQLException.class, () -> driver.connect(url, timeout));

        // It was tried: an attempt that was interrupted would say nothing about the database.
        assertThrows(IllegalStateException.class, () -> driver.connect(url, timeout));
    }

    private static String urlOfNobody() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "jdbc:postgresql://localhost:" + free.getLocalPort() + "/x";
        }
    }
}
