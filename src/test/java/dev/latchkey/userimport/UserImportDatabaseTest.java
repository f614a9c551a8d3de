package dev.latchkey.userimport;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.RecordedRefusals;
import dev.latchkey.fixture.Sql;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.SessionImport.ImportedSession;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import dev.latchkey.token.Authentication;
import dev.latchkey.userimport.ImportWarning.Reason;
import dev.latchkey.userimport.UserSource.Location;
import io.quarkus.scheduler.Scheduler;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Imports users of another database and of files into the real one, and signs them in. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class UserImportDatabaseTest {

    private static final String PASSWORD = "correct horse";

    @Inject
    UserImport userImport;

    @Inject
    Sessions sessions;

    @Inject
    Scheduler scheduler;

    private final List<ImportWarning> warnings = new ArrayList<>();
    private final SourceDatabase there = SourceDatabase.empty();
    private final String ada = "ada" + UUID.randomUUID().toString().replace("-", "");
    private final String bob = "bob" + UUID.randomUUID().toString().replace("-", "");
    private final String token = UUID.randomUUID().toString().replace("-", "");

    private final UserImport.Listener listener = new UserImport.Listener() {
        @Override
        public void onProgress(long read, long total) {
            assertTrue(total == 0 || read <= total);
        }

        @Override
        public void onWarning(ImportWarning warning) {
            warnings.add(warning);
        }
    };

    /** Those that delete what earlier tests have left would change the tables meanwhile. */
    @BeforeEach
    void pauseJobs() {
        scheduler.pause();
        RecordedRefusals.awaitRows();
    }

    @AfterEach
    void resumeJobs() {
        scheduler.resume();
    }

    private ImportSummary imported(boolean withSessions) {
        try (BetterAuthDatabase source = there.open()) {
            return assertInstanceOf(UserImport.Outcome.Finished.class, userImport.run(source, withSessions, listener))
                    .summary();
        }
    }

    private ImportSummary dryRun(boolean withSessions) {
        try (BetterAuthDatabase source = there.open()) {
            return assertInstanceOf(
                            UserImport.Outcome.Finished.class, userImport.dryRun(source, withSessions, listener))
                    .summary();
        }
    }

    private ImportSummary read(String csv) {
        try (CsvFile file = CsvFile.open(new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)))) {
            return assertInstanceOf(UserImport.Outcome.Finished.class, userImport.run(file, false, listener))
                    .summary();
        }
    }

    private static String address(String id) {
        return id + "@example.com";
    }

    private static Response signIn(String email, String password) {
        return given().contentType("application/json")
                .body(Map.of("email", email, "password", password))
                .post("/api/auth/login");
    }

    private static String secret(String id) {
        return Sql.column("select secret from credentials where user_id = ?", id)
                .getFirst();
    }

    /** All that an import could change. */
    private static List<String> everything() {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("users", "credentials", "sessions", "audit_events")) {
            rows.addAll(Sql.column("select t::text from " + table + " t order by 1"));
        }
        return rows;
    }

    private SessionToken token() {
        return SessionToken.parse(token).orElseThrow();
    }

    // --- Users and passwords ---

    /** "Ids are kept, password hashes are kept and verified in their own format and become Argon2id at the next sign-in." */
    @Test
    void keepsIdsAndPasswordsUntilTheNextSignIn() {
        there.user(ada, "Ada-" + address(ada).toUpperCase(), SourceDatabase.HASH);
        there.update(
                "update \"user\" set \"createdAt\" = '2024-05-06 07:08:09.123456+00', image = 'https://example.com/a'");

        ImportSummary summary = imported(false);
        assertEquals(1, summary.imported());
        assertEquals(1, summary.read());
        assertEquals(List.of(), warnings);
        assertEquals(SourceDatabase.HASH, secret(ada));
        assertEquals(
                List.of("t"),
                Sql.column(
                        "select email_verified and name = 'Ada' and image = 'https://example.com/a'"
                                + " and created_at = '2024-05-06 07:08:09.123456+00' and updated_at > created_at"
                                + " and roles = '{}' and disabled_at is null from users where id = ?",
                        ada));

        signIn("ada-" + address(ada), "wrong horse").then().statusCode(401);
        assertEquals(SourceDatabase.HASH, secret(ada));
        signIn("ada-" + address(ada), PASSWORD).then().statusCode(200).body("user.id", equalTo(ada));
        assertTrue(secret(ada).startsWith("$argon2id$"), "made anew");
        signIn("ada-" + address(ada), PASSWORD).then().statusCode(200);
    }

    // What others tried at an address before it was an account's does not lock the account. An import that is run again
    // unlocks nobody: by then it may be the account that was attacked.
    @Test
    void unlocksTheAddressesOfNewAccounts() {
        there.user(ada, address(ada), SourceDatabase.HASH);
        lock(address(ada));
        lock(address(bob));

        assertEquals(1, imported(false).imported());
        assertEquals(0, locks(address(ada)));
        assertEquals(1, locks(address(bob)));

        lock(address(ada));
        assertEquals(0, imported(false).imported());
        assertEquals(1, locks(address(ada)));
    }

    private static void lock(String email) {
        Sql.update(
                "insert into throttle_buckets (id, taken_at, failures, expires_at) values (?, '{}', 100, 'infinity')",
                "account:" + email);
    }

    private static long locks(String email) {
        return Sql.count("select count(*) from throttle_buckets where id = ?", "account:" + email);
    }

    @Test
    void importsBcryptHashes() {
        there.user(ada, address(ada), "$2b$06$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC");
        assertEquals(1, imported(false).imported());
        signIn(address(ada), PASSWORD).then().statusCode(200);
        assertTrue(secret(ada).startsWith("$argon2id$"));
    }

    @Test
    void importsUsersWithoutAUsablePassword() {
        there.user(ada, address(ada), "$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf");
        there.update(
                "insert into \"user\" (id, name, email, \"emailVerified\") values (?, '', ?, false)",
                bob,
                address(bob));
        there.account(bob, "github", "");

        ImportSummary summary = imported(false);
        assertEquals(2, summary.imported());
        assertEquals(1, summary.count(Reason.PASSWORD_LEFT_OUT));
        assertEquals(List.of(new ImportWarning(Location.id(ada), Reason.PASSWORD_LEFT_OUT, "")), warnings);
        assertEquals(0, Sql.count("select count(*) from credentials where user_id in (?, ?)", ada, bob));
        signIn(address(ada), PASSWORD).then().statusCode(401);
        signIn(address(bob), "").then().statusCode(401);
    }

    @Test
    void refusesDuplicateEmail() {
        there.user("a" + ada, "e\u0301" + address(ada), SourceDatabase.HASH);
        there.user("b" + ada, "\u00c9" + address(ada), SourceDatabase.HASH);

        ImportSummary summary = imported(false);
        assertEquals(1, summary.imported());
        assertEquals(
                List.of(new ImportWarning(Location.id("b" + ada), Reason.ADDRESS_TAKEN, "user a" + ada)), warnings);
        assertEquals(1, Sql.count("select count(*) from users where email = ?", "\u00e9" + address(ada)));
        assertEquals(1, Sql.count("select count(*) from credentials where user_id = ?", "a" + ada));
        assertEquals(0, Sql.count("select count(*) from credentials where user_id = ?", "b" + ada));
    }

    // A former address, which its user may take back.
    @Test
    void importsNobodyWithReservedEmail() {
        Sql.update("insert into users (id, email) values (?, ?)", "other" + ada, address("other" + ada));
        Sql.update("insert into users (id, email) values (?, ?)", "other" + bob, address("other" + bob));
        String reserve = "insert into reserved_emails (email, user_id, expires_at) values (?, ?, now() + ?::interval)";
        Sql.update(reserve, address(ada), "other" + ada, "1 hour");
        Sql.update(reserve, address(bob), "other" + bob, "-1 hour");
        there.user(ada, address(ada), SourceDatabase.HASH).user(bob, address(bob), SourceDatabase.HASH);
        ImportWarning taken = new ImportWarning(Location.id(ada), Reason.ADDRESS_TAKEN, "user other" + ada);

        assertEquals(1, dryRun(false).imported());
        assertEquals(List.of(taken), warnings);
        warnings.clear();
        assertEquals(1, imported(false).imported());
        assertEquals(List.of(taken), warnings);
        assertEquals(0, Sql.count("select count(*) from users where email = ?", address(ada)));
        assertEquals(1, Sql.count("select count(*) from users where id = ?", bob), "the reservation is over");

        assertEquals(0, read("email\n" + address(ada) + "\n").existing(), "the former user is not the one of the file");
    }

    @Test
    void neverModifiesExistingUsers() {
        Sql.update("insert into users (id, email, name) values (?, ?, 'Augusta')", ada, address("other" + ada));
        Sql.update("insert into users (id, email) values (?, ?)", "other" + bob, address(bob));
        there.user(ada, address(ada), SourceDatabase.HASH).user(bob, address(bob), SourceDatabase.HASH);
        List<String> before = everything();

        ImportSummary summary = imported(true);
        assertEquals(0, summary.imported());
        assertEquals(0, summary.existing());
        assertEquals(
                List.of(
                        new ImportWarning(Location.id(ada), Reason.ID_TAKEN, ""),
                        new ImportWarning(Location.id(bob), Reason.ADDRESS_TAKEN, "user other" + bob)),
                warnings);
        assertEquals(before, everything());
    }

    @Test
    void skipsUsersWithUnusableAddressOrId() {
        there.user(ada, "not an address", SourceDatabase.HASH).user("a/" + bob, address(bob), SourceDatabase.HASH);
        ImportSummary summary = imported(false);
        assertEquals(0, summary.imported());
        assertEquals(1, summary.count(Reason.ADDRESS_REFUSED));
        assertEquals(1, summary.count(Reason.NO_USABLE_ID));
        assertFalse(warnings.toString().contains("not an address"), "a warning has the address in it");
    }

    @Test
    void disablesBannedUsers() {
        there.update("alter table \"user\" add banned boolean, add \"banExpires\" timestamptz, add role text");
        there.user(ada, address(ada), SourceDatabase.HASH).user(bob, address(bob), SourceDatabase.HASH);
        there.update("update \"user\" set banned = true");
        there.update("update \"user\" set \"banExpires\" = now() - interval '1 minute' where id = ?", bob);
        there.session(ada, token, "-1 hour", "6 days");

        ImportSummary summary = imported(true);
        assertEquals(2, summary.imported());
        assertEquals(1, summary.count(Reason.DISABLED));
        assertEquals(0, summary.sessions(), "a session of a banned user was imported");
        signIn(address(ada), PASSWORD).then().statusCode(403);
        signIn(address(bob), PASSWORD).then().statusCode(200);
    }

    // --- Again, and after an interruption ---

    @Test
    void changesNothingWhenRunTwice() {
        there.user(ada, address(ada), SourceDatabase.HASH).user(bob, address(bob), SourceDatabase.HASH);
        there.session(ada, token, "-1 hour", "6 days");
        assertEquals(1, imported(true).sessions());
        List<String> before = everything();

        ImportSummary again = imported(true);
        assertEquals(0, again.imported());
        assertEquals(2, again.existing());
        assertEquals(0, again.sessions());
        assertEquals(1, again.existingSessions());
        assertEquals(before, everything());
    }

    /** More than one part, of which the first is stored when the source fails. */
    @Test
    void continuesAfterAnInterruption() {
        int all = 4_500;
        there.update(
                "insert into \"user\" (id, name, email, \"emailVerified\")"
                        + " select ? || i, 'Ada', 'ada' || i || ?, false from generate_series(1, " + all + ") i",
                ada,
                address(ada));
        there.update(
                "insert into account (id, \"accountId\", \"providerId\", \"userId\", password, \"updatedAt\")"
                        + " select id, id, 'credential', id, ?, now() from \"user\"",
                SourceDatabase.HASH);
        AtomicInteger parts = new AtomicInteger();
        UserImport.Outcome outcome;
        try (BetterAuthDatabase source = there.open()) {
            outcome = userImport.run(new Breaking(source, () -> parts.incrementAndGet() > 2), false, listener);
        }
        UserImport.Outcome.BrokenOff broken = assertInstanceOf(UserImport.Outcome.BrokenOff.class, outcome);
        assertEquals("The source cannot be read any further: gone.", broken.reason());
        long stored = Sql.count("select count(*) from users where id like ? || '%'", ada);
        assertEquals(broken.summary().imported(), stored);
        assertTrue(stored > 0 && stored < all, "of " + stored);
        assertEquals(stored, Sql.count("select count(*) from credentials where user_id like ? || '%'", ada));

        ImportSummary rest = imported(false);
        assertEquals(stored, rest.existing());
        assertEquals(all - stored, rest.imported());
        assertEquals(all, Sql.count("select count(*) from credentials where user_id like ? || '%'", ada));
        assertEquals(
                all,
                Sql.count("select sum((details ->> 'users')::int) from audit_events where type = 'import'"
                        + " and details ->> 'from' = 'better-auth' and details ->> 'by' = 'operator'"
                        + " and (details ->> 'users')::int >= 500"));
    }

    /** What cannot be stored as a whole is not stored in part. */
    @Test
    void rollsBackAPartThatFails() {
        there.user(ada, address(ada), SourceDatabase.HASH).session(ada, token, "-1 hour", "6 days");
        UserImport.Outcome outcome;
        try (BetterAuthDatabase source = there.open()) {
            outcome = userImport.run(
                    new Breaking(source, () -> false) {
                        @Override
                        public void sessions(
                                Collection<String> users, int atMost, Consumer<List<ImportedSession>> taker) {
                            super.sessions(users, atMost, taker);
                            throw new UserSource.UnreadableException("gone.");
                        }
                    },
                    true,
                    listener);
        }
        assertEquals(
                0,
                assertInstanceOf(UserImport.Outcome.BrokenOff.class, outcome)
                        .summary()
                        .imported());
        assertEquals(0, Sql.count("select count(*) from users where id = ?", ada));
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada));
    }

    @Test
    void doesNotRestoreDeletedAccounts() {
        there.user(ada, address(ada), SourceDatabase.HASH);
        imported(false);
        Response signedIn = signIn(address(ada), PASSWORD);
        given().header("Authorization", "Bearer " + signedIn.path("access_token"))
                .delete("/api/users/" + ada)
                .then()
                .statusCode(204);

        ImportSummary again = imported(true);
        assertEquals(0, again.imported());
        assertEquals(List.of(new ImportWarning(Location.id(ada), Reason.DELETED_HERE, "")), warnings);
        assertEquals(0, Sql.count("select count(*) from users where id = ?", ada));
    }

    // --- Sessions ---

    @Test
    void importsActiveSessionsOnRequest() {
        String brief = "brief" + token;
        String over = "over" + token;
        there.user(ada, address(ada), SourceDatabase.HASH);
        there.session(ada, token, "-2 days", "5 days");
        there.session(ada, brief, "-1 hour", "23 hours");
        there.session(ada, over, "-8 days", "-1 second");
        assertEquals(0, imported(false).sessions());
        assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada));

        ImportSummary summary = imported(true);
        assertEquals(1, summary.existing(), "the user, whose sessions follow");
        assertEquals(2, summary.sessions());
        Session session = sessions.active(token()).orElseThrow().session();
        assertEquals(ada, session.user().value());
        assertTrue(session.remembered());
        assertEquals("192.0.2.7", session.client().ip());
        assertEquals("a browser", session.client().userAgent());
        assertEquals(2, session.age().toDays());
        assertEquals(4, session.remaining().toDays());
        assertEquals(
                28,
                Duration.between(session.createdAt(), session.absoluteEnd())
                        .minusDays(2)
                        .toDays());
        assertFalse(sessions.active(SessionToken.parse(brief).orElseThrow())
                .orElseThrow()
                .session()
                .remembered());
        assertTrue(sessions.active(SessionToken.parse(over).orElseThrow()).isEmpty());
        assertFalse(sessions.isFresh(new AccountId(ada), session.id()), "no password was seen here");
        assertEquals(Authentication.unknown(), session.authentication());
        assertEquals(
                0,
                Sql.count(
                        "select count(*) from sessions where user_id = ? and position(? in sessions::text) > 0",
                        ada,
                        token),
                "only the hash of a token is kept");
    }

    @Test
    void refusesSessionTokensThatCouldBeGuessed() {
        there.user(ada, address(ada), SourceDatabase.HASH);
        there.session(ada, "short" + ada.substring(0, 10), "-1 hour", "6 days");
        there.session(ada, token + " " + token, "-1 hour", "6 days");
        there.session(ada, token.repeat(8), "-1 hour", "6 days");
        try (BetterAuthDatabase source = there.open()) {
            assertEquals(0, userImport.run(source, true, listener).summary().sessions());
            assertTrue(
                    source.remarks().toString().contains("3 sessions"),
                    source.remarks().toString());
        }
    }

    /** A session that was ended here, by sign-out or a password change, is not live again after an import. */
    @Test
    void doesNotRestoreSessionsThatEndedHere() {
        there.user(ada, address(ada), SourceDatabase.HASH).session(ada, token, "-1 hour", "6 days");
        imported(true);
        SessionId id = sessions.active(token()).orElseThrow().session().id();
        Response signedIn = signIn(address(ada), PASSWORD);
        given().header("Authorization", "Bearer " + signedIn.path("access_token"))
                .delete("/api/users/" + ada + "/sessions/" + id)
                .then()
                .statusCode(204);

        ImportSummary again = imported(true);
        assertEquals(1, again.existing());
        assertEquals(0, again.sessions());
        assertTrue(sessions.active(token()).isEmpty());
    }

    /** A failed sign-in, which anybody can cause, is no activity of the user. */
    @Test
    void importsSessionsAfterAFailedSignIn() {
        there.user(ada, address(ada), SourceDatabase.HASH).session(ada, token, "-1 hour", "6 days");
        imported(false);
        Sql.update(
                "insert into audit_events (id, user_id, type, ip, user_agent, outcome)"
                        + " values (gen_random_uuid(), ?, 'sign_in', '', '', 'failure')",
                ada);
        assertEquals(1, imported(true).sessions());
    }

    @Test
    void importsNoSessionsOfDisabledUsers() {
        there.user(ada, address(ada), SourceDatabase.HASH).session(ada, token, "-1 hour", "6 days");
        imported(false);
        Sql.update("update users set disabled_at = now() where id = ?", ada);
        assertEquals(0, dryRun(true).sessions());
        assertEquals(0, imported(true).sessions());
        assertTrue(sessions.active(token()).isEmpty());
    }

    // --- Dry run ---

    @Test
    void dryRunReportsTheSameAndChangesNothing() {
        Sql.update("insert into users (id, email) values (?, ?)", "other" + bob, address(bob));
        there.user("a" + ada, "e\u0301" + address(ada), SourceDatabase.HASH);
        there.user("b" + ada, "\u00c9" + address(ada), "unknown");
        there.user("c" + ada, address("c" + ada), "unknown");
        there.user(bob, address(bob), SourceDatabase.HASH);
        there.session("a" + ada, token, "-1 hour", "6 days");
        there.session("b" + ada, "b" + token, "-1 hour", "6 days");
        List<String> before = everything();

        ImportSummary dryRun = dryRun(true);
        assertEquals(before, everything());
        List<ImportWarning> planned = List.copyOf(warnings);
        warnings.clear();
        ImportSummary imported = imported(true);
        assertEquals(2, imported.imported());
        assertEquals(1, imported.sessions());
        assertEquals(planned, warnings);
        assertEquals(imported.imported(), dryRun.imported());
        assertEquals(imported.sessions(), dryRun.sessions());
        ImportSummary again = dryRun(true);
        assertEquals(2, again.existing());
        assertEquals(0, again.sessions());
        assertEquals(1, again.existingSessions());
    }

    // --- Files ---

    @Test
    void importsTheUsersOfAFile() {
        ImportSummary summary = read("""
                id,email,name,email_verified,password_hash,created_at,roles
                %1$s,%2$s,"Lovelace, Ada",true,"%3$s",2024-05-06T07:08:09Z,admin;staff
                ,%4$s,,,,,
                """.formatted(
                        ada,
                        address(ada),
                        "$pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                        address(bob)));
        assertEquals(2, summary.imported());
        assertEquals(List.of(), warnings);
        signIn(address(ada), PASSWORD)
                .then()
                .statusCode(200)
                .body("user.id", equalTo(ada))
                .body("user.name", equalTo("Lovelace, Ada"))
                .body("user.roles", equalTo(List.of("admin", "staff")))
                .body("user.created_at", equalTo("2024-05-06T07:08:09.000Z"));
        assertEquals(1, Sql.count("select count(*) from users where email = ? and length(id) = 36", address(bob)));
    }

    @Test
    void skipsLinesAndNamesThem() {
        ImportSummary summary = read("""
                id,email,name,password_hash
                %1$s,%2$s,Ada,
                %1$s,%3$s,Ada,
                ,%2$s,Ada,
                other,%2$s,Ada,
                ,x%3$s,Ada,$2b$31$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC
                ,x%3$s,"A
                da",
                ,x%3$s
                ,nobody,Ada,
                """.formatted(ada, address(ada), address(bob)));
        assertEquals(1, summary.imported());
        assertEquals(1, summary.existing());
        assertEquals(
                Set.of(
                        "3 ID_TAKEN",
                        "5 ADDRESS_TAKEN",
                        "6 PASSWORD_REFUSED",
                        "7 TEXT_REFUSED",
                        "9 BAD_LINE",
                        "10 ADDRESS_REFUSED"),
                warnings.stream()
                        .map(warning -> warning.location().line() + " " + warning.reason())
                        .collect(Collectors.toSet()));
        assertEquals(8, summary.read());
    }

    @Test
    void changesNothingWhenAFileIsReadAgain() {
        String csv = "email,name\n" + address(ada) + ",Ada\n" + address(bob) + ",Bob\n";
        assertEquals(2, read(csv).imported());
        List<String> before = everything();
        ImportSummary again = read(csv);
        assertEquals(0, again.imported());
        assertEquals(2, again.existing());
        assertEquals(before, everything());
    }

    /** A source that fails when it is told to. */
    private static class Breaking implements UserSource {

        private final UserSource source;
        private final BooleanSupplier isGone;

        Breaking(UserSource source, BooleanSupplier isGone) {
            this.source = source;
            this.isGone = isGone;
        }

        @Override
        public String kind() {
            return source.kind();
        }

        @Override
        public long total() {
            return source.total();
        }

        @Override
        public boolean isStrict() {
            return source.isStrict();
        }

        @Override
        public List<UserSource.Entry> next(int atMost) {
            if (isGone.getAsBoolean()) {
                throw new UserSource.UnreadableException("The source cannot be read any further: gone.");
            }
            return source.next(atMost);
        }

        @Override
        public void sessions(Collection<String> users, int atMost, Consumer<List<ImportedSession>> taker) {
            source.sessions(users, atMost, taker);
        }

        @Override
        public List<String> remarks() {
            return source.remarks();
        }

        @Override
        public void close() {
            source.close();
        }
    }
}
