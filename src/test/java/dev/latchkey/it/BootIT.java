package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FR-025, and "Secret missing or too short": settings that are wrong end the boot in words, and nothing else does. */
class BootIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** What everything is told in words leaves this many lines, whatever the framework adds. */
    private static final int FEW_LINES = 25;

    @ParameterizedTest
    @CsvSource({
        "LATCHKEY_SECRET, is missing",
        "LATCHKEY_PUBLIC_URL, is missing",
        "QUARKUS_DATASOURCE_JDBC_URL, is missing",
    })
    void refusesToStartWithout(String setting, String words) throws Exception {
        refuses(Packaged.without(settings(), setting), setting, words);
    }

    @ParameterizedTest
    @CsvSource({
        "LATCHKEY_SECRET, short-and-secret-0123456789abcd, LATCHKEY_SECRET",
        "LATCHKEY_JWT_SECRET, 31-bytes-of-a-secret-0123456789, LATCHKEY_JWT_SECRET",
        "LATCHKEY_JWT_SECRET_PREVIOUS, short-and-secret-0123456789abcd, LATCHKEY_JWT_SECRET_PREVIOUS",
        "LATCHKEY_SECRET_FILE, /nonexistent/secret, LATCHKEY_SECRET",
        "LATCHKEY_PUBLIC_URL, http://id.example.com, LATCHKEY_PUBLIC_URL",
        "LATCHKEY_PUBLIC_URL, https://id.example.com/auth, LATCHKEY_PUBLIC_URL",
        "LATCHKEY_TRUSTED_PROXIES, 10.0.0.0/33, LATCHKEY_TRUSTED_PROXIES",
        "LATCHKEY_TRUSTED_ORIGINS, *, LATCHKEY_TRUSTED_ORIGINS",
        "LATCHKEY_KEY_ALGORITHM, none, latchkey.key.algorithm",
        "LATCHKEY_KEY_ROTATION, 5m, latchkey.key.rotation",
        "LATCHKEY_PASSWORD_PERMITS, 0, latchkey.password.permits",
        "LATCHKEY_PASSWORD_ARGON2_MEMORY, 1K, latchkey.password.argon2.memory",
        "LATCHKEY_TOKEN_LEEWAY, banana, latchkey.token.leeway",
        "LATCHKEY_PUBLIC_ULR, https://id.example.com, LATCHKEY_PUBLIC_ULR",
        "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET, short-and-secret-0123456789abcd, LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET",
        "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET, '', LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET",
        "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRT, a secret of more than 32 bytes in all, LATCHKEY_OAUTH_CLIENTS_SHOP_SECRT",
        "LATCHKEY_OAUTH_CLIENTS_MY_SHOP_SECRET, a secret of more than 32 bytes in all, LATCHKEY_OAUTH_CLIENTS_MYSHOP_SECRET",
    })
    void refusesToStartWith(String variable, String value, String named) throws Exception {
        String output = refuses(Packaged.with(settings(), Map.of(variable, value)), named, "");

        if (variable.contains("SECRET") && !variable.endsWith("_FILE") && !value.isEmpty()) {
            assertFalse(output.contains(value), "the output repeats the secret that it refuses");
        }
    }

    /** By the same words as a variable's: the framework's own suggest nothing. */
    @Test
    void suggestsWhatAPropertyInAFileWasMeantToBe(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("latchkey.properties"), "latchkey.token.leway=1s\n");

        refuses(
                Packaged.with(settings(), Map.of("SMALLRYE_CONFIG_LOCATIONS", file.toString())),
                "latchkey.token.leway",
                "did you mean latchkey.token.leeway?");
    }

    @Test
    void refusesToStartWithABrokenTemplate(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("password-reset.de.txt"), "Subject: Neu\n\n{link}\n{lnk}\n");

        refuses(
                Packaged.with(settings(), Map.of("LATCHKEY_MAIL_TEMPLATES", folder.toString())),
                "LATCHKEY_MAIL_TEMPLATES",
                "password-reset.de.txt, line 4: ");
    }

    @Test
    void reportsAllErrorsAtOnce() throws Exception {
        String output = refuses(Map.of("LATCHKEY_JWT_SECRET", "short"), "LATCHKEY_SECRET", "is missing");

        for (String setting : List.of("LATCHKEY_PUBLIC_URL", "QUARKUS_DATASOURCE_JDBC_URL", "LATCHKEY_JWT_SECRET")) {
            assertTrue(output.contains(setting), setting + " is not named:\n" + output);
        }
    }

    /** Errors of different features, among them those that beans read once they are made, are reported in one start. */
    @Test
    void reportsWrongSettingsOfAllFeaturesAtOnce() throws Exception {
        Map<String, String> wrong = Map.of(
                "LATCHKEY_TRUSTED_PROXIES", "ingress.local",
                "LATCHKEY_TRUSTED_ORIGINS", "*",
                "LATCHKEY_KEY_ALGORITHM", "none",
                "LATCHKEY_PASSWORD_PERMITS", "0",
                "LATCHKEY_PASSWORD_ARGON2_MEMORY", "1K",
                "LATCHKEY_SESSION_IDLE_LIFETIME", "400d",
                "LATCHKEY_TOKEN_LEEWAY", "2m",
                "LATCHKEY_TOKEN_TRUSTED_PARTNER_JWKS_URL", "http://partner.example/jwks",
                "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET", "short",
                "LATCHKEY_GATE_RULES_0__PATH", "no-path");

        String output = refuses(Packaged.with(settings(), wrong), "LATCHKEY_TRUSTED_PROXIES", "ingress.local");

        for (String setting : List.of(
                "LATCHKEY_TRUSTED_ORIGINS",
                "latchkey.key.algorithm",
                "latchkey.password.permits",
                "latchkey.password.argon2.memory",
                "latchkey.session.idle-lifetime",
                "latchkey.token.leeway",
                "latchkey.token.trusted.partner.jwks-url",
                "latchkey.token.trusted.partner.issuer",
                "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET",
                "latchkey.gate.rules[0]")) {
            assertTrue(output.contains(setting), setting + " is not named:\n" + output);
        }
    }

    @Test
    void ignoresKubernetesServiceVariables() {
        Map<String, String> told = Map.of(
                "LATCHKEY_SERVICE_HOST", "10.0.0.1",
                "LATCHKEY_SERVICE_PORT", "8080",
                "LATCHKEY_SERVICE_PORT_HTTP", "8080",
                "LATCHKEY_PORT", "tcp://10.0.0.1:8080",
                "LATCHKEY_PORT_8080_TCP", "tcp://10.0.0.1:8080",
                "LATCHKEY_PORT_8080_TCP_ADDR", "10.0.0.1",
                "LATCHKEY_PORT_8080_TCP_PORT", "8080",
                "LATCHKEY_PORT_8080_TCP_PROTO", "tcp");

        try (Packaged service = Packaged.ready(EmbeddedDatabaseResource.emptyDatabase(), told)) {
            assertTrue(service.isAlive());
        }
    }

    /** The executable is built without traces, and says so; the jar sends them to whatever listens there. */
    @ParameterizedTest
    @ValueSource(strings = {"OTEL_EXPORTER_OTLP_ENDPOINT", "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT"})
    void sendsTracesOrSaysThatItHasNone(String variable) throws Exception {
        try (ServerSocket collector = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            collector.setSoTimeout(30_000);
            Map<String, String> traced = Packaged.with(
                    settings(),
                    Map.of(
                            "QUARKUS_DATASOURCE_JDBC_URL",
                            "jdbc:postgresql://127.0.0.1:1/latchkey",
                            variable,
                            "http://127.0.0.1:" + collector.getLocalPort(),
                            "QUARKUS_OTEL_BSP_SCHEDULE_DELAY",
                            "100ms"));
            try (Packaged service = Packaged.launched(traced)) {
                service.awaitLife();
                service.addressed();
                given().get("/api/users/somebody").then().statusCode(401);

                boolean isWarned = service.output().contains(variable + ": has no effect");
                assertEquals(Packaged.isNative(), isWarned, service::output);
                if (!Packaged.isNative()) {
                    collector.accept().close();
                }
            }
        }
    }

    /** "Database away": only settings end the boot. */
    @Test
    void startsWithoutItsDatabaseAndIsNotReady() {
        Map<String, String> away = Packaged.with(
                settings(), Map.of("QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:1/latchkey"));

        try (Packaged service = Packaged.launched(away)) {
            service.awaitLife();

            assertEquals(503, service.managementStatus("/q/health/ready"));
            service.addressed();
            given().get("/api/users/somebody").then().statusCode(401);
            Person.signIn("ada@example.com", "a password")
                    .then()
                    .statusCode(503)
                    .contentType("application/problem+json")
                    .header("Retry-After", matchesPattern("[1-9]\\d*"))
                    .body("code", equalTo("DATABASE_UNAVAILABLE"));
            assertTrue(service.isAlive());
        }
    }

    /** Refused before the database is asked, so there is none. */
    private static Map<String, String> settings() {
        return Map.of(
                "QUARKUS_DATASOURCE_JDBC_URL", "jdbc:postgresql://127.0.0.1:1/latchkey",
                "QUARKUS_DATASOURCE_USERNAME", "latchkey",
                "QUARKUS_DATASOURCE_PASSWORD", "the-password-of-the-database",
                "LATCHKEY_PUBLIC_URL", "http://localhost",
                "LATCHKEY_SECRET", EmbeddedDatabaseResource.SECRET);
    }

    private static String refuses(Map<String, String> environment, String setting, String words) throws Exception {
        try (Packaged service = Packaged.launched(environment)) {
            OptionalInt code = service.exitCode(TIMEOUT);
            String output = service.output();
            assertTrue(code.isPresent(), "it goes on:\n" + output);
            assertNotEquals(0, code.getAsInt(), output);
            assertTrue(
                    output.lines().anyMatch(line -> line.contains(setting) && line.contains(words)),
                    setting + " is not named:\n" + output);
            assertFalse(output.contains(EmbeddedDatabaseResource.SECRET), "the output shows the secret");
            assertFalse(output.contains("the-password-of-the-database"), "the output shows the password");
            assertTrue(
                    output.lines().count() <= FEW_LINES && !output.contains("\tat ") && !output.contains("\\tat "),
                    "a flood instead of a sentence:\n" + output);
            return output;
        }
    }
}
