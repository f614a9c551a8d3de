package dev.latchkey.compare;

import static io.restassured.RestAssured.given;

import dev.latchkey.fixture.BetterAuth;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.FastApi;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** A server that is measured, and the requests that it is measured by. */
final class Contender implements AutoCloseable {

    private static final Path CEILINGS = Path.of("target", "ceilings").toAbsolutePath();
    private static final Path OWN = Path.of("bench", "contenders").toAbsolutePath();
    private static final String SECRET = "a-shared-secret-of-more-than-32-bytes";
    private static final String PASSWORD = "correct horse battery staple";

    private final String name;
    private final long pid;
    private final Map<Work, Request> requests;
    private final AutoCloseable process;

    private Contender(String name, long pid, Map<Work, Request> requests, AutoCloseable process) {
        this.name = name;
        this.pid = pid;
        this.requests = requests;
        this.process = process;
    }

    /** A request that is sent again and again. */
    record Request(String url, Map<String, String> headers) {}

    /** Starts a contender; empty, and says why, if it is not there. */
    static Optional<Contender> start(String name) throws IOException {
        Optional<Contender> started = switch (name) {
            case "native" -> executable().map(file -> latchkey(name, List.of(file.toString())));
            case "jvm" -> jar().map(file -> latchkey(name, Packaged.imageCommand(file)));
            case "better-auth" -> BetterAuth.isInstalled() ? Optional.of(betterAuth()) : Optional.empty();
            case "fastapi" -> FastApi.exists() ? Optional.of(fastApi()) : Optional.empty();
            default ->
                throw new IllegalArgumentException("There is no contender " + name + "; see bench/compare --help");
        };
        if (started.isEmpty()) {
            System.out.println(name + " is left out, for it is not there; bench/compare --help says how to get it");
        }
        return started;
    }

    private static Optional<Path> executable() throws IOException {
        if (!Files.isDirectory(CEILINGS)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(CEILINGS)) {
            return files.filter(file -> file.toString().endsWith("-runner") && Files.isExecutable(file))
                    .findFirst();
        }
    }

    private static Optional<Path> jar() {
        return Optional.of(CEILINGS.resolve("quarkus-app").resolve("quarkus-run.jar"))
                .filter(Files::exists);
    }

    private static Contender latchkey(String name, List<String> command) {
        Packaged service = Packaged.readyBy(
                command,
                EmbeddedDatabaseResource.emptyDatabase(),
                Map.of(
                        "LATCHKEY_THROTTLE_ENABLED", "false",
                        "LATCHKEY_GATE_RULES_0__PATH", "/api/{user_id}/**",
                        "LATCHKEY_GATE_RULES_0__ALLOW", "owner",
                        "LATCHKEY_TRUSTED_PROXIES", "127.0.0.1",
                        // One token serves for the whole run.
                        "LATCHKEY_TOKEN_ACCESS_LIFETIME", "12h",
                        "LATCHKEY_KEY_OVERLAP", "13h"));
        String url = "http://127.0.0.1:" + service.port();
        Response user = post(url + "/api/auth/signup", Map.of("email", "ada@example.com", "password", PASSWORD));
        String id = user.path("user.id");
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + user.<String>path("access_token"));
        Map<String, String> cookie = cookies(post(
                url + "/api/auth/sign-up/email",
                Map.of("email", "grace@example.com", "password", PASSWORD, "name", "Grace")));
        Map<Work, Request> requests = new LinkedHashMap<>();
        requests.put(Work.BARE_EVENT_LOOP, new Request(url + "/bench/event-loop", Map.of()));
        requests.put(
                Work.GATE,
                new Request(
                        url + "/api/auth/verify",
                        Packaged.with(
                                bearer,
                                Map.of("X-Original-Method", "GET", "X-Original-URI", "/api/" + id + "/nothing"))));
        requests.put(Work.BARE_WORKER, new Request(url + "/bench/worker", Map.of()));
        requests.put(Work.TOKEN_SESSION, new Request(url + "/api/auth/session", bearer));
        requests.put(Work.BARE_ROW, new Request(url + "/bench/row", Map.of()));
        requests.put(Work.PROFILE, new Request(url + "/api/users/" + id, bearer));
        requests.put(Work.GET_SESSION, new Request(url + "/api/auth/get-session", cookie));
        return new Contender(name, service.pid(), requests, service);
    }

    private static Contender betterAuth() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        BetterAuth server = BetterAuth.started(
                Map.of("contender", Map.of("secret", SECRET, "algorithm", "EdDSA", "database", forNode(database))));
        String url = server.address("contender");
        Map<String, String> cookie = cookies(post(
                url + "/api/auth/sign-up/email",
                Map.of("email", "grace@example.com", "password", PASSWORD, "name", "Grace")));
        return new Contender(
                "better-auth",
                server.pid(),
                Map.of(Work.GET_SESSION, new Request(url + "/api/auth/get-session", cookie)),
                server);
    }

    private static Contender fastApi() {
        FastApi server = FastApi.started(OWN, "owner_check", Map.of("SECRET", SECRET));
        String id = UUID.randomUUID().toString();
        ExternalProcess.Ended token = FastApi.python(
                "import jwt; print(jwt.encode({'user_id': '%s', 'exp': 4102444800}, '%s'))".formatted(id, SECRET));
        Map<String, String> bearer =
                Map.of("Authorization", "Bearer " + token.output().strip());
        return new Contender(
                "fastapi",
                server.pid(),
                Map.of(Work.GATE, new Request("http://127.0.0.1:" + server.port() + "/api/" + id + "/nothing", bearer)),
                server);
    }

    private static String forNode(EmbeddedDatabase database) {
        return database.url()
                .replace("jdbc:postgresql://", "postgresql://" + database.username() + ":" + database.password() + "@");
    }

    private static Response post(String url, Map<String, String> body) {
        Response response = given().contentType("application/json").body(body).post(url);
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(url + " responds " + response.statusCode() + ": " + response.asString());
        }
        return response;
    }

    private static Map<String, String> cookies(Response response) {
        StringBuilder all = new StringBuilder();
        response.cookies()
                .forEach((cookie, value) ->
                        all.append(cookie).append('=').append(value).append("; "));
        return Map.of("Cookie", all.toString().strip());
    }

    String name() {
        return name;
    }

    long pid() {
        return pid;
    }

    Map<Work, Request> requests() {
        return requests;
    }

    @Override
    public void close() throws Exception {
        process.close();
    }
}
