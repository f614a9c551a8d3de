package dev.latchkey.compare;

import static dev.latchkey.compare.Contender.betterAuthSignUp;
import static dev.latchkey.compare.Contender.cookies;
import static dev.latchkey.compare.Contender.post;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;

/** A package of this service with bare routes beside its own, as a contender. */
final class Latchkey {

    private static final Path CEILINGS = Path.of("target", "ceilings").toAbsolutePath();

    private static final Map<String, String> SETTINGS = Map.of(
            "LATCHKEY_THROTTLE_ENABLED", "false",
            "LATCHKEY_GATE_RULES_0__PATH", "/api/{user_id}/**",
            "LATCHKEY_GATE_RULES_0__ALLOW", "owner",
            "LATCHKEY_OAUTH_CLIENTS_SHOP_SECRET", Contender.CLIENT_SECRET,
            "LATCHKEY_TRUSTED_PROXIES", "127.0.0.1",
            // One token serves for the whole run.
            "LATCHKEY_TOKEN_ACCESS_LIFETIME", "12h",
            "LATCHKEY_BETTER_AUTH_COOKIE_CACHE_MAX_AGE", "12h",
            "LATCHKEY_KEY_OVERLAP", "13h",
            "LATCHKEY_PASSWORD_MAX_WAIT", "7s");

    private static final Map<String, String> CREDENTIALS =
            Map.of("email", Contender.EMAIL, "password", Contender.PASSWORD);

    /** Of another user, since the oldest sessions of one with many end. */
    private static final Map<String, String> OF_SIGN_INS =
            Map.of("email", "mary@example.com", "password", Contender.PASSWORD);

    private Latchkey() {}

    /** Returns the command of the executable, if it was built. */
    static Optional<List<String>> executable() throws IOException {
        if (!Files.isDirectory(CEILINGS)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(CEILINGS)) {
            return files.filter(file -> file.toString().endsWith("-runner") && Files.isExecutable(file))
                    .map(file -> List.of(file.toString()))
                    .findFirst();
        }
    }

    /** Returns the command of the jar, if it was built. */
    static Optional<List<String>> jar() {
        return Optional.of(CEILINGS.resolve("quarkus-app").resolve("quarkus-run.jar"))
                .filter(Files::exists)
                .map(Packaged::imageCommand);
    }

    /** Starts the service three times: as usual, without a cache of tokens, and the same with a shared secret. */
    static Contender started(String name, List<String> command) {
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
                Packaged.with(SETTINGS, Map.of("LATCHKEY_TOKEN_CACHE", "0", "LATCHKEY_JWT_SECRET", Contender.SECRET)));
        createTables(database);
        Map<Work, Load> loads = new EnumMap<>(loads(usual));
        Response user = post(url(usual) + "/api/auth/login", CREDENTIALS);
        loads.put(Work.GATE_EDDSA_NEW, gate(eddsa, user));
        loads.put(Work.GATE_HS256_NEW, gate(hs256, post(url(hs256) + "/api/auth/signup", CREDENTIALS)));
        loads.put(
                Work.GET_SESSION_CACHED,
                get(eddsa, "/api/auth/get-session", cookies(betterAuthSignUp(url(eddsa), "joan@example.com"))));
        return new Contender(name, loads, List.of(usual, eddsa, hs256));
    }

    private static Map<Work, Load> loads(Packaged service) {
        String url = url(service);
        Response user = post(url + "/api/auth/signup", CREDENTIALS);
        post(url + "/api/auth/signup", OF_SIGN_INS);
        Request gate = gate(service, user);
        Request hash = get(service, "/bench/hash", Map.of()).on(Contender.HASHING_CONNECTIONS);
        Request signIn = Request.post(
                        service.pid(),
                        url + "/api/auth/login",
                        Map.of("Content-Type", "application/json"),
                        JsonUtil.toJson(OF_SIGN_INS))
                .on(Contender.HASHING_CONNECTIONS);
        return Map.ofEntries(
                Map.entry(Work.BARE_EVENT_LOOP, get(service, "/bench/event-loop", Map.of())),
                Map.entry(Work.GATE, gate),
                Map.entry(Work.BARE_WORKER, get(service, "/bench/worker", Map.of())),
                Map.entry(Work.TOKEN_SESSION, get(service, "/api/auth/session", bearer(user))),
                Map.entry(Work.BARE_ROW, get(service, "/bench/row", Map.of())),
                Map.entry(Work.PROFILE, get(service, "/api/users/" + user.path("user.id"), bearer(user))),
                Map.entry(
                        Work.GET_SESSION,
                        get(service, "/api/auth/get-session", cookies(betterAuthSignUp(url, "grace@example.com")))),
                Map.entry(
                        Work.INTROSPECTION,
                        Contender.requireActive(Request.post(
                                service.pid(),
                                url + "/oauth/introspect",
                                Contender.client(),
                                "token=" + user.path("access_token")))),
                Map.entry(Work.BARE_TRANSACTION, get(service, "/bench/transaction", Map.of())),
                Map.entry(
                        Work.REFRESH,
                        new Request(
                                service.pid(),
                                url + "/api/auth/refresh",
                                Map.of(),
                                null,
                                Request.CONNECTIONS,
                                () -> refreshScript(url))),
                Map.entry(Work.BARE_HASH, hash),
                Map.entry(Work.SIGN_IN, signIn),
                Map.entry(Work.GATE_FLOODED, new Flood(gate, signIn, hash)));
    }

    private static String url(Packaged service) {
        return "http://127.0.0.1:" + service.port();
    }

    private static Request get(Packaged service, String path, Map<String, String> headers) {
        return Request.get(service.pid(), url(service) + path, headers);
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

    /** Each connection has a thread and a session of its own, and sends the refresh token of the response before. */
    private static String refreshScript(String url) {
        StringBuilder tokens = new StringBuilder();
        for (int i = 0; i < Request.CONNECTIONS; i++) {
            String token = post(url + "/api/auth/login", OF_SIGN_INS).path("refresh_token");
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
}
