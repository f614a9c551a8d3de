package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.BetterAuth;
import dev.latchkey.fixture.BetterAuthClient;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Packaged.Ended;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;

/** Imports the users of a genuine Better Auth server, while the service runs. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@EnabledIf(
        value = "dev.latchkey.fixture.BetterAuth#isInstalled",
        disabledReason = "Better Auth is not installed in target/better-auth, which .ci/run does where npm is")
@Tag("either-package")
class ImportIT {

    private static final String SECRET = "the secret of a Better Auth server, 32 bytes at least";

    /** Of the pages that people use: the service's public URL. */
    private static final String ORIGIN = "http://localhost";

    /** Of the password "correct horse". */
    private static final String HASH =
            "$pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM";

    private static EmbeddedDatabase theirs;
    private static EmbeddedDatabase ours;
    private static BetterAuth servers;
    private static String there;
    private static Packaged service;
    private static Map<String, String> settings;
    private static JsonPath ada;
    private static JsonPath bob;

    @BeforeAll
    static void start() {
        theirs = EmbeddedDatabaseResource.emptyDatabase();
        ours = EmbeddedDatabaseResource.emptyDatabase();
        servers = BetterAuth.started(
                Map.of("leaving", Map.of("algorithm", "EdDSA", "secret", SECRET, "database", forNode(theirs))));
        there = servers.address("leaving");
        settings = Packaged.with(Packaged.settings(ours), Map.of("LATCHKEY_BETTER_AUTH_SECRET", SECRET));
        service = Packaged.ready(ours, Map.of("LATCHKEY_BETTER_AUTH_SECRET", SECRET))
                .addressed();
        ada = signedUp("ada@example.com");
        bob = signedUp("bob@example.com");
    }

    @AfterAll
    static void stop() {
        service.close();
        servers.close();
    }

    private static JsonPath signedUp(String email) {
        JsonPath response = BetterAuthClient.call(
                there,
                there,
                "signUp.email",
                Map.of("email", email, "password", Person.PASSWORD, "name", "Somebody"),
                "");
        assertNull(response.get("error"), response.prettify());
        return response;
    }

    private static Ended command(String... more) {
        String[] arguments = new String[6 + more.length];
        String[] first = {"import", "better-auth", "--from", theirs.url(), "--user", theirs.username()};
        System.arraycopy(first, 0, arguments, 0, first.length);
        System.arraycopy(more, 0, arguments, first.length, more.length);
        return Packaged.command(
                Packaged.with(settings, Map.of("LATCHKEY_IMPORT_PASSWORD", theirs.password())), arguments);
    }

    @Test
    @Order(1)
    void dryRunChangesNothing() {
        Ended ended = command("--sessions", "--dry-run");
        assertEquals(0, ended.code(), ended.toString());
        assertTrue(ended.output().contains("imported        2"), ended.toString());
        assertTrue(ended.error().contains("nothing was changed"), ended.toString());
        assertEquals("0", value("select count(*) from users"));
    }

    @Test
    @Order(2)
    void bringsInUsersAndSessions() {
        Ended ended = command("--sessions");
        assertEquals(0, ended.code(), ended.toString());
        assertEquals("""
                RESULT          USERS
                imported        2
                already exists  0
                total           2

                RESULT          SESSIONS
                imported        2
                already exists  0
                """, ended.output());
        assertFalse(ended.error().contains("@"), ended.toString());
        assertFalse(ended.toString().contains(theirs.password()), "the password of the source is not told");
        assertEquals(
                "import 2 2",
                value("select concat_ws(' ', type, details ->> 'users', details ->> 'sessions') from audit_events"
                        + " where type = 'import'"));
    }

    /** "With the same secret, cookies that people already hold keep working." */
    @Test
    @Order(3)
    void keepsPeopleSignedIn() {
        JsonPath session = BetterAuthClient.call(here(), ORIGIN, "getSession", Map.of(), ada.getString("cookies"));
        assertNull(session.get("error"), session.prettify());
        assertEquals(ada.getString("data.user.id"), session.getString("data.user.id"));
        assertEquals("ada@example.com", session.getString("data.user.email"));

        String forged = ada.getString("cookies").replaceFirst("session_token=....", "session_token=aaaa");
        assertNull(BetterAuthClient.call(here(), ORIGIN, "getSession", Map.of(), forged)
                .get("data"));
    }

    /** "Password hashes are verified in their own format and become Argon2id at the next sign-in." */
    @Test
    @Order(4)
    void signsInByTheOldPasswordThroughOurApi() {
        String id = ada.getString("data.user.id");
        assertTrue(value("select secret from credentials where user_id = ?", id).matches("[0-9a-f]{32}:[0-9a-f]{128}"));
        signIn("ada@example.com", "not the password").then().statusCode(401);
        signIn("ada@example.com", Person.PASSWORD).then().statusCode(200).body("user.id", equalTo(id));
        Eventually.holds(
                "the hash is made anew",
                () -> value("select secret from credentials where user_id = ?", id)
                        .startsWith("$argon2id$"));
        signIn("ada@example.com", Person.PASSWORD).then().statusCode(200);
    }

    @Test
    @Order(5)
    void signsInByTheOldPasswordWithTheOfficialClient() {
        JsonPath response = BetterAuthClient.call(
                here(), ORIGIN, "signIn.email", Map.of("email", "bob@example.com", "password", Person.PASSWORD), "");
        assertNull(response.get("error"), response.prettify());
        assertEquals(bob.getString("data.user.id"), response.getString("data.user.id"));
        JsonPath session = BetterAuthClient.call(here(), ORIGIN, "getSession", Map.of(), response.getString("cookies"));
        assertEquals(bob.getString("data.user.id"), session.getString("data.user.id"));
    }

    @Test
    @Order(6)
    void importsUsersWhoSignedUpLaterAndLeavesTheOthersAlone() {
        signedUp("eve@example.com");
        String before = value("select string_agg(t::text, ' ' order by id) from users t");
        Ended ended = command("--sessions");
        assertEquals(0, ended.code(), ended.toString());
        assertTrue(ended.output().contains("imported        1\nalready exists  2\n"), ended.toString());
        assertEquals(
                before,
                value("select string_agg(t::text, ' ' order by id) from users t where email <> 'eve@example.com'"));
    }

    @Test
    void saysInASentenceWhatIsWrong() {
        Ended password = Packaged.command(
                Packaged.with(settings, Map.of("LATCHKEY_IMPORT_PASSWORD", "hunter2")),
                "import",
                "better-auth",
                "--from",
                "jdbc:postgresql://127.0.0.1:1/app",
                "--user",
                "reader");
        assertEquals(1, password.code(), password.toString());
        assertEquals("", password.output());
        assertTrue(password.error().contains("cannot be reached"), password.toString());
        assertFalse(password.toString().contains("hunter2"), password.toString());

        Ended tables = Packaged.command(
                Packaged.with(settings, Map.of("LATCHKEY_IMPORT_PASSWORD", theirs.password())),
                "import",
                "better-auth",
                "--from",
                ours.url(),
                "--user",
                ours.username());
        assertEquals(1, tables.code(), tables.toString());
        assertTrue(tables.error().contains("no table \"user\""), tables.toString());

        Ended misuse =
                Packaged.command(settings, "import", "better-auth", "--from", theirs.url(), "--password", "hunter2");
        assertEquals(2, misuse.code(), misuse.toString());
        assertFalse(misuse.toString().contains("hunter2"), misuse.toString());

        Ended file = Packaged.command(settings, "import", "csv", "no such file");
        assertEquals(1, file.code(), file.toString());
        assertEquals(1, file.error().lines().count(), file.toString());
    }

    /** Killed, not asked to end. */
    @Test
    void goesOnWhenItWasKilled() throws IOException, InterruptedException {
        int all = 60_000;
        Path file = Files.createTempFile(Path.of("target").toAbsolutePath(), "people", ".csv");
        StringBuilder lines = new StringBuilder("id,email,password_hash\n");
        for (int i = 0; i < all; i++) {
            lines.append("csv")
                    .append(i)
                    .append(",csv")
                    .append(i)
                    .append("@example.com,")
                    .append(HASH)
                    .append('\n');
        }
        Files.writeString(file, lines);
        Process process = Packaged.begun(settings, "import", "csv", file.toString());
        while (count() == 0) {
            assertTrue(process.isAlive(), "it ended before anybody was there");
            TimeUnit.MILLISECONDS.sleep(20);
        }
        process.destroyForcibly().waitFor();
        long stored = count();
        assertTrue(stored < all, "it was too fast to be killed: " + stored);
        assertEquals(stored, Long.parseLong(value("select count(*) from credentials where user_id like 'csv%'")));

        Ended ended = Packaged.command(settings, "import", "csv", file.toString());
        Files.delete(file);
        assertEquals(0, ended.code(), ended.toString());
        assertEquals(all, count());
        assertTrue(ended.output().contains("total           " + all), ended.toString());
        signIn("csv" + (all - 1) + "@example.com", "correct horse").then().statusCode(200);
    }

    private static long count() {
        return Long.parseLong(value("select count(*) from users where id like 'csv%'"));
    }

    private static String here() {
        return "http://localhost:" + service.port();
    }

    private static Response signIn(String email, String password) {
        return given().port(service.port())
                .contentType("application/json")
                .body(Map.of("email", email, "password", password))
                .post("/api/auth/login");
    }

    private static String value(String sql, String... parameters) {
        try (Connection connection = ours.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String forNode(EmbeddedDatabase database) {
        String place = database.url().substring("jdbc:postgresql://".length());
        return "postgres://" + URLEncoder.encode(database.username(), StandardCharsets.UTF_8) + ":"
                + URLEncoder.encode(database.password(), StandardCharsets.UTF_8) + "@" + place;
    }
}
