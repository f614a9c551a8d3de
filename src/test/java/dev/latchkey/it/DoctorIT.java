package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Packaged.Ended;
import dev.latchkey.fixture.Person;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The commands that look at a deployment and migrate its database, as packaged, and the service beside them. */
class DoctorIT {

    private final EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
    private final Map<String, String> settings = Packaged.settings(database);

    /** From an empty database, by command, to a service that does not migrate by itself. */
    @Test
    void migratesServesAndFindsNoError() {
        Ended before = Packaged.command(settings, "upgrade", "check");
        assertEquals(0, before.code(), before.toString());
        assertTrue(before.output().contains("V001 ground floor: would be applied"), before.toString());
        Map<String, String> waits = Packaged.with(settings, Map.of("LATCHKEY_DATABASE_MIGRATE", "false"));

        try (Packaged service = Packaged.launched(waits)) {
            service.awaitLife();
            assertEquals(503, service.managementStatus("/q/health/ready"), "it waits for the command");
            Ended migrated = Packaged.command(settings, "migrate");
            assertEquals(0, migrated.code(), migrated.toString());
            assertTrue(migrated.output().startsWith("Applied "), migrated.toString());
            service.awaitReadiness();
            service.addressed();
            Person.signedUp();

            Ended healthy = Packaged.command(
                    waits,
                    "doctor",
                    "--url",
                    "http://127.0.0.1:" + service.port(),
                    "--management-url",
                    "http://127.0.0.1:" + service.managementPort());
            assertEquals(0, healthy.code(), healthy.toString());
            assertTrue(healthy.output().contains("ok      issuer: http://localhost\n"), healthy.toString());
            assertTrue(healthy.output().contains("the key that signs is among them"), healthy.toString());
            assertTrue(healthy.output().contains("ok      readiness of database"), healthy.toString());
            assertTrue(healthy.output().contains("recorded as 127.0.0.1"), healthy.toString());

            Ended again = Packaged.command(settings, "migrate");
            assertEquals("The schema is up to date.\n", again.output(), again.toString());

            Ended otherSecret = Packaged.command(
                    Packaged.with(waits, Map.of("LATCHKEY_SECRET", "another master secret, which is long enough")),
                    "doctor");
            assertEquals(1, otherSecret.code(), otherSecret.toString());
            assertTrue(
                    otherSecret.output().contains("was encrypted under another LATCHKEY_SECRET"),
                    otherSecret.toString());
        }
    }

    /** Settings with which the service would not start are reported, all of them, and what can be tried out is. */
    @Test
    void reportsSettingsThatEndAStart() {
        Map<String, String> wrong = Packaged.with(
                Packaged.without(settings, "LATCHKEY_SECRET"),
                Map.of(
                        "LATCHKEY_PUBLIC_URL",
                        "http://auth.example.com",
                        "LATCHKEY_MIAL_HOST",
                        "mail.example.com",
                        "LATCHKEY_TRUSTED_PROXIES",
                        "0.0.0.0/0"));
        Ended ended = Packaged.command(wrong, "doctor");
        assertEquals(1, ended.code(), ended.toString());
        for (String setting :
                new String[] {"LATCHKEY_SECRET", "LATCHKEY_PUBLIC_URL", "LATCHKEY_MIAL_HOST", "LATCHKEY_TRUSTED_PROXIES"
                }) {
            assertTrue(ended.output().contains("error   " + setting + ":"), setting + " is missing in " + ended);
        }
        assertTrue(ended.output().contains("ok      connection: PostgreSQL"), ended.toString());
    }

    @Test
    void reportsADatabaseThatIsDownAndAMailServerThatIsNone() {
        int nobody = FreePort.find();
        Ended ended = Packaged.command(
                Packaged.with(
                        settings,
                        Map.of(
                                "QUARKUS_DATASOURCE_JDBC_URL",
                                EmbeddedDatabase.url(nobody, "latchkey"),
                                "LATCHKEY_MAIL_HOST",
                                "localhost",
                                "LATCHKEY_MAIL_PORT",
                                String.valueOf(nobody),
                                "LATCHKEY_MAIL_SECURITY",
                                "none",
                                "LATCHKEY_MAIL_FROM",
                                "accounts@example.com")),
                "doctor",
                "--json");
        assertEquals(1, ended.code(), ended.toString());
        assertEquals(1, ended.output().lines().count(), ended.toString());
        assertTrue(
                ended.output().contains("\"group\":\"database\",\"name\":\"connection\",\"status\":\"error\""),
                ended.toString());
        assertTrue(ended.output().contains("\"name\":\"mail server\",\"status\":\"error\""), ended.toString());
        assertFalse(ended.toString().contains(database.password()), ended.toString());
        for (String[] command : new String[][] {{"upgrade", "check"}, {"migrate"}}) {
            Ended failed = Packaged.command(
                    Packaged.with(settings, Map.of("QUARKUS_DATASOURCE_JDBC_URL", EmbeddedDatabase.url(nobody, "x"))),
                    command);
            assertEquals(1, failed.code(), failed.toString());
        }
    }

    @Test
    void refusesUnknownOptions() {
        assertEquals(2, Packaged.command(Map.of(), "doctor", "--fix").code());
        assertEquals(
                2,
                Packaged.command(Map.of(), "doctor", "--url", "auth.example.com")
                        .code());
        assertEquals(0, Packaged.command(Map.of(), "doctor", "--help").code());
    }
}
