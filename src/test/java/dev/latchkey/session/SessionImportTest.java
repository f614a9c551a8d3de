package dev.latchkey.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.SessionImport.ImportedSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionImportTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final SessionConfig CONFIG = TestSessionConfig.usual();

    private static Optional<SessionImport.Lifetime> life(Instant created, Instant expires) {
        return life(created, expires, CONFIG);
    }

    private static Optional<SessionImport.Lifetime> life(Instant created, Instant expires, SessionConfig config) {
        return SessionImport.Lifetime.of(
                new ImportedSession(
                        new AccountId("ada"),
                        SessionToken.parse("oDKTMWTObHXk4W5UkBwa5MqF6C6mtflQ").orElseThrow(),
                        created,
                        created,
                        expires,
                        Client.NONE),
                NOW,
                config);
    }

    private static Instant days(long days) {
        return NOW.plus(Duration.ofDays(days));
    }

    @Test
    void endsWhenASessionOpenedHereAtThatTimeWouldEnd() {
        SessionImport.Lifetime life = life(days(-2), days(5)).orElseThrow();
        assertEquals(days(-2), life.createdAt());
        assertEquals(days(5), life.idleEnd());
        assertEquals(days(28), life.absoluteEnd());
        assertTrue(life.remembered());
    }

    /** There, a session that is used has no end; here it has, and it is not before the one that its user was promised. */
    @Test
    void doesNotEndEarlierThanAtTheSource() {
        SessionImport.Lifetime life = life(days(-400), days(6)).orElseThrow();
        assertEquals(days(6), life.idleEnd());
        assertEquals(days(6), life.absoluteEnd());
    }

    @Test
    void endsNoLaterThanANewSession() {
        SessionImport.Lifetime life = life(days(-1), days(365)).orElseThrow();
        assertEquals(days(30), life.absoluteEnd());
        assertEquals(days(30), life.idleEnd());
    }

    @Test
    void isNotRememberedWhenItLastsOneDay() {
        SessionImport.Lifetime life =
                life(NOW.minusSeconds(3600), NOW.plusSeconds(23 * 3600)).orElseThrow();
        assertFalse(life.remembered());
        assertEquals(NOW.plusSeconds(23 * 3600), life.absoluteEnd());
        assertEquals(NOW.plusSeconds(23 * 3600), life.idleEnd());
        assertTrue(life(NOW.minusSeconds(3600), days(2)).orElseThrow().remembered());
    }

    @Test
    void livesNoLongerThanOthersWhenItIsNotRemembered() {
        SessionConfig brief = new TestSessionConfig(Duration.ofHours(1), Duration.ofHours(8), 100);
        assertEquals(Duration.ofHours(8), brief.lifetime(false));
        assertEquals(Duration.ofHours(8), brief.lifetime(true));
        assertEquals(Duration.ofDays(1), CONFIG.lifetime(false));
        assertEquals(Duration.ofDays(30), CONFIG.lifetime(true));

        Instant end = NOW.plus(Duration.ofHours(23));
        SessionImport.Lifetime life =
                life(end.minus(Duration.ofDays(1)), end, brief).orElseThrow();
        assertFalse(life.remembered());
        assertEquals(NOW.plus(Duration.ofHours(8)), life.absoluteEnd());
        assertEquals(NOW.plus(Duration.ofHours(8)), life.idleEnd());
    }

    @Test
    void expiredSessionIsNotImported() {
        assertTrue(life(days(-7), NOW).isEmpty());
        assertTrue(life(days(-7), NOW.minusSeconds(1)).isEmpty());
        assertTrue(life(days(-7), NOW.plusSeconds(1)).isPresent());
    }

    /** A clock that is ahead there must not make it younger than it can be. */
    @Test
    void createdInTheFutureCountsAsCreatedNow() {
        SessionImport.Lifetime life = life(days(3), days(400)).orElseThrow();
        assertEquals(NOW, life.createdAt());
        assertEquals(NOW, life.lastUsedAt());
        assertEquals(days(30), life.absoluteEnd());
    }
}
