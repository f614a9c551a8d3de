package dev.latchkey.revocation;

import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.platform.db.AfterCommit;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What is revoked, by the service or by a statement, and for how long; what the database does of it is in V002. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class RevocationsDatabaseTest {

    @Inject
    Revocations revocations;

    @Inject
    RevokedTokens revoked;

    @Inject
    Revocations.TokenLifetime life;

    @Inject
    Clock clock;

    @Inject
    RevocationRepository rows;

    @Inject
    RevocationFeed feed;

    @Inject
    RevocationReader reader;

    @Inject
    ChangeListener listener;

    @Inject
    AfterCommit afterCommit;

    @Inject
    RevocationConfig config;

    private final String session = UUID.randomUUID().toString();
    private final String user = UUID.randomUUID().toString();

    // FR-008: the answering replica refuses at once, which is when the change has committed.
    @Test
    void refusesFromTheCommitOn() {
        QuarkusTransaction.requiringNew().run(() -> {
            revocations.revoke(List.of(session));
            revocations.revokeUser(user, null);
            revocations.read();
            assertFalse(revoked.contains(session), "it may still be rolled back");
            assertFalse(revoked.isRevoked(user, null, null, Instant.EPOCH), "it may still be rolled back");
        });
        assertTrue(revoked.contains(session));
        assertTrue(revoked.isRevoked(user, null, null, Instant.EPOCH));
    }

    @Test
    void refusesNothingThatWasRolledBack() {
        assertThrows(
                IllegalStateException.class,
                () -> QuarkusTransaction.requiringNew().run(() -> {
                    revocations.revoke(List.of(session));
                    revocations.revokeUser(user, null);
                    throw new IllegalStateException("the change failed");
                }));
        revocations.read();
        assertFalse(revoked.contains(session));
        assertFalse(revoked.isRevoked(user, null, null, Instant.EPOCH));
        assertEquals(0, stored());
    }

    // Each notification makes every replica read, so that one for each sign-up or deleted row would be a storm.
    @Test
    void tellsNobodyOfStatementsThatRevokeNothing() throws SQLException {
        String signUp = "insert into users (id, email) values ('%1$s', '%1$s@example.com')".formatted(user);
        String expired = """
                insert into sessions (id, user_id, idle_expires_at, absolute_expires_at, remembered, ip, user_agent,
                    refresh_hash) values ('%s', '%s', now(), now(), true, '', '', '')""".formatted(session, user);

        assertEquals(0, notifications(List.of(signUp, expired, "delete from sessions where id = '" + session + "'")));
        String active = expired.replace("now(), now()", "now(), now() + interval '1 hour'");
        assertEquals(1, notifications(List.of(active, "delete from sessions where id = '" + session + "'")));
        String disabled = "insert into users (id, email, disabled_at) values ('%1$s', '%1$s', now())"
                .formatted(UUID.randomUUID().toString());
        assertEquals(1, notifications(List.of(disabled)));
    }

    /** Returns how many notifications of revocations a connection causes, not counting those of other connections. */
    private static long notifications(List<String> sql) throws SQLException {
        try (Connection listener = EmbeddedDatabaseResource.database().connect();
                Connection sender = EmbeddedDatabaseResource.database().connect();
                Statement listening = listener.createStatement();
                Statement sending = sender.createStatement()) {
            listening.execute("listen latchkey");
            listening.execute("listen test_end");
            for (String one : sql) {
                sending.execute(one);
            }
            sending.execute("notify test_end");
            int pid = sender.unwrap(PGConnection.class).getBackendPID();
            long count = 0;
            while (true) {
                for (PGNotification one : listener.unwrap(PGConnection.class).getNotifications(10_000)) {
                    if (one.getName().equals("test_end")) {
                        return count;
                    }
                    count += one.getPID() == pid ? 1 : 0;
                }
            }
        }
    }

    @Test
    void refusesNothingOutsideOfATransaction() {
        assertThrows(RuntimeException.class, () -> revocations.revoke(List.of(session)));
        assertThrows(RuntimeException.class, () -> revocations.revokeDeleted(List.of(session)));
        assertThrows(RuntimeException.class, () -> revocations.revokeUser(user, null));
        assertEquals(0, stored());
    }

    // A row lives as long as the last access token of its session can: renewed by a replica that had not heard yet.
    @Test
    void outlivesEveryAccessTokenOfItsSession() {
        revoke(session);
        Duration kept = life.lifetime().plus(life.leeway()).plus(RevokedTokens.RECENT);
        String left =
                "select count(*) from revocations where session_id = ? and expires_at > now() + cast(? as interval)";
        assertEquals(1, Sql.count(left, session, kept.toSeconds() + " seconds"));
        assertEquals(0, Sql.count(left, session, kept.plusHours(1).toSeconds() + " seconds"));
    }

    // Security: an issuer that shares users may make tokens that last for days, and they name no session.
    @Test
    void revocationOfAUserIsKeptAsLongAsTokensOfIssuersThatShareUsersLive() {
        Duration longest = Duration.ofDays(7);
        RevokedTokens known = new RevokedTokens(Duration.ofSeconds(1), false);
        Revocations sharing = new Revocations(
                rows,
                known,
                feed,
                reader,
                listener,
                afterCommit,
                config,
                new Revocations.TokenLifetime(life.lifetime(), longest, life.leeway()),
                clock);
        String before =
                Sql.column("select users_kept::text from revocation_policy").getFirst();
        try {
            QuarkusTransaction.requiringNew()
                    .run(() -> rows.raisePolicy(life.lifetime(), longest.plusMinutes(1), life.leeway()));
            QuarkusTransaction.requiringNew().run(() -> {
                sharing.revokeUser(user, null);
                sharing.revoke(List.of(session));
            });
        } finally {
            Sql.update("update revocation_policy set users_kept = cast(? as interval)", before);
        }
        assertEquals(1, Sql.count("""
                select count(*) from user_revocations where user_id = ? and expires_at > now() + interval '7 days'""", user));
        assertEquals(1, Sql.count("""
                select count(*) from revocations where session_id = ? and expires_at < now() + interval '1 hour'""", session));

        sweep(known, clock.instant().plus(longest));
        assertTrue(known.isRevoked(user, null, null, Instant.EPOCH), "in memory, too");
        assertFalse(known.contains(session));
        sweep(known, clock.instant().plus(longest).plus(Duration.ofHours(1)));
        assertFalse(known.isRevoked(user, null, null, Instant.EPOCH));
    }

    private static void sweep(RevokedTokens known, Instant now) {
        for (int i = 0; i < 2 * RevokedTokens.SWEEPS; i++) {
            known.sweep(now);
        }
    }

    @Test
    void mayBeRevokedTwice() {
        revoke(session);
        revoke(session);
        assertEquals(1, stored());
        QuarkusTransaction.requiringNew().run(() -> revocations.revoke(List.of()));
    }

    // "End all" against a sign-in in the same second, at a replica whose clock may be slow by the leeway.
    @Test
    void sparesWhatIsIssuedInTheSameSecond() {
        Instant before;
        do {
            before = clock.instant();
            QuarkusTransaction.requiringNew().run(() -> revocations.revokeUser(user, null));
        } while (clock.instant().getEpochSecond() != before.getEpochSecond());
        Instant slow = before.minus(life.leeway());
        assertFalse(revoked.isRevoked(user, "new", null, Instant.ofEpochSecond(slow.getEpochSecond())));
        assertTrue(revoked.isRevoked(user, "lost", null, Instant.ofEpochSecond(slow.getEpochSecond() - 2)));
    }

    @Test
    void keepsOneRowForAUserHoweverOftenItIsSaid() {
        for (String spared : List.of("", "a", "", "a", "a")) {
            QuarkusTransaction.requiringNew().run(() -> revocations.revokeUser(user, spared));
        }
        assertEquals(2, Sql.count("select count(*) from user_revocations where user_id = ?", user));
        assertTrue(revoked.isRevoked(user, "a", null, Instant.EPOCH), "one of them did not spare it");
    }

    @Test
    void prunesWhatIsOverAndNothingElse() {
        // Those of earlier tests must not expire between one deletion and the next.
        for (String table : List.of("revocations", "user_revocations")) {
            Sql.update("delete from " + table + " where expires_at < now() + interval '1 minute'");
        }
        QuarkusTransaction.requiringNew().run(() -> revocations.deleteExpired(100_000));
        revoke(session);
        String over = "over-" + session;
        revoke(over);
        QuarkusTransaction.requiringNew().run(() -> revocations.revokeUser(user, null));
        QuarkusTransaction.requiringNew().run(() -> revocations.revokeUser(user, "over"));
        Sql.update("update revocations set expires_at = now() - interval '1 second' where session_id = ?", over);
        Sql.update(
                "update user_revocations set expires_at = now() - interval '1 second' where spared_session = 'over'");
        assertEquals(0, QuarkusTransaction.requiringNew().call(() -> revocations.deleteExpired(0)));
        assertEquals(1, QuarkusTransaction.requiringNew().call(() -> revocations.deleteExpired(1)));
        assertEquals(1, QuarkusTransaction.requiringNew().call(() -> revocations.deleteExpired(10)));
        assertEquals(0, QuarkusTransaction.requiringNew().call(() -> revocations.deleteExpired(10)));
        assertEquals(1, stored());
        assertEquals(1, Sql.count("select count(*) from user_revocations where user_id = ?", user));
    }

    // --- By any SQL statement ---

    // Corner case: account disabled or deleted.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "update users set disabled_at = now() where id = ?",
                "delete from users where id = ?",
                "update users set roles = '{admin}' where id = ?",
                "update users set email = 'other-' || email where id = ?",
                "update credentials set secret = 'another' where user_id = ?",
                "delete from credentials where user_id = ?",
                "select revoke_user(?)",
                "delete from sessions where user_id = ?",
                "insert into revocations (session_id) select id from sessions where user_id = ?",
                "insert into user_revocations (user_id, issued_before) values (?, now() + interval '2 seconds')",
            })
    void reachesTokensByAStatement(String statement) {
        Person ada = Person.signedUp();
        Person eve = Person.signedUp();
        if (statement.startsWith("select")) {
            Sql.column(statement, ada.id());
        } else {
            Sql.update(statement, ada.id());
        }

        Eventually.holds(
                "the token is refused",
                () -> ada.bearing().get("/api/auth/session").statusCode() == 401);

        assertEquals("INVALID_TOKEN", ada.bearing().get("/api/auth/session").path("code"));
        assertEquals(200, eve.bearing().get("/api/auth/session").statusCode());
    }

    // The change is another replica's or an operator's: it has been made when the refresh begins, and commits
    // afterwards.
    @Test
    void tokenThatIsMintedWhileRolesChangeHasTheNewOnesOrIsRefused() throws Exception {
        Person ada = Person.signedUp();
        try (ExecutorService thread = Executors.newSingleThreadExecutor();
                Connection other = EmbeddedDatabaseResource.database().connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("update users set roles = '{admin}' where id = '" + ada.id() + "'");
            Future<Response> refresh = thread.submit(() -> Person.refresh(ada.refreshToken()));
            Eventually.holds(
                    "the refresh has read the user, or waits",
                    () -> refresh.isDone()
                            || Sql.count("select count(*) from pg_stat_activity"
                                            + " where datname = current_database() and wait_event_type = 'Lock'")
                                    > 0);
            other.commit();
            revocations.read();

            assertHasRolesOrIsRefused(ada.with(refresh.get()), List.of("admin"));
        }
    }

    // Several refreshes race one change, ten times.
    @Test
    void tokensThatRaceAChangeOfRolesHaveTheNewOnesOrAreRefused() {
        Person ada = Person.signedUp();
        String id = ada.id();
        for (int i = 0; i < 10; i++) {
            List<String> roles = List.of("role-" + i);
            String refreshToken = ada.refreshToken();
            List<Callable<Response>> racing = new ArrayList<>();
            for (int j = 0; j < 4; j++) {
                racing.add(() -> Person.refresh(refreshToken));
            }
            racing.add(1, () -> {
                Sql.update("update users set roles = array[?] where id = ?", roles.getFirst(), id);
                return Person.refresh(refreshToken);
            });
            List<Response> refreshed = Together.all(racing);
            revocations.read();

            for (Response response : refreshed) {
                response.then().statusCode(200);
                assertHasRolesOrIsRefused(ada.with(response), roles);
            }
            ada = ada.with(Person.refresh(refreshed.getFirst().path("refresh_token")));
            ada.bearing().get("/api/auth/session").then().statusCode(200).body("roles", equalTo(roles));
        }
    }

    private static void assertHasRolesOrIsRefused(Person person, List<String> roles) {
        Response response = person.bearing().get("/api/auth/session");
        if (response.statusCode() != 401) {
            response.then().statusCode(200).body("roles", equalTo(roles));
        }
    }

    @Test
    void leavesNoSessionToTheDisabled() {
        Person ada = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
        assertEquals(1, Sql.count("select count(*) from user_revocations where user_id = ?", ada.id()));

        Sql.update("update users set disabled_at = null where id = ?", ada.id());
        Person back = ada.signedInAgain();
        revocations.read();
        back.bearing().get("/api/auth/session").then().statusCode(200);
    }

    // A session goes on after a change of roles or address, and ends with a change of the credentials by hand.
    @Test
    void endsSessionsWhenCredentialsAreChangedByAStatement() {
        Person ada = Person.signedUp();
        Sql.update("update users set roles = '{admin}' where id = ?", ada.id());
        assertEquals(1, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
        Person.refresh(ada.refreshToken()).then().statusCode(200);
        Sql.update("update credentials set secret = 'another' where user_id = ?", ada.id());
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
    }

    // A rehash of the same password with other parameters.
    @Test
    void revokesNothingWhenThePasswordIsHashedAnew() {
        Person ada = Person.signedUp();
        Sql.update(
                "update credentials set secret = 'another', own_changes = own_changes + 1 where user_id = ?", ada.id());
        assertEquals(1, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
        assertEquals(0, Sql.count("select count(*) from user_revocations where user_id = ?", ada.id()));
    }

    // A row that was read before the change makes a token that is refused, however late it is signed; one that was read
    // after it makes a valid one, in the same second too.
    @Test
    void tellsTokensOfTheSameSecondApart() {
        Person ada = Person.signedUp();
        for (int i = 0; i < 20; i++) {
            long before = Sql.count("select token_version from users where id = ?", ada.id());
            QuarkusTransaction.requiringNew().run(() -> revocations.revokeUser(ada.id(), null));
            long after = Sql.count("select token_version from users where id = ?", ada.id());
            Instant later = clock.instant().plusSeconds(60);
            assertTrue(revoked.isRevoked(ada.id(), ada.sessionId(), before, later));
            assertFalse(revoked.isRevoked(ada.id(), ada.sessionId(), after, Instant.EPOCH));
            ada.signedInAgain().bearing().get("/api/auth/session").then().statusCode(200);
        }
    }

    @Test
    void knowsWhoIsDisabled() {
        Person ada = Person.signedUp();
        Sql.update("update users set disabled_at = now() where id = ?", ada.id());
        revocations.read();
        assertTrue(revoked.isDisabled(ada.id()));
        Sql.update("update users set disabled_at = null where id = ?", ada.id());
        revocations.read();
        assertFalse(revoked.isDisabled(ada.id()));
    }

    @Test
    void revokesNothingOfAUserWhoIsMerelyChanged() {
        Person ada = Person.signedUp();
        Sql.update("update users set name = 'A', disabled_at = null where id = ?", ada.id());
        assertEquals(1, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
        assertEquals(0, Sql.count("select count(*) from user_revocations where user_id = ?", ada.id()));
    }

    // Pruning must not leave a row for each session that has come to its end.
    @Test
    void revokesNothingOfASessionThatIsOverAnyway() {
        Person ada = Person.signedUp();
        Sql.update(
                "update sessions set absolute_expires_at = now() - interval '1 second' where id = ?", ada.sessionId());
        Sql.update("delete from sessions where id = ?", ada.sessionId());
        assertEquals(0, Sql.count("select count(*) from revocations where session_id = ?", ada.sessionId()));
    }

    // A deployment with day-long tokens has said so in its settings, which a statement by hand does not know.
    @Test
    void areKeptForAsLongAsTheSettingsSay() {
        Duration kept = life.lifetime().plus(life.leeway());
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from revocation_policy where kept > cast(? as interval) and leeway = cast(? as interval)",
                        kept.toSeconds() + " seconds",
                        life.leeway().toSeconds() + " seconds"));
    }

    private void revoke(String id) {
        QuarkusTransaction.requiringNew().run(() -> revocations.revoke(List.of(id)));
    }

    private long stored() {
        return Sql.count("select count(*) from revocations where session_id = ?", session);
    }
}
