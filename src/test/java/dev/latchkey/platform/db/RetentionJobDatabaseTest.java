package dev.latchkey.platform.db;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import io.agroal.api.AgroalDataSource;
import io.quarkus.arc.All;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What is over is deleted: in batches, by one replica at a time, and nothing else. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class RetentionJobDatabaseTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @All
    @Inject
    List<Expirable> prunables;

    @Inject
    AgroalDataSource database;

    @Inject
    Migrations migrations;

    @Inject
    Clock clock;

    @Test
    void knowsAllThatGrows() {
        assertEquals(
                List.of(
                        "audit events",
                        "e-mail links",
                        "e-mails that were never sent",
                        "rate limit buckets",
                        "reserved e-mail addresses",
                        "revocations",
                        "sessions",
                        "signing keys"),
                prunables.stream().map(Expirable::name).sorted().toList());
    }

    @Test
    void deletesSessionsThatAreOverAndNoOthers() {
        Person person = Person.signedUp();
        Person over = person.signedInAgain();
        Person idle = person.signedInAgain();
        Sql.update(
                "update sessions set absolute_expires_at = now() - interval '1 second' where id = ?", over.sessionId());
        Sql.update("update sessions set idle_expires_at = now() - interval '1 second' where id = ?", idle.sessionId());

        pruneUntil("the session is gone", "select count(*) = 0 from sessions where id = '" + over.sessionId() + "'");

        // Its index is by the absolute end, which comes too.
        assertEquals(
                2, Sql.count("select count(*) from sessions where id in (?, ?)", person.sessionId(), idle.sessionId()));
    }

    @Test
    void deletesRevocationsWhoseTokensHaveExpiredAndNoOthers() {
        String over = UUID.randomUUID().toString();
        String living = UUID.randomUUID().toString();
        String insert = "insert into revocations (session_id, expires_at) values (?, now() + cast(? as interval))";
        Sql.update(insert, over, "-1 second");
        Sql.update(insert, living, "1 minute");

        pruneUntil("the revocation is gone", "select count(*) = 0 from revocations where session_id = '" + over + "'");

        assertEquals(1, Sql.count("select count(*) from revocations where session_id = ?", living));
    }

    /** The default of latchkey.audit.retention is a year. */
    @Test
    void deletesEventsBeyondTheirRetentionAndNoOthers() {
        UUID over = UUID.randomUUID();
        UUID kept = UUID.randomUUID();
        String insert = "insert into audit_events (id, type, at, ip, user_agent, outcome)"
                + " values (?, 'test', now() - cast(? as interval), '', '', 'success')";
        Sql.update(insert, over, "366 days");
        Sql.update(insert, kept, "364 days");

        pruneUntil("the event is gone", "select count(*) = 0 from audit_events where id = '" + over + "'");

        assertEquals(1, Sql.count("select count(*) from audit_events where id = ?", kept));
    }

    /** FR-023: a count that still slows somebody down stays. */
    @Test
    void deletesBucketsThatSlowNobodyAndNoOthers() {
        String over = "test:" + UUID.randomUUID();
        String living = "test:" + UUID.randomUUID();
        String insert = "insert into throttle_buckets (id, taken_at, expires_at)"
                + " values (?, array[now()], now() + cast(? as interval))";
        Sql.update(insert, over, "-1 second");
        Sql.update(insert, living, "1 minute");

        pruneUntil("the bucket is gone", "select count(*) = 0 from throttle_buckets where id = '" + over + "'");

        assertEquals(1, Sql.count("select count(*) from throttle_buckets where id = ?", living));
    }

    @Test
    void deletesInBatchesUntilNothingIsLeft() {
        Pile pile = new Pile(8);

        pruneUntil(pile, () -> pile.left == 0);

        assertEquals(List.of(3, 3, 2), pile.batches);
    }

    @Test
    void asksOnceMoreWhenTheLastBatchWasFull() {
        Pile pile = new Pile(6);

        pruneUntil(pile, () -> pile.left == 0);

        assertEquals(List.of(3, 3, 0), pile.batches);
    }

    /** On one replica at a time: the one that holds the lock. */
    @Test
    void deletesNothingWhileAnotherReplicaIsAtIt() throws SQLException {
        String over = UUID.randomUUID().toString();
        Pile pile = new Pile(5);
        try (Connection other = EmbeddedDatabaseResource.database().connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select pg_advisory_xact_lock(7809651199139603833)");
            Sql.update(
                    "insert into revocations (session_id, expires_at) values (?, now() - interval '1 second')", over);

            job(prunables, TIMEOUT).deleteExpired();
            job(List.of(pile), TIMEOUT).deleteExpired();

            assertEquals(1, Sql.count("select count(*) from revocations where session_id = ?", over));
            assertEquals(List.of(), pile.batches);
            other.rollback();
        }
        pruneUntil("the revocation is gone", "select count(*) = 0 from revocations where session_id = '" + over + "'");
    }

    @Test
    void leavesTheRestToTheNextRoundWhenTheTimeIsUp() {
        Pile pile = new Pile(5);

        job(List.of(pile), Duration.ZERO).deleteExpired();

        assertEquals(List.of(), pile.batches);
    }

    @Test
    void goesOnWithTheOthersWhenOneFails() {
        Pile pile = new Pile(2);
        Expirable broken = new Expirable() {
            @Override
            public String name() {
                return "something broken";
            }

            @Override
            public int deleteExpired(int atMost) {
                throw new IllegalStateException("as expected by this test");
            }
        };

        Eventually.holds("the pile is gone", () -> {
            job(List.of(broken, pile), TIMEOUT).deleteExpired();
            return pile.left == 0;
        });
    }

    /** A batch is a transaction of its own: what it has done stays when the next one fails. */
    @Test
    void keepsWhatABatchHasDone() {
        String over = "test:" + UUID.randomUUID();
        String insert =
                "insert into throttle_buckets (id, taken_at, expires_at) values (?, '{}', now() - interval '1 second')";
        for (int i = 0; i < 4; i++) {
            Sql.update(insert, over + i);
        }
        Expirable buckets = prunables.stream()
                .filter(prunable -> prunable.name().equals("rate limit buckets"))
                .findFirst()
                .orElseThrow();
        List<Integer> deleted = new ArrayList<>();
        Expirable breaking = new Expirable() {
            @Override
            public String name() {
                return "buckets that break";
            }

            @Override
            public int deleteExpired(int atMost) {
                int rows = buckets.deleteExpired(atMost);
                deleted.add(rows);
                if (deleted.size() == 2) {
                    throw new IllegalStateException("as expected by this test");
                }
                return rows;
            }
        };

        Eventually.holds("two batches", () -> {
            if (deleted.isEmpty()) {
                job(List.of(breaking), TIMEOUT).deleteExpired();
            }
            return !deleted.isEmpty();
        });

        assertEquals(3, deleted.getFirst());
        assertTrue(Sql.count("select count(*) from throttle_buckets where id like ?", over + "%") >= 1);
        assertTrue(Sql.count("select count(*) from throttle_buckets where id like ?", over + "%") < 4);
    }

    /** In rounds, for the service's own may be at it meanwhile. */
    private void pruneUntil(String what, String query) {
        Eventually.holds(what, () -> {
            job(prunables, TIMEOUT).deleteExpired();
            return Sql.column(query).getFirst().equals("t");
        });
    }

    private void pruneUntil(Expirable prunable, BooleanSupplier condition) {
        Eventually.holds("nothing is left", () -> {
            job(List.of(prunable), TIMEOUT).deleteExpired();
            return condition.getAsBoolean();
        });
    }

    private RetentionJob job(List<Expirable> what, Duration timeout) {
        return new RetentionJob(what, database, migrations, new Rounds(timeout), clock);
    }

    /** So many rows that are over. */
    private static final class Pile implements Expirable {

        private final List<Integer> batches = new ArrayList<>();
        private int left;

        Pile(int rows) {
            this.left = rows;
        }

        @Override
        public String name() {
            return "pile";
        }

        @Override
        public int deleteExpired(int atMost) {
            int rows = Math.min(atMost, left);
            left -= rows;
            batches.add(rows);
            return rows;
        }
    }

    private record Rounds(Duration timeout) implements RetentionConfig {
        @Override
        public Duration every() {
            return Duration.ofMinutes(1);
        }

        @Override
        public int batch() {
            return 3;
        }
    }
}
