package dev.latchkey.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.RefusalCounts.Counted;
import dev.latchkey.fixture.ManualClock;
import dev.latchkey.fixture.Together;
import dev.latchkey.platform.http.Client;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** SC-009: what a flood of refusals writes is bounded, and no attempt is missing. */
class RefusalCountsTest {

    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Client CLIENT = new Client("192.0.2.7", "a browser");
    private static final int SINGLE = 5;
    private static final int MAX = 100;

    private final ManualClock clock = new ManualClock(START);
    private final RefusalCounts counts = new RefusalCounts(new Settings(Duration.ofMinutes(1), SINGLE, MAX), START);

    record Settings(Duration period, int single, int max) implements AuditConfig.Refusals {}

    // --- The first few ---

    @Test
    void writesTheFirstFewOnTheirOwnAndCountsTheOthers() {
        assertEquals(SINGLE, add(1_000, AuditEvent.tokenRefused("bad signature", CLIENT)));
        Counted counted = only(nextPeriod());
        assertEquals(995, counted.attempts());
        assertEquals(Type.TOKEN_CHECK, counted.event().type());
        assertEquals(AuditEvent.Outcome.FAILURE, counted.event().outcome());
        assertEquals(CLIENT, counted.event().client());
        assertNull(counted.event().userId());
        assertEquals("995", counted.event().details().get("count"));
        assertEquals("bad signature", counted.event().details().get("reason"));
    }

    @Test
    void writesAFewOfEachNetworkTypeAndReasonOnTheirOwn() {
        add(SINGLE, AuditEvent.tokenRefused("bad signature", CLIENT));
        assertEquals(1, add(1, AuditEvent.tokenRefused("unknown key", CLIENT)));
        assertEquals(1, add(1, AuditEvent.sessionTokenRefused("bad signature", CLIENT)));
        assertEquals(1, add(1, AuditEvent.tokenRefused("bad signature", client("192.0.2.8"))));
        assertEquals(0, add(1, AuditEvent.tokenRefused("bad signature", CLIENT)));
    }

    @Test
    void countsIpv6AddressesOfOneNetworkTogether() {
        add(SINGLE, AuditEvent.tokenRefused("bad signature", client("2001:db8::1")));
        assertEquals(0, add(1, AuditEvent.tokenRefused("bad signature", client("2001:db8::2"))));
        assertEquals(0, add(1, AuditEvent.tokenRefused("bad signature", client("2001:db8::3"))));
        Counted counted = only(nextPeriod());
        assertEquals(2, counted.attempts());
        assertEquals("2001:db8:0:0:0:0:0:0/64", counted.event().client().ip());
    }

    @Test
    void writesNoCountWhereNothingWasCounted() {
        add(SINGLE, AuditEvent.tokenRefused("bad signature", CLIENT));
        assertEquals(List.of(), nextPeriod());
    }

    // --- Periods ---

    @Test
    void givesTheTimesOfTheFirstAndTheLastThatWereCounted() {
        add(SINGLE, AuditEvent.tokenRefused("bad signature", CLIENT));
        clock.advance(Duration.ofSeconds(10));
        add(1, AuditEvent.tokenRefused("bad signature", CLIENT));
        clock.advance(Duration.ofSeconds(20));
        add(1, AuditEvent.tokenRefused("bad signature", CLIENT));
        Counted counted = only(nextPeriod());
        assertEquals("2026-03-01T12:00:10Z", counted.event().details().get("from"));
        assertEquals("2026-03-01T12:00:30Z", counted.event().details().get("to"));
        assertEquals(Instant.parse("2026-03-01T12:00:30Z"), counted.last());
    }

    @Test
    void writesCountsOnceAPeriodOnly() {
        add(10, AuditEvent.tokenRefused("bad signature", CLIENT));
        clock.advance(Duration.ofMillis(59_999));
        assertEquals(List.of(), counts.takeIfDue(clock.instant()));
        clock.advance(Duration.ofMillis(1));
        assertEquals(5, only(counts.takeIfDue(clock.instant())).attempts());
        assertEquals(List.of(), counts.takeIfDue(clock.instant()));
        assertEquals(SINGLE, add(10, AuditEvent.tokenRefused("bad signature", CLIENT)));
        assertEquals(List.of(), counts.takeIfDue(clock.instant()));
        assertEquals(5, only(nextPeriod()).attempts());
    }

    @Test
    void writesCountsAlsoAfterTheClockWasSetBack() {
        add(10, AuditEvent.tokenRefused("bad signature", CLIENT));
        clock.advance(Duration.ofDays(-1));
        assertEquals(5, only(counts.takeIfDue(clock.instant())).attempts());
    }

    // --- Accounts ---

    // Security: nobody buries a foreign sign-in under refused ones.
    @Test
    void countsAttemptsThatAnAccountsLimitRefusedAndWritesNoneOnItsOwn() {
        int single = 0;
        for (int i = 0; i < 10_000; i++) {
            single += add(1, AuditEvent.signInRefused("ada", AuditEvent.THROTTLED, client("192.0.2." + i % 250)));
        }
        assertEquals(0, single);
        Counted counted = only(nextPeriod());
        assertEquals("ada", counted.event().userId());
        assertEquals(10_000, counted.attempts());
        assertEquals("", counted.event().client().ip(), "from several networks");
        assertEquals("a browser", counted.event().client().userAgent());
    }

