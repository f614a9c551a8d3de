package dev.latchkey.compare;

import static io.restassured.RestAssured.given;

import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.FreePort;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Keycloak in production mode, with a realm that has one client and one user. */
final class Keycloak implements AutoCloseable {

    private static final Path FOLDER = Path.of("target", "keycloak").toAbsolutePath();
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String REALM = "bench";

    private final ExternalProcess process;
    private final String url;

    private Keycloak(ExternalProcess process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Returns where {@code bench/contenders/fetch-keycloak} has brought it to. */
    static Optional<Path> home() {
        if (!Files.isDirectory(FOLDER)) {
            return Optional.empty();
        }
        try (Stream<Path> folders = Files.list(FOLDER)) {
            return folders.filter(folder -> Files.isExecutable(folder.resolve("bin/kc.sh")))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it on this empty database, and waits until the realm is there. */
    static Keycloak started(Path home, EmbeddedDatabase database, String clientSecret, String email, String password) {
        try {
            prepare(home);
            Path realm = Files.createDirectories(home.resolve("data/import")).resolve(REALM + "-realm.json");
            Files.writeString(realm, realm(clientSecret, email, password));
            int port = FreePort.find();
            ProcessBuilder builder = command(
                    home,
                    "start",
                    "--optimized",
                    "--import-realm",
                    "--db-url=" + database.url(),
                    "--db-username=" + database.username(),
                    "--http-enabled=true",
                    "--http-host=127.0.0.1",
                    "--http-port=" + port,
                    "--hostname-strict=false");
            builder.environment().put("KC_DB_PASSWORD", database.password());
            Keycloak started = new Keycloak(
                    ExternalProcess.start(builder, FOLDER.resolve("output.log")),
                    "http://127.0.0.1:" + port + "/realms/" + REALM);
            started.process.awaitReady(TIMEOUT, started::responds);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds it, once, for PostgreSQL and for one server alone, which is the cheaper way and listens for no other members. */
    private static void prepare(Path home) throws IOException {
        Path prepared = home.resolve("is-prepared");
        if (!Files.exists(prepared)) {
            ExternalProcess.Ended build = ExternalProcess.run(
                    command(home, "build", "--db=postgres", "--cache=local"), FOLDER.resolve("build.log"), TIMEOUT);
            if (build.code() != 0) {
                throw new IllegalStateException("Keycloak cannot be built\n" + build.output());
            }
            Files.createFile(prepared);
        }
    }

    private static ProcessBuilder command(Path home, String... arguments) {
        List<String> command = new ArrayList<>(List.of(home.resolve("bin/kc.sh").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // By default it takes half of the machine's memory.
        builder.environment().put("JAVA_OPTS_KC_HEAP", "-Xms1g -Xmx1g");
        return builder;
    }

    /** Tokens and sessions last as long as those of the service under the same load, so that one serves for the whole run. */
    private static String realm(String clientSecret, String email, String password) {
        return """
                {
                  "realm": "%s",
                  "enabled": true,
                  "sslRequired": "none",
                  "accessTokenLifespan": 43200,
                  "ssoSessionIdleTimeout": 86400,
                  "ssoSessionMaxLifespan": 86400,
                  "clients": [{
                    "clientId": "shop",
                    "secret": "%s",
                    "publicClient": false,
                    "standardFlowEnabled": false,
                    "directAccessGrantsEnabled": true,
                    "protocolMappers": [{
                      "name": "itself as audience, without which it may not ask about its tokens",
                      "protocol": "openid-connect",
                      "protocolMapper": "oidc-audience-mapper",
                      "config": {"included.client.audience": "shop", "access.token.claim": "true"}
                    }]
                  }],
                  "users": [{
                    "username": "%s",
                    "email": "%s",
                    "emailVerified": true,
                    "firstName": "Ada",
                    "lastName": "Example",
                    "enabled": true,
                    "credentials": [{"type": "password", "value": "%s"}]
                  }]
                }
                """.formatted(REALM, clientSecret, email, email, password);
    }

    private boolean responds() {
        try {
            return given().get(url).statusCode() == 200;
        } catch (Exception e) { // REST Assured throws the checked one of its HTTP client without declaring it
            return false;
        }
    }

    /** Returns a request to an endpoint of OpenID Connect by the client. */
    Request post(String endpoint, Map<String, String> headers, String form) {
        return Request.post(server().pid(), url + "/protocol/openid-connect/" + endpoint, headers, form);
    }

    /** Returns the process of the server itself, which a script has started. */
    private ProcessHandle server() {
        ProcessHandle script = ProcessHandle.of(process.pid()).orElseThrow();
        return script.descendants().reduce(script, (outer, inner) -> inner);
    }

    @Override
    public void close() {
        process.close();
    }
}
