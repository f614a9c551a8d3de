package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseFailuresTest {

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08006", "53300", "57P01", "57P03"})
    void waitsForADatabaseThatMayComeBack(String state) {
        assertTrue(DatabaseFailures.isAway(new IllegalStateException(new SQLException("gone", state))));
    }

    @Test
    void takesThePoolsOwnTimeoutForAbsence() {
        assertTrue(DatabaseFailures.isAway(new SQLException("Acquisition timeout while waiting for new connection")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"42601", "23505", "28P01", "3D000", "57014"})
    void doesNotTakeAnAnswerForAbsence(String state) {
        assertFalse(DatabaseFailures.isAway(new IllegalStateException(new SQLException("no", state))));
    }

    @Test
    void doesNotTakeAFailureOfOurOwnForAbsence() {
        assertFalse(DatabaseFailures.isAway(new IllegalStateException("checksum mismatch")));
    }

    @Test
    void saysTheInnermostReasonOnOneLine() {
        assertEquals(
                "Connection refused",
                DatabaseFailures.reason(new IllegalStateException("x", new SQLException("Connection\n refused "))));
        assertEquals("NullPointerException", DatabaseFailures.reason(new NullPointerException()));
    }
}