    @Test
    void writesWrongPasswordsOfAnAccountOnTheirOwnFromAnyNetwork() {
        assertEquals(SINGLE, add(SINGLE, AuditEvent.signInRefused("ada", "wrong_password", CLIENT)));
        assertEquals(SINGLE, add(SINGLE, AuditEvent.signInRefused("bob", "wrong_password", CLIENT)));
        assertEquals(0, add(1, AuditEvent.signInRefused("ada", "wrong_password", client("192.0.2.8"))));
        Counted counted = only(nextPeriod());
        assertEquals("ada", counted.event().userId());
        assertEquals("192.0.2.8", counted.event().client().ip());
    }

    // Security: networks that name no account do not push out what concerns accounts.
    @Test
    void writesWhatConcernsAnAccountDuringAFloodThatConcernsNone() {
        for (int i = 0; i < 10 * MAX; i++) {
            add(1, AuditEvent.tokenRefused("bad signature", client("10.0." + i / 250 + "." + i % 250)));
        }
        assertEquals(1, add(1, AuditEvent.signInRefused("ada", "wrong_password", CLIENT)));
    }

    // Security: the id of another issuer's user is as long as that issuer likes.
    @Test
    void keepsNoLongIdsInMemory() {
        String id = "shop:" + "x".repeat(6_000);
        add(SINGLE, AuditEvent.ownerRefused(id, "GET", "/", CLIENT));
        add(1, AuditEvent.ownerRefused(id, "GET", "/", CLIENT));
        assertEquals(id.substring(0, 255), only(nextPeriod()).event().userId());
    }

    @Test
    void keepsNoDeviceCookies() {
        for (int i = 0; i < SINGLE + 3; i++) {
            add(
                    1,
                    AuditEvent.tokenRefused(
                            "bad signature", new Client(CLIENT.ip(), CLIENT.userAgent(), "device " + i)));
        }
        assertEquals(CLIENT, only(nextPeriod()).event().client());
    }

    // --- All networks together ---

    @Test
    void boundsWhatAllNetworksWriteTogether() {
        int single = 0;
        int attempts = 65_536;
        for (int i = 0; i < attempts; i++) {
            Client client = client("2001:db8:0:" + Integer.toHexString(i) + "::1");
            single += add(1, AuditEvent.tokenRefused("bad signature", client));
        }
        assertEquals(MAX, single);
        List<Counted> counted = nextPeriod();
        Counted others = only(counted);
        assertEquals(attempts - MAX, others.attempts());
        assertEquals("others", others.event().details().get("reason"));
        assertEquals("", others.event().client().ip());
        assertNull(others.event().userId());
    }

    @Test
    void writesNoMoreThanTwiceTheMaximumAndAnEntryForEachType() {
        int single = 0;
        long attempts = 0;
        for (int i = 0; i < 1_000; i++) {
            Client client = client("10.0." + i / 250 + "." + i % 250);
            single += add(20, AuditEvent.tokenRefused("bad signature", client));
            single += add(20, AuditEvent.signInRefused(null, "unknown_account", client));
            attempts += 40;
        }
        assertEquals(MAX, single);
        List<Counted> counted = nextPeriod();
        assertEquals(MAX + 2, counted.size());
        assertEquals(attempts, single + sum(counted));
    }

    // --- Nothing is lost ---

    @Test
    void writesEverythingOnItsOwnAfterTheEnd() {
        add(SINGLE + 3, AuditEvent.tokenRefused("bad signature", CLIENT));
        assertEquals(3, only(counts.close(clock.instant())).attempts());
        assertEquals(10, add(10, AuditEvent.tokenRefused("bad signature", CLIENT)));
        assertEquals(List.of(), counts.close(clock.instant()));
    }

    @Test
    void losesNoAttemptOfManyProducersWithAnEndInBetween() {
        int producers = 8;
        int each = 20_000;
        AtomicLong written = new AtomicLong();
        Together.times(producers + 1, number -> {
            if (number == producers) {
                for (int i = 0; i < 200; i++) {
                    clock.advance(Duration.ofMinutes(1));
                    written.addAndGet(sum(counts.takeIfDue(clock.instant())));
                }
                written.addAndGet(sum(counts.close(clock.instant())));
            } else {
                for (int i = 0; i < each; i++) {
                    written.addAndGet(add(1, AuditEvent.tokenRefused("reason " + i % 7, client("10.0.0." + i % 250))));
                }
            }
            return null;
        });
        assertEquals((long) producers * each, written.get());
        assertEquals(List.of(), counts.close(clock.instant()));
    }

    /** Adds the same refusal several times, and returns how many were to be written on their own. */
    private int add(int times, AuditEvent event) {
        int single = 0;
        for (int i = 0; i < times; i++) {
            single += counts.isSingle(event, clock.instant()) ? 1 : 0;
        }
        return single;
    }

    private List<Counted> nextPeriod() {
        clock.advance(Duration.ofMinutes(1));
        List<Counted> counted = new ArrayList<>(counts.takeIfDue(clock.instant()));
        counted.sort(Comparator.comparing(Counted::last));
        return counted;
    }

    private static Counted only(List<Counted> counted) {
        assertFalse(counted.isEmpty());
        assertTrue(counted.size() == 1, counted::toString);
        return counted.getFirst();
    }

    private static long sum(List<Counted> counted) {
        return counted.stream().mapToLong(Counted::attempts).sum();
    }

    private static Client client(String ip) {
        return new Client(ip, "a browser");
    }
}
