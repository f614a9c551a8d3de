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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server that is measured, and the requests that it is measured by. */
final class Contender implements AutoCloseable {

    private static final Path CEILINGS = Path.of("target", "ceilings").toAbsolutePath();
    private static final Path OWN = Path.of("bench", "contenders").toAbsolutePath();
    private static final String SECRET = "a-shared-secret-of-more-than-32-bytes";
    private static final String CLIENT_SECRET = "the-secret-of-a-backend-of-more-than-32-bytes";
    private static final String EMAIL = "ada@example.com";
    private static final String PASSWORD = "correct horse battery staple";

    /** More would wait for longer than the service lets them. */
    private static final int HASHING_CONNECTIONS = 4;

    private static final Map<String, String> SETTINGS = Map.of(
            "LATCHKEY_THROTTLE_ENABLED", "false",
            "LATCHKEY_GATE_RULES_0__PATH", "/api/{user_id}/**",
            "LATCHKEY_GATE_RULES_0__ALLOW", "owner",
            "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET", CLIENT_SECRET,
            "LATCHKEY_TRUSTED_PROXIES", "127.0.0.1",
            // One token serves for the whole run.
            "LATCHKEY_TOKEN_ACCESS_LIFETIME", "12h",
            "LATCHKEY_BETTER_AUTH_COOKIE_CACHE_MAX_AGE", "12h",
            "LATCHKEY_KEY_OVERLAP", "13h",
            "LATCHKEY_PASSWORD_MAX_WAIT", "7s");

    private final String name;
    private final Map<Work, Request> requests;
    private final List<AutoCloseable> processes;

    private Contender(String name, Map<Work, Request> requests, List<AutoCloseable> processes) {
        this.name = name;
        this.requests = requests;
        this.processes = processes;
    }

    /**
     * A request that is sent again and again.
     *
     * @param pid the process whose time counts
     * @param connections on which it is sent at once
     * @param script a script of wrk that makes the request; null: GET with these headers
     */
    record Request(
            long pid,
            String url,
            Map<String, String> headers,
            int connections,
            @Nullable Supplier<String> script) {

        private static final int USUAL = 16;

        static Request get(long pid, String url, Map<String, String> headers) {
            return new Request(pid, url, headers, USUAL, null);
        }
    }

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
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        Packaged usual = Packaged.readyBy(command, database, SETTINGS);
        // Without a cache of tokens each one is as if never seen.
        Packaged eddsa = Packaged.readyBy(
                command,
                database,
                Packaged.with(
                        SETTINGS,
                        Map.of("LATCHKEY_TOKEN_CACHE", "0", "LATCHKEY_BETTER_AUTH_COOKIE_CACHE_ENABLED", "true")));
        Packaged hs256 = Packaged.readyBy(
                command,
                EmbeddedDatabaseResource.emptyDatabase(),
                Packaged.with(SETTINGS, Map.of("LATCHKEY_TOKEN_CACHE", "0", "LATCHKEY_JWT_SECRET", SECRET)));
        String url = url(usual);
        Response user = signedUp(usual);
        String id = user.path("user.id");
        Map<String, String> bearer = bearer(user);
        Map<String, String> cookie = cookies(betterAuthSignUp(url, "grace@example.com"));
        Map<String, String> cached = cookies(betterAuthSignUp(url(eddsa), "joan@example.com"));
        createTables(database);

