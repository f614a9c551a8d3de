package dev.latchkey.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Sql;
import dev.latchkey.key.Secrets;
import dev.latchkey.key.TestKeys;
import dev.latchkey.platform.http.Client;
import dev.latchkey.revocation.Revocations;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduler;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class SessionsDatabaseTest {

    private static final Client CLIENT = new Client("192.0.2.7", "a browser");

    @Inject
    Sessions sessions;

    @Inject
    SessionConfig defaults;

    @Inject
    SessionRepository rows;

    @Inject
    RefreshTokens tokens;

    @Inject
    Revocations revocations;

    @Inject
    AuditLog audit;

    @Inject
    EndedSessions endedSessions;

    @Inject
    Scheduler scheduler;

    private final AccountId user = new AccountId(UUID.randomUUID().toString());

    /** The same service with a grace that no slow machine outlives. */
    private Sessions patient;

    @BeforeEach
    void aUser() {
        scheduler.pause(EndedSessions.JOB);
        Sql.update("insert into users (id, email) values (?, ?)", user.value(), user.value() + "@example.com");
        patient = new Sessions(rows, tokens, revocations, audit, withGrace(Duration.ofHours(1)));
    }

    @AfterEach
    void resumeJob() {
        scheduler.resume(EndedSessions.JOB);
    }

    // --- Opening (FR-012) ---

    @Test
    void expiresAfterSevenDaysIdleThirtyInAllOrOneUnremembered() {
        assertEquals(Duration.ofDays(7), defaults.idleLifetime());
        assertEquals(Duration.ofDays(30), defaults.absoluteLifetime());
        assertEquals(Duration.ofSeconds(10), defaults.grace());

        Session remembered = open().session();
        assertEquals(remembered.createdAt().plus(Duration.ofDays(7)), remembered.expiresAt());
        assertEquals(remembered.createdAt().plus(Duration.ofDays(30)), remembered.absoluteEnd());
        assertEquals(Duration.ofDays(7), remembered.remaining());

        Session unremembered = inTransaction(() -> sessions.open(
                        profile(), AuthenticationMethod.PASSWORD, false, SessionSecret.Kind.REFRESH_TOKEN, CLIENT))
                .session();
        assertEquals(unremembered.createdAt().plus(Duration.ofDays(1)), unremembered.expiresAt());
        assertEquals(unremembered.expiresAt(), unremembered.absoluteEnd());
        assertFalse(unremembered.remembered());
    }

    @Test
    void opensNoSessionOutsideATransaction() {
        assertThrows(
                RuntimeException.class,
                () -> sessions.open(
                        profile(), AuthenticationMethod.PASSWORD, true, SessionSecret.Kind.REFRESH_TOKEN, CLIENT));
        assertEquals(List.of(), list(user));
    }

    @Test
    void sessionWithSessionTokenHasNoRefreshToken() {
        SignedInSession opened = inTransaction(() -> sessions.open(
                profile(), AuthenticationMethod.PASSWORD, true, SessionSecret.Kind.SESSION_TOKEN, CLIENT));
        String id = opened.session().id().value();

        assertThrows(IllegalStateException.class, opened::refreshToken);
        assertEquals(
                Optional.of(opened.session().id()),
                sessions.active(opened.sessionToken()).map(it -> it.session().id()));
        assertEquals(32, Sql.count("select length(refresh_hash) from sessions where id = ?", id), "which no token has");
        assertUnknown(tokens.first(id).text());
        assertLives(opened);
    }

    @Test
    void sessionWithRefreshTokenHasNoSessionToken() {
        SignedInSession opened = open();

        assertThrows(IllegalStateException.class, opened::sessionToken);
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from sessions where id = ? and token_hash is null",
                        opened.session().id().value()));
    }

    // Refresh tokens are stored only as hashes: an attacker who reads the whole database can present none.
    @Test
    void storesNoRefreshToken() {
        SignedInSession opened = open();
        RefreshToken second = rotated(patient, opened.refreshToken());
        RefreshToken third = rotated(patient, second);
        String everything = everythingStored();
        assertTrue(everything.contains(opened.session().id().value()));
        for (RefreshToken token : List.of(opened.refreshToken(), second, third)) {
            String[] parts = token.text().split("\\.");
            byte[] secret = Base64.getUrlDecoder().decode(parts[2]);
            for (String form : List.of(
                    token.text(),
                    parts[2],
                    parts[3],
                    Base64.getEncoder().encodeToString(secret),
                    HexFormat.of().formatHex(secret))) {
                assertFalse(everything.contains(form));
            }
        }
    }

    // --- Rotation (US5) ---

    @Test
    void refreshReturnsNewToken() {
        SignedInSession opened = open();
        Sql.update(
                "update sessions set idle_expires_at = now() + interval '1 hour', last_used_at = now() - interval '1 day'"
                        + " where id = ?",
                opened.session().id().value());
        Rotation.Rotated rotated = assertInstanceOf(Rotation.Rotated.class, rotate(sessions, opened.refreshToken()));
        assertNotEquals(opened.refreshToken().text(), rotated.successor().text());
        assertEquals(opened.session().id().value(), rotated.successor().sessionId());
        assertEquals(1, rotated.successor().generation());
        // The idle life begins anew, the absolute one does not.
        assertEquals(
                rotated.session().lastUsedAt().plus(Duration.ofDays(7)),
                rotated.session().expiresAt());
        assertEquals(opened.session().absoluteEnd(), rotated.session().absoluteEnd());
        assertInstanceOf(Rotation.Rotated.class, rotate(sessions, rotated.successor()));
    }

    @Test
    void refreshDoesNotExtendTheAbsoluteEnd() {
        SignedInSession opened = open();
        Sql.update(
                "update sessions set absolute_expires_at = now() + interval '1 hour' where id = ?",
                opened.session().id().value());
        Rotation.Rotated rotated = assertInstanceOf(Rotation.Rotated.class, rotate(sessions, opened.refreshToken()));
        assertEquals(rotated.session().absoluteEnd(), rotated.session().expiresAt());
        assertTrue(rotated.session().remaining().compareTo(Duration.ofHours(1)) <= 0);
    }

    // The corner case "two refreshes race": both get an response, and it is the same.
    @Test
    void returnsSameSuccessorToConcurrentRefreshes() throws Exception {
        SignedInSession opened = open();
        int racers = 6;
        Set<String> successors = new HashSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(racers);
                Connection holder = EmbeddedDatabaseResource.database().connect();
                Statement statement = holder.createStatement()) {
            // Somebody holds the row until all of them want it.
            holder.setAutoCommit(false);
            statement.execute(
                    "select from sessions where id = '" + opened.session().id() + "' for update");
            List<Future<Rotation>> responses = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                responses.add(threads.submit(() -> rotate(patient, opened.refreshToken())));
            }
            Eventually.holds("all wait for the row", () -> {
                responses.stream().filter(Future::isDone).forEach(early -> fail("did not wait: " + outcome(early)));
                return Sql.count("select count(*) from pg_stat_activity where datname = current_database()"
                                + " and wait_event_type = 'Lock'")
                        >= racers;
            });
            holder.rollback();
            for (Future<Rotation> response : responses) {
                successors.add(assertInstanceOf(Rotation.Rotated.class, response.get())
                        .successor()
                        .text());
            }
        }
        assertEquals(1, successors.size());
        assertEquals(
                List.of("1"),
                Sql.column(
                        "select generation from sessions where id = ?",
                        opened.session().id().value()));
        RefreshToken successor =
                RefreshToken.parse(successors.iterator().next()).orElseThrow();
        assertInstanceOf(Rotation.Rotated.class, rotate(patient, successor));
    }

    /** Old replicas and new ones answer side by side, and neither signs anybody out. */
    @Test
    void survivesTheRotationOfTheMasterSecret() {
        String old = "the secret that is to be replaced";
        String present = "the secret that replaces the other one";
        Sessions before = withSecrets(TestKeys.secrets(old, present));
        Sessions during = withSecrets(TestKeys.secrets(present, old));
        Sessions after = withSecrets(TestKeys.secrets(present));
        RefreshToken first = inTransaction(() -> before.open(
                        profile(), AuthenticationMethod.PASSWORD, true, SessionSecret.Kind.REFRESH_TOKEN, CLIENT))
                .refreshToken();

        RefreshToken second = rotated(before, first);
        assertEquals(second.text(), rotated(during, first).text(), "a lost response is repeated by a new replica");
        RefreshToken third = rotated(during, second);
        assertEquals(third.text(), rotated(before, second).text(), "and by an old one");
        RefreshToken fourth = rotated(after, third);
        assertEquals(fourth.text(), rotated(after, third).text(), "the previous secret is not needed any more");
    }

    private Sessions withSecrets(Secrets secrets) {
        return new Sessions(rows, new RefreshTokens(secrets), revocations, audit, withGrace(Duration.ofHours(1)));
    }

    @Test
    void returnsSameSuccessorAgainWithinTheGracePeriod() {
        SignedInSession opened = open();
        RefreshToken successor = rotated(patient, opened.refreshToken());
        for (int i = 0; i < 3; i++) {
            assertEquals(
                    successor.text(), rotated(patient, opened.refreshToken()).text());
        }
        assertLives(opened);
    }

    // Grace counts from the moment the token was spent; if the successor has been spent too, the session lives.
    @Test
    void refusesOvertakenTokenWithinTheGracePeriodAndKeepsTheSession() {
        SignedInSession opened = open();
        RefreshToken second = rotated(patient, opened.refreshToken());
        RefreshToken third = rotated(patient, second);
        assertInstanceOf(Rotation.Superseded.class, rotate(patient, opened.refreshToken()));
        assertEquals(third.text(), rotated(patient, second).text());
        assertLives(opened);
        assertInstanceOf(Rotation.Rotated.class, rotate(patient, third));
    }

    @Test
    void repeatedUseDoesNotExtendTheGracePeriod() {
        SignedInSession opened = open();
        rotated(patient, opened.refreshToken());
        turnBack(opened, "50 minutes");
        rotated(patient, opened.refreshToken());
        turnBack(opened, "20 minutes");
        // Asking again did not begin a new grace.
        assertInstanceOf(Rotation.Reused.class, rotate(patient, opened.refreshToken()));
    }

    // The corner case of reuse: the whole session ends, and its access tokens with it.
    @Test
    void endsSessionWhenTokenIsReusedAfterTheGracePeriod() {
        SignedInSession opened = open();
        RefreshToken successor = rotated(sessions, opened.refreshToken());
        turnBack(opened, "11 seconds");
        Rotation.Reused reused = assertInstanceOf(Rotation.Reused.class, rotate(sessions, opened.refreshToken()));
        assertEquals(opened.session().id(), reused.session().id());
        assertEquals(user, reused.session().user());
        assertEnded(opened);
        assertInstanceOf(Rotation.Unknown.class, rotate(sessions, successor));
        assertInstanceOf(Rotation.Unknown.class, rotate(sessions, opened.refreshToken()));
    }

    @Test
    void endsSessionWhenMuchOlderTokenIsReused() {
        SignedInSession opened = open();
        RefreshToken second = rotated(sessions, opened.refreshToken());
        RefreshToken third = rotated(sessions, second);
        turnBack(opened, "1 hour");
        RefreshToken fourth = rotated(patient, third);
        assertEquals(fourth.text(), rotated(patient, third).text());
        assertInstanceOf(Rotation.Reused.class, rotate(sessions, opened.refreshToken()));
        assertEnded(opened);
    }

    // A client gone wild: the row does not grow with it, and the live token always works.
    @Test
    void detectsReuseAfterManyRefreshesWithinTheGracePeriod() {
        SignedInSession opened = open();
        List<RefreshToken> chain = new ArrayList<>(List.of(opened.refreshToken()));
        for (int i = 0; i < 40; i++) {
            chain.add(rotated(patient, chain.getLast()));
        }
        assertEquals(
                List.of("32"),
                Sql.column(
                        "select cardinality(spent_at) from sessions where id = ?",
                        opened.session().id().value()));
        assertEquals(chain.get(40).text(), rotated(patient, chain.get(39)).text(), "the one before the live one");
        assertInstanceOf(Rotation.Superseded.class, rotate(patient, chain.get(38)));
        assertInstanceOf(Rotation.Superseded.class, rotate(patient, chain.get(8)));
        assertLives(opened);
        assertInstanceOf(Rotation.Reused.class, rotate(patient, chain.get(7)));
        assertEnded(opened);
    }

    @Test
    void forgetsTimesOfUseAfterTheGracePeriod() {
        SignedInSession opened = open();
        RefreshToken second = rotated(sessions, opened.refreshToken());
        turnBack(opened, "1 minute");
        rotated(sessions, second);
        assertEquals(
                List.of("1"),
                Sql.column(
                        "select cardinality(spent_at) from sessions where id = ?",
                        opened.session().id().value()));
    }

    // --- What is not ours changes nothing ---

    // Security: a session's id stands in every access token, so knowing it must not be enough to end the session.
    @Test
    void ignoresInventedTokenOfKnownSession() {
        SignedInSession opened = open();
        RefreshToken live = rotated(sessions, opened.refreshToken());
        turnBack(opened, "1 hour");
        String row = rowOf(opened);
        String session = opened.session().id().value();
        String secret = "A".repeat(43);
        String mac = "A".repeat(22);
        for (String generation : List.of("0", "1", "2", "999999999")) {
            assertUnknown(session + "." + generation + "." + secret + "." + mac);
        }
        String[] spent = opened.refreshToken().text().split("\\.");
        String[] current = live.text().split("\\.");
        // Parts of real ones, put together in other ways.
        assertUnknown(session + ".0." + secret + "." + spent[3]);
        assertUnknown(session + ".0." + spent[2] + "." + mac);
        assertUnknown(session + ".1." + spent[2] + "." + spent[3]);
        assertUnknown(session + ".0." + current[2] + "." + current[3]);
        assertUnknown(session + ".2." + current[2] + "." + current[3]);
        assertUnknown(session + ".1." + current[2] + "." + spent[3]);
        assertEquals(row, rowOf(opened));
        assertLives(opened);
    }

    @Test
    void ignoresTokenOfUnknownSession() {
        RefreshToken lost = tokens.first("no-such-session");
        assertInstanceOf(Rotation.Unknown.class, rotate(sessions, lost));
        assertEquals(Optional.empty(), inTransaction(() -> sessions.end(lost)));
        assertEquals(0, Sql.count("select count(*) from revocations where session_id = 'no-such-session'"));
    }

    // After a restore from a backup clients hold tokens of generations that the row has not reached.
    @Test
    void ignoresTokenOfFutureGeneration() {
        SignedInSession opened = open();
        RefreshToken second = rotated(sessions, opened.refreshToken());
        RefreshToken third = rotated(sessions, second);
        Sql.update(
                "update sessions set generation = 0, refresh_hash = ?, spent_at = '{}' where id = ?",
                tokens.hash(opened.refreshToken()),
                opened.session().id().value());
        assertUnknown(second.text());
        assertUnknown(third.text());
        assertLives(opened);
        assertInstanceOf(Rotation.Rotated.class, rotate(sessions, opened.refreshToken()));
    }

    // --- Ends by time (FR-012) ---

    @Test
    void refusesRefreshAfterTheIdleEnd() {
        SignedInSession opened = open();
        expire(opened, "idle_expires_at");
        assertInstanceOf(Rotation.Unknown.class, rotate(sessions, opened.refreshToken()));
        assertEquals(List.of(), list(user));
        assertEquals(Optional.empty(), sessions.active(user, opened.session().id()));
        assertFalse(sessions.isFresh(user, opened.session().id()));
    }

    @Test
    void refusesRefreshAfterTheAbsoluteEnd() {
        SignedInSession opened = open();
        RefreshToken second = rotated(sessions, opened.refreshToken());
        expire(opened, "absolute_expires_at");
        assertInstanceOf(Rotation.Unknown.class, rotate(sessions, second));
        assertInstanceOf(Rotation.Unknown.class, rotate(sessions, opened.refreshToken()));
        assertEquals(List.of(), list(user));
        assertEquals(Optional.empty(), sessions.active(user, opened.session().id()));
    }

    // Fresh means signed in by password a short time ago; refreshing does not make fresh.
    @Test
    void isRecentForTenMinutesAfterSignInDespiteRefreshes() {
        assertEquals(Duration.ofMinutes(10), defaults.freshFor());
        SignedInSession opened = open();
        assertTrue(sessions.isFresh(user, opened.session().id()));
        assertFalse(sessions.isFresh(
                new AccountId("somebody-else"), opened.session().id()));
        Sql.update(
                "update sessions set authenticated_at = now() - interval '10 minutes' where id = ?",
                opened.session().id().value());
        assertFalse(sessions.isFresh(user, opened.session().id()));
        rotated(sessions, opened.refreshToken());
        assertFalse(sessions.isFresh(user, opened.session().id()));
    }

    // --- Ends by somebody (FR-008) ---

    @Test
    void endsByCurrentToken() {
        SignedInSession opened = open();
        Session ended = inTransaction(() -> sessions.end(opened.refreshToken())).orElseThrow();
        assertEquals(opened.session().id(), ended.id());
        assertEnded(opened);
        assertEquals(Optional.empty(), inTransaction(() -> sessions.end(opened.refreshToken())));
    }

    // A sign-out that races with a refresh must not leave a session behind.
    @Test
    void endsByUsedToken() {
        SignedInSession opened = open();
        rotated(sessions, opened.refreshToken());
        assertTrue(inTransaction(() -> sessions.end(opened.refreshToken())).isPresent());
        assertEnded(opened);
    }

    @Test
    void doesNotEndByInventedToken() {
        SignedInSession opened = open();
        rotated(sessions, opened.refreshToken());
        RefreshToken invented = RefreshToken.parse(
                        opened.session().id().value() + ".0." + "A".repeat(43) + "." + "A".repeat(22))
                .orElseThrow();
        assertEquals(Optional.empty(), inTransaction(() -> sessions.end(invented)));
        assertLives(opened);
    }

    // FR-022
    @Test
    void endsNoSessionOfAnotherUser() {
        SignedInSession opened = open();
        AccountId other = new AccountId("somebody-else");
        SessionId id = opened.session().id();
        assertEquals(Optional.empty(), inTransaction(() -> sessions.end(other, id)));
        assertFalse(sessions.endByUser(other, id, CLIENT));
        assertEquals(0, inTransaction(() -> sessions.endAll(other, null)));
        assertEquals(Optional.empty(), sessions.active(other, id));
        assertEquals(List.of(), list(other));
        assertLives(opened);
    }

    @Test
    void endsOnce() {
        SignedInSession opened = open();
        assertTrue(sessions.endByUser(user, opened.session().id(), CLIENT));
        assertEnded(opened);
        assertFalse(sessions.endByUser(user, opened.session().id(), CLIENT));
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from audit_events where user_id = ? and type = 'session_ended'",
                        user.value()));
    }

    // Its access tokens can be renewed until the absolute end (US5), so a sign-out must reach it all the same.
    @Test
    void revokesIdleSession() {
        SignedInSession signedOut = open();
        expire(signedOut, "idle_expires_at");
        assertTrue(inTransaction(() -> sessions.end(user, signedOut.session().id()))
                .isPresent());
        assertEnded(signedOut);

        SignedInSession closed = open();
        expire(closed, "idle_expires_at");
        assertTrue(sessions.endByUser(user, closed.session().id(), CLIENT));
        assertEnded(closed);

        SignedInSession ofAll = open();
        expire(ofAll, "idle_expires_at");
        assertEquals(1, inTransaction(() -> sessions.endAll(user, null)));
        assertEnded(ofAll);
    }

    @Test
    void endsAllSessionsButOne() {
        SignedInSession kept = open();
        List<SignedInSession> others = List.of(open(), open(), open());
        assertEquals(3, inTransaction(() -> sessions.endAll(user, kept.session().id())));
        others.forEach(SessionsDatabaseTest::assertEnded);
        assertLives(kept);
        assertEquals(
                List.of(kept.session().id()),
                list(user).stream().map(Session::id).toList());
        sessions.endAllByUser(user, null, CLIENT);
        assertEnded(kept);
        assertEquals(
                List.of("1"),
                Sql.column(
                        "select details ->> 'count' from audit_events where user_id = ? and type = 'sessions_ended'",
                        user.value()));
    }

    // What is rolled back did not happen: the session lives and its access tokens count.
    @Test
    void keepsSessionWhenTheTransactionRollsBack() {
        SignedInSession opened = open();
        assertThrows(
                IllegalStateException.class,
                () -> inTransaction(() -> {
                    sessions.endAll(user, null);
                    throw new IllegalStateException("something else failed");
                }));
        assertLives(opened);
        assertInstanceOf(Rotation.Rotated.class, rotate(sessions, opened.refreshToken()));
    }

    @Test
    void listsActiveSessionsLatestUsedFirst() {
        SignedInSession one = open();
        SignedInSession two = open();
        SignedInSession over = open();
        expire(over, "idle_expires_at");
        Sql.update(
                "update sessions set last_used_at = now() + interval '1 minute' where id = ?",
                one.session().id().value());
        assertEquals(
                List.of(one.session().id(), two.session().id()),
                list(user).stream().map(Session::id).toList());
        assertEquals(CLIENT, list(user).getFirst().client());
    }

    // --- Pages ---

    @Test
    void listsEverySessionOnOnePageOnly() {
        Set<SessionId> opened = new HashSet<>();
        for (int i = 0; i < 7; i++) {
            opened.add(open().session().id());
        }
        // Equal times too: all of one transaction have the same.
        Sql.update(
                "update sessions set last_used_at = date_trunc('day', now()) where user_id = ? and id < ?",
                user.value(),
                opened.stream().map(SessionId::value).sorted().toList().get(4));
        List<SessionId> listed = new ArrayList<>();
        SessionPage page = sessions.page(user, null, 3);
        listed.addAll(page.sessions().stream().map(Session::id).toList());
        assertEquals(3, listed.size());
        while (page.next() != null) {
            SessionPage.Cursor sent =
                    SessionPage.Cursor.parse(page.next().text()).orElseThrow();
            page = sessions.page(user, sent, 3);
            listed.addAll(page.sessions().stream().map(Session::id).toList());
        }
        assertEquals(7, listed.size());
        assertEquals(opened, new HashSet<>(listed));
        assertEquals(null, sessions.page(user, null, 7).next(), "a full page that is the last");
    }

    // --- The number of sessions ---

    @Test
    void openingOneMoreThanTheMaximumEndsTheLeastRecentlyUsed() {
        Sessions few = withMaximum(3);
        SignedInSession first = open(few);
        SignedInSession second = open(few);
        SignedInSession third = open(few);
        usedAgo(first, "1 minute");
        usedAgo(second, "3 minutes");
        usedAgo(third, "2 minutes");

        SignedInSession fourth = open(few);

        assertEnded(second);
        List.of(first, third, fourth).forEach(SessionsDatabaseTest::assertLives);
        assertEquals(
                List.of(second.session().id().value()),
                Sql.column(
                        "select details ->> 'session_id' from audit_events where user_id = ? and type = 'session_evicted'",
                        user.value()));
        open(few);
        assertEnded(third);
    }

    @Test
    void evictsNoSessionOfAnotherUserAndNoneBelowTheMaximum() {
        SignedInSession one = open(withMaximum(2));
        AccountId other = new AccountId(UUID.randomUUID().toString());
        Sql.update("insert into users (id, email) values (?, ?)", other.value(), other.value() + "@example.com");
        insertSessions(other, 5);

        open(withMaximum(2));

        assertLives(one);
        assertEquals(5, Sql.count("select count(*) from sessions where user_id = ?", other.value()));
        assertEquals(100, defaults.maxPerUser());
    }

    // As an import leaves them, which stores what there was elsewhere.
    @Test
    void opensOneInPlaceOfManyMore() {
        insertSessions(user, 250);

        SignedInSession opened = open();

        assertEquals(100, Sql.count("select count(*) from sessions where user_id = ?", user.value()));
        assertLives(opened);
        assertEquals(
                List.of("151"),
                Sql.column(
                        "select details ->> 'count' from audit_events where user_id = ? and type = 'session_evicted'",
                        user.value()));
    }

    // --- Ending more than one statement can ---

    @Test
    void endsTenThousandSessionsAtOnce() {
        insertSessions(user, 10_000);
        SignedInSession one = openBeside();
        SignedInSession kept = openBeside();

        int ended = inTransaction(() -> sessions.endAll(user, kept.session().id()));

        assertEquals(10_001, ended);
        long left = Sql.count("select count(*) from sessions where user_id = ?", user.value());
        assertEquals(10_002 - Sessions.BATCH, left, "the rest is deleted later");
        assertEquals(
                List.of(kept.session().id()),
                list(user).stream().map(Session::id).toList());
        assertRefused(one);
        assertLives(kept);

        SignedInSession after = open();
        assertEquals(2, list(user).size(), "those that are ended do not count");
        endedSessions.delete();
        assertEquals(
                Set.of(kept.session().id().value(), after.session().id().value()),
                Set.copyOf(Sql.column("select id from sessions where user_id = ?", user.value())));
        assertEquals(0, Sql.count("select count(*) from ended_sessions where user_id = ?", user.value()));
        assertInstanceOf(Rotation.Rotated.class, rotate(sessions, kept.refreshToken()));
        assertInstanceOf(Rotation.Rotated.class, rotate(sessions, after.refreshToken()));
    }

    /** What is left of the sessions is refused by every method, and nothing about it is listed. */
    private void assertRefused(SignedInSession opened) {
        SessionId id = opened.session().id();
        assertEquals(1, Sql.count("select count(*) from sessions where id = ?", id.value()), "the row is still there");
        assertInstanceOf(Rotation.Unknown.class, rotate(sessions, opened.refreshToken()));
        assertEquals(Optional.empty(), sessions.active(user, id));
        assertFalse(sessions.isFresh(user, id));
        assertEquals(Optional.empty(), inTransaction(() -> sessions.end(opened.refreshToken())));
        assertEquals(Optional.empty(), inTransaction(() -> sessions.end(user, id)));
    }

    // Its own token may be what ended it before.
    @Test
    void doesNotKeepSessionThatHasEnded() {
        insertSessions(user, 1_500);
        SignedInSession ended = openBeside();
        inTransaction(() -> sessions.endAll(user, null));

        inTransaction(() -> sessions.endAll(user, ended.session().id()));

        assertEquals(List.of(), list(user));
        assertEquals(
                Optional.empty(),
                inTransaction(
                        () -> sessions.endAllAndRenew(user, ended.session().id(), SessionSecret.Kind.SESSION_TOKEN)));
        endedSessions.delete();
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", user.value()));
    }

    // A ban by a statement by hand, of a user who has signed in for months by a script.
    @Test
    void banAndDeletionBySqlEndTenThousandSessions() {
        insertSessions(user, 10_000);
        SignedInSession one = openBeside();

        Sql.update("update users set disabled_at = now() where id = ?", user.value());
        assertRefused(one);
        Sql.update("update users set disabled_at = null where id = ?", user.value());
        assertRefused(one);

        Sql.update("delete from users where id = ?", user.value());
        assertRefused(one);
        endedSessions.delete();
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", user.value()));
        assertEquals(0, Sql.count("select count(*) from ended_sessions where user_id = ?", user.value()));
    }

    @Test
    void changedCredentialBySqlEndsTenThousandSessions() {
        Sql.update("insert into credentials (user_id, kind, secret) values (?, 'password', 'a')", user.value());
        insertSessions(user, 10_000);
        SignedInSession one = openBeside();

        Sql.update("update credentials set secret = 'b' where user_id = ?", user.value());

        assertRefused(one);
        endedSessions.delete();
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", user.value()));
    }

    // --- A kept session ---

    @Test
    void keptSessionGetsANewSecret() {
        for (SessionSecret.Kind kind : SessionSecret.Kind.values()) {
            SignedInSession stolen =
                    inTransaction(() -> sessions.open(profile(), AuthenticationMethod.EMAIL_LINK, true, kind, CLIENT));
            SignedInSession other = open();
            SessionId id = stolen.session().id();

            SignedInSession renewed = inTransaction(
                    () -> sessions.endAllAndRenew(user, id, kind).orElseThrow().of(profile()));

            assertEquals(id, renewed.session().id());
            assertEquals(stolen.session().absoluteEnd(), renewed.session().absoluteEnd());
            assertEnded(other);
            assertLives(renewed);
            assertNotEquals(stolen.secret().text(), renewed.secret().text());
            switch (kind) {
                case REFRESH_TOKEN -> {
                    assertInstanceOf(Rotation.Unknown.class, rotate(sessions, stolen.refreshToken()));
                    assertInstanceOf(Rotation.Rotated.class, rotate(sessions, renewed.refreshToken()));
                }
                case SESSION_TOKEN -> {
                    assertEquals(Optional.empty(), sessions.active(stolen.sessionToken()));
                    assertEquals(
                            Optional.of(id),
                            sessions.active(renewed.sessionToken())
                                    .map(it -> it.session().id()));
                }
            }
            assertTrue(sessions.isFresh(user, id));
            assertEquals(
                    List.of("{pwd}"),
                    Sql.column("select amr from sessions where id = ?", id.value()),
                    "the method of the latest proof");
        }
    }

    @Test
    void replacedTokenDoesNotExtendTheSession() {
        SignedInSession opened = inTransaction(() -> sessions.open(
                profile(), AuthenticationMethod.PASSWORD, true, SessionSecret.Kind.SESSION_TOKEN, CLIENT));
        SessionId id = opened.session().id();
        SessionToken stolen = opened.sessionToken();
        assertTrue(sessions.active(stolen).isPresent());
        assertTrue(sessions.extend(stolen, Duration.ZERO).isPresent());

        SessionToken renewed = inTransaction(() -> sessions.endAllAndRenew(user, id, SessionSecret.Kind.SESSION_TOKEN)
                .orElseThrow()
                .of(profile())
                .sessionToken());

        assertFalse(sessions.active(stolen).isPresent());
        assertEquals(Optional.empty(), sessions.extend(stolen, Duration.ZERO));
        assertTrue(sessions.extend(renewed, Duration.ZERO).isPresent());

        inTransaction(() -> sessions.endAll(user, null));
        assertEquals(Optional.empty(), sessions.extend(renewed, Duration.ZERO));
    }

    // --- What a forged token costs ---

    // Security: session ids stand in access tokens; who knows one must not be able to hold its row.
    @Test
    void forgedTokenDoesNotWaitForTheRow() throws Exception {
        SignedInSession opened = open();
        RefreshToken forged = RefreshToken.parse(
                        opened.session().id().value() + ".0." + "A".repeat(43) + "." + "A".repeat(22))
                .orElseThrow();
        try (Connection holder = EmbeddedDatabaseResource.database().connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute(
                    "select from sessions where id = '" + opened.session().id() + "' for update");

            assertInstanceOf(Rotation.Unknown.class, rotate(sessions, forged));
            assertEquals(Optional.empty(), inTransaction(() -> sessions.end(forged)));
            holder.rollback();
        }
        assertLives(opened);
    }

    // --- Pruning ---

    @Test
    void deletesOnlyExpiredSessions() {
        inTransaction(() -> sessions.deleteExpired(100_000));
        SignedInSession living = open();
        SignedInSession idle = open();
        expire(idle, "idle_expires_at");
        List<SignedInSession> over = List.of(open(), open(), open());
        over.forEach(one -> expire(one, "absolute_expires_at"));
        assertEquals(2, inTransaction(() -> sessions.deleteExpired(2)));
        assertEquals(1, inTransaction(() -> sessions.deleteExpired(2)));
        assertEquals(0, inTransaction(() -> sessions.deleteExpired(2)));
        assertLives(living);
        assertLives(idle);
    }

    // --- Helpers ---

    private Profile profile() {
        Instant now = Instant.now();
        EmailAddress email = new EmailAddress(user.value() + "@example.com");
        return new Profile(user, email, null, null, false, null, Set.of(), 0, now, now);
    }

    private SignedInSession open() {
        return inTransaction(() -> sessions.open(
                profile(), AuthenticationMethod.PASSWORD, true, SessionSecret.Kind.REFRESH_TOKEN, CLIENT));
    }

    private SignedInSession open(Sessions service) {
        return inTransaction(() ->
                service.open(profile(), AuthenticationMethod.PASSWORD, true, SessionSecret.Kind.REFRESH_TOKEN, CLIENT));
    }

    private Sessions withMaximum(int maxPerUser) {
        return new Sessions(
                rows,
                tokens,
                revocations,
                audit,
                new TestSessionConfig(Duration.ofDays(7), Duration.ofDays(30), maxPerUser));
    }

    /** Opens a session beside all that there are, as nothing but an import can. */
    private SignedInSession openBeside() {
        return open(withMaximum(100_000));
    }

    private static void usedAgo(SignedInSession opened, String interval) {
        Sql.update(
                "update sessions set last_used_at = now() - cast(? as interval) where id = ?",
                interval,
                opened.session().id().value());
    }

    private static void insertSessions(AccountId of, int number) {
        Sql.update("""
                insert into sessions (id, user_id, last_used_at, idle_expires_at, absolute_expires_at, remembered, ip,
                    user_agent, refresh_hash)
                select gen_random_uuid()::text, ?, now() - make_interval(secs => n), now() + interval '1 day',
                    now() + interval '2 days', true, '192.0.2.7', 'a browser', decode(md5(n::text), 'hex')
                from generate_series(1, cast(? as integer)) n""", of.value(), Integer.toString(number));
    }

    private List<Session> list(AccountId of) {
        return sessions.page(of, null, 100).sessions();
    }

    private static Object outcome(Future<Rotation> done) {
        return done.state() == Future.State.FAILED ? done.exceptionNow() : done.resultNow();
    }

    private static Rotation rotate(Sessions sessions, RefreshToken token) {
        return inTransaction(() -> sessions.rotate(token));
    }

    private static RefreshToken rotated(Sessions sessions, RefreshToken token) {
        return assertInstanceOf(Rotation.Rotated.class, rotate(sessions, token)).successor();
    }

    private void assertUnknown(String text) {
        RefreshToken token = RefreshToken.parse(text).orElseThrow();
        assertInstanceOf(Rotation.Unknown.class, rotate(sessions, token), text);
    }

    private static <T> T inTransaction(Callable<T> work) {
        return QuarkusTransaction.requiringNew().call(work);
    }

    private static void assertLives(SignedInSession opened) {
        String id = opened.session().id().value();
        assertEquals(1, Sql.count("select count(*) from sessions where id = ?", id));
        assertEquals(0, Sql.count("select count(*) from revocations where session_id = ?", id));
    }

    /** The row is gone, and a revocation is there that outlives every access token of the session. */
    private static void assertEnded(SignedInSession opened) {
        String id = opened.session().id().value();
        assertEquals(0, Sql.count("select count(*) from sessions where id = ?", id));
        assertEquals(
                1,
                Sql.count(
                        "select count(*) from revocations where session_id = ? and expires_at > now() + interval '15 minutes'",
                        id));
    }

    private static void turnBack(SignedInSession opened, String interval) {
        Sql.update(
                "update sessions set spent_at = (select array_agg(at - cast(? as interval) order by n)"
                        + " from unnest(spent_at) with ordinality as spent (at, n)) where id = ?",
                interval,
                opened.session().id().value());
    }

    private static void expire(SignedInSession opened, String column) {
        Sql.update(
                "update sessions set " + column + " = now() - interval '1 second' where id = ?",
                opened.session().id().value());
    }

    private static String rowOf(SignedInSession opened) {
        return Sql.column(
                        "select s::text from sessions s where id = ?",
                        opened.session().id().value())
                .getFirst();
    }

    private static String everythingStored() {
        StringBuilder all = new StringBuilder();
        for (String table : Sql.column("select format('%I.%I', table_schema, table_name) from information_schema.tables"
                + " where table_schema = 'public' and table_type = 'BASE TABLE'")) {
            Sql.column("select t::text from " + table + " t").forEach(all::append);
        }
        return all.toString();
    }

    private SessionConfig withGrace(Duration grace) {
        return new Settings(
                defaults.idleLifetime(),
                defaults.absoluteLifetime(),
                defaults.browserSessionLifetime(),
                grace,
                defaults.maxPerUser(),
                defaults.freshFor());
    }

    private record Settings(
            Duration idleLifetime,
            Duration absoluteLifetime,
            Duration browserSessionLifetime,
            Duration grace,
            int maxPerUser,
            Duration freshFor)
            implements SessionConfig {}
}
