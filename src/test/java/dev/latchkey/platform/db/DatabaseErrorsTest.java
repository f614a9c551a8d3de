package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
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
    @ValueSource(strings = {"08001", "53300", "57P01", "57014", "40001", "40P01"})
    void detectsTemporaryError(String state) {
        assertTrue(DatabaseErrors.isTemporary(new IllegalStateException(new SQLException("gone", state))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"42601", "23505", "28P01", "3D000"})
    void doesNotTreatPermanentErrorAsTemporary(String state) {
        assertFalse(DatabaseErrors.isTemporary(new IllegalStateException(new SQLException("no", state))));
    }

    @Test
    void doesNotTreatAFailureWithoutSqlAsUnavailable() {
        assertFalse(DatabaseErrors.isUnavailable(new IllegalStateException("checksum mismatch")));
    }

    @Test
    void returnsTheInnermostReasonOnOneLine() {
        assertEquals(
                "Connection refused",
                DatabaseErrors.reason(new IllegalStateException("x", new SQLException("Connection\n refused "))));
        assertEquals("NullPointerException", DatabaseErrors.reason(new NullPointerException()));
    }
}