        Map<Work, Request> requests = new LinkedHashMap<>();
        requests.put(Work.BARE_EVENT_LOOP, get(usual, "/bench/event-loop", Map.of()));
        requests.put(Work.GATE, gate(usual, user));
        requests.put(Work.GATE_HS256_NEW, gate(hs256, signedUp(hs256)));
        requests.put(Work.GATE_EDDSA_NEW, gate(eddsa, user));
        requests.put(Work.BARE_WORKER, get(usual, "/bench/worker", Map.of()));
        requests.put(Work.TOKEN_SESSION, get(usual, "/api/auth/session", bearer));
        requests.put(Work.BARE_ROW, get(usual, "/bench/row", Map.of()));
        requests.put(Work.PROFILE, get(usual, "/api/users/" + id, bearer));
        requests.put(Work.GET_SESSION, get(usual, "/api/auth/get-session", cookie));
        requests.put(Work.GET_SESSION_CACHED, get(eddsa, "/api/auth/get-session", cached));
        requests.put(
                Work.INTROSPECTION,
                post(
                        usual,
                        "/oauth/introspect",
                        16,
                        () -> constantScript(
                                "application/x-www-form-urlencoded",
                                "Basic "
                                        + Base64.getEncoder()
                                                .encodeToString(
                                                        ("shop:" + CLIENT_SECRET).getBytes(StandardCharsets.US_ASCII)),
                                "token=" + user.<String>path("access_token"))));
        requests.put(Work.BARE_TRANSACTION, get(usual, "/bench/transaction", Map.of()));
        requests.put(Work.REFRESH, post(usual, "/api/auth/refresh", 16, () -> refreshScript(url)));
        requests.put(
                Work.BARE_HASH, new Request(usual.pid(), url + "/bench/hash", Map.of(), HASHING_CONNECTIONS, null));
        requests.put(
                Work.SIGN_IN,
                post(
                        usual,
                        "/api/auth/login",
                        HASHING_CONNECTIONS,
                        () -> constantScript(
                                "application/json",
                                "",
                                "{\"email\":\"" + EMAIL + "\",\"password\":\"" + PASSWORD + "\"}")));
        return new Contender(name, requests, List.of(usual, eddsa, hs256));
    }

    private static String url(Packaged service) {
        return "http://127.0.0.1:" + service.port();
    }

    private static Request get(Packaged service, String path, Map<String, String> headers) {
        return Request.get(service.pid(), url(service) + path, headers);
    }

    private static Request post(Packaged service, String path, int connections, Supplier<String> script) {
        return new Request(service.pid(), url(service) + path, Map.of(), connections, script);
    }

    private static Request gate(Packaged service, Response user) {
        return get(
                service,
                "/api/auth/verify",
                Packaged.with(
                        bearer(user),
                        Map.of(
                                "X-Original-Method",
                                "GET",
                                "X-Original-URI",
                                "/api/" + user.<String>path("user.id") + "/nothing")));
    }

    private static Map<String, String> bearer(Response user) {
        return Map.of("Authorization", "Bearer " + user.<String>path("access_token"));
    }

    private static Response signedUp(Packaged service) {
        return post(url(service) + "/api/auth/signup", Map.of("email", EMAIL, "password", PASSWORD));
    }

    private static Response betterAuthSignUp(String url, String email) {
        return post(url + "/api/auth/sign-up/email", Map.of("email", email, "password", PASSWORD, "name", "Somebody"));
    }

    /** What the bare transaction writes to. */
    private static void createTables(EmbeddedDatabase database) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table bench_rows (id integer primary key, times bigint not null)");
            statement.execute("insert into bench_rows select i, 0 from generate_series(0, 999) i");
            statement.execute("create table bench_events (id integer not null, at timestamptz not null default now())");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String constantScript(String contentType, String authorization, String body) {
        return """
                wrk.method = "POST"
                wrk.headers["Content-Type"] = "%s"
                wrk.headers["Authorization"] = "%s"
                wrk.body = [[%s]]
                """.formatted(contentType, authorization, body);
    }

    /** Each connection has a thread and a session of its own, and sends the refresh token of the response before. */
    private static String refreshScript(String url) {
        StringBuilder tokens = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            String token = post(url + "/api/auth/login", Map.of("email", EMAIL, "password", PASSWORD))
                    .path("refresh_token");
            tokens.append('"').append(token).append("\",");
        }
        return """
                local tokens = {%s}
                local next = 0
                function setup(thread)
                  next = next + 1
                  thread:set("token", tokens[next])
                end
                function request()
                  return wrk.format("POST", nil, {["Content-Type"] = "application/json"},
                    '{"refresh_token":"' .. token .. '"}')
                end
                function response(status, headers, body)
                  token = string.match(body, '"refresh_token":"([^"]+)"')
                end
                """.formatted(tokens);
    }

    private static Contender betterAuth() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        BetterAuth server = BetterAuth.started(
                Map.of("contender", Map.of("secret", SECRET, "algorithm", "EdDSA", "database", forNode(database))));
        String url = server.address("contender");
        Map<String, String> cookie = cookies(betterAuthSignUp(url, "grace@example.com"));
        return new Contender(
                "better-auth",
                Map.of(Work.GET_SESSION, Request.get(server.pid(), url + "/api/auth/get-session", cookie)),
                List.of(server));
    }

    private static Contender fastApi() {
        FastApi server = FastApi.started(OWN, "owner_check", Map.of("SECRET", SECRET));
        String id = UUID.randomUUID().toString();
        ExternalProcess.Ended token = FastApi.python(
                "import jwt; print(jwt.encode({'user_id': '%s', 'exp': 4102444800}, '%s'))".formatted(id, SECRET));
        Map<String, String> bearer =
                Map.of("Authorization", "Bearer " + token.output().strip());
        String url = "http://127.0.0.1:" + server.port() + "/api/" + id + "/nothing";
        return new Contender("fastapi", Map.of(Work.GATE, Request.get(server.pid(), url, bearer)), List.of(server));
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

    Map<Work, Request> requests() {
        return requests;
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable process : processes) {
            process.close();
        }
    }
}
