package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** E-mails are tried again after longer and longer pauses, and a server that refuses this service is left alone for the longest. */
class MailPausesTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
    private final MailPauses pauses = new MailPauses(Duration.ofSeconds(5), Duration.ofSeconds(30), now::get);

    @Test
    void doublesUpToTheLongest() {
        assertEquals(
                List.of(5L, 10L, 20L, 30L, 30L),
                IntStream.of(1, 2, 3, 4, 1000)
                        .mapToObj(attempt -> pauses.after(attempt).toSeconds())
                        .toList());
    }

    @Test
    void pausesEverythingOnceForAllRefusalsAtTheSameTime() {
        assertEquals(Duration.ZERO, pauses.remaining());
        assertFalse(pauses.isRefused());

        assertTrue(pauses.refused());
        pass(Duration.ofSeconds(10));
        assertFalse(pauses.refused(), "of an e-mail that was under way");

        assertEquals(Duration.ofSeconds(20), pauses.remaining());
        assertTrue(pauses.isRefused());
    }

    @Test
    void triesAgainAfterThePauseAndPausesAgain() {
        pauses.refused();
        pass(Duration.ofSeconds(31));
        assertEquals(Duration.ZERO, pauses.remaining());
        assertTrue(pauses.isRefused(), "one at a time, until one is not refused");

        assertTrue(pauses.refused());
        assertEquals(Duration.ofSeconds(30), pauses.remaining());
    }

    @Test
    void goesOnOnceTheServerDoesNotRefuse() {
        pauses.refused();
        pauses.served();

        assertEquals(Duration.ZERO, pauses.remaining());
        assertFalse(pauses.isRefused());
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
