package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.transaction.RollbackException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;
import javax.transaction.xa.XAException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseErrorsTest {

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08006", "53300", "57P01", "57P03"})
    void detectsAnUnavailableDatabase(String state) {
        assertTrue(DatabaseErrors.isUnavailable(new IllegalStateException(new SQLException("gone", state))));
    }

    @Test
    void treatsThePoolTimeoutAsUnavailable() {
        assertTrue(
                DatabaseErrors.isUnavailable(new SQLException("Acquisition timeout while waiting for new connection")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"42601", "23505", "28P01", "3D000", "57014"})
    void doesNotTreatARefusedStatementAsUnavailable(String state) {
        assertFalse(DatabaseErrors.isUnavailable(new IllegalStateException(new SQLException("no", state))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"08001", "53300", "57P01", "57P02", "57014", "40001", "40P01", "25P03"})
    void detectsTemporaryError(String state) {
        assertTrue(DatabaseErrors.isTemporary(new IllegalStateException(new SQLException("gone", state))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"42601", "23505", "28P01", "3D000"})
    void doesNotTreatPermanentErrorAsTemporary(String state) {
        assertFalse(DatabaseErrors.isTemporary(new IllegalStateException(new SQLException("no", state))));
    }

    /** Narayana puts what made a commit fail among the suppressed exceptions. */
    @Test
    void detectsATemporaryErrorOfACommit() {
        RollbackException notCommitted = new RollbackException("ARJUNA016053: Could not commit transaction.");
        XAException commit = new XAException(XAException.XAER_RMERR);
        commit.initCause(new SQLException("terminating connection due to administrator command", "57P01"));
        notCommitted.addSuppressed(commit);

        assertTrue(DatabaseErrors.isTemporary(new IllegalStateException(notCommitted)));
    }

    @Test
    void detectsAConnectionThatWasLostAtCommit() {
        RollbackException notCommitted = new RollbackException("ARJUNA016053: Could not commit transaction.");
        notCommitted.addSuppressed(new XAException(XAException.XAER_RMFAIL));

        assertTrue(DatabaseErrors.isTemporary(notCommitted));
    }

    @Test
    void detectsATemporaryErrorOfABatch() {
        BatchUpdateException batch = new BatchUpdateException("Batch entry 0 was aborted", "25P02", new int[0]);
        batch.setNextException(new SQLException("terminating connection due to administrator command", "57P01"));

        assertTrue(DatabaseErrors.isTemporary(batch));
    }

    @Test
    void doesNotTreatAViolationAtCommitAsTemporary() {
        RollbackException notCommitted = new RollbackException("ARJUNA016053: Could not commit transaction.");
        XAException commit = new XAException(XAException.XA_RBINTEGRITY);
        commit.initCause(new SQLException("duplicate key", "23505", new SQLException("no state")));
        notCommitted.addSuppressed(commit);

        assertFalse(DatabaseErrors.isTemporary(notCommitted));
        assertFalse(DatabaseErrors.isTemporary(new RollbackException("for no known reason")));
    }

    @Test
    void endsTheSearchInACircleOfCauses() {
        RuntimeException first = new RuntimeException();
        first.initCause(new RuntimeException(first));

        assertFalse(DatabaseErrors.isTemporary(first));
    }

    @Test
    void doesNotTreatAFailureWithoutSqlAsUnavailable() {
        assertFalse(DatabaseErrors.isUnavailable(new IllegalStateException("checksum mismatch")));
    }

    /** What the pool throws when no connection is free in time: the innermost exception has no message. */
    @Test
    void returnsTheInnermostReasonThatHasWords() {
        SQLException pool =
                new SQLException("Acquisition timeout while waiting for new connection", new TimeoutException());
        assertEquals(
                "Acquisition timeout while waiting for new connection",
                DatabaseErrors.reason(new IllegalStateException("x", pool)));
        assertEquals("Failed: Acquisition timeout while waiting for new connection", DatabaseErrors.describe(pool));
    }

    @Test
    void returnsTheInnermostReasonOnOneLine() {
        assertEquals(
                "Connection refused",
                DatabaseErrors.reason(new IllegalStateException("x", new SQLException("Connection\n refused "))));
        assertEquals("NullPointerException", DatabaseErrors.reason(new NullPointerException()));
        assertEquals(
                "NullPointerException", DatabaseErrors.reason(new IllegalStateException(new NullPointerException())));
    }
}
