package dev.latchkey.compare;

import static io.restassured.RestAssured.given;

import dev.latchkey.fixture.BetterAuth;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.FastApi;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A server that is measured, or a library, and the loads that it is measured by. */
record Contender(String name, Map<Work, Load> loads, List<AutoCloseable> processes) implements AutoCloseable {

    static final String ALL = "native,jvm,better-auth,fastapi,keycloak,libraries";
    static final String SECRET = "a-shared-secret-of-more-than-32-bytes";
    static final String CLIENT_SECRET = "the-secret-of-a-backend-of-more-than-32-bytes";
    static final String EMAIL = "ada@example.com";
    static final String PASSWORD = "correct horse battery staple";

    /** More would wait for longer than the service lets them. */
    static final int HASHING_CONNECTIONS = 4;

    private static final Path OWN = Path.of("bench", "contenders").toAbsolutePath();

    /** Starts a contender; empty, and says why, if it is not there. */
    static Optional<Contender> start(String name) throws IOException {
        Optional<Contender> started = switch (name) {
            case "native" -> Latchkey.executable().map(file -> Latchkey.started(name, file));
            case "jvm" -> Latchkey.jar().map(file -> Latchkey.started(name, file));
            case "better-auth" -> BetterAuth.isInstalled() ? Optional.of(betterAuth()) : Optional.empty();
            case "fastapi" -> FastApi.exists() ? Optional.of(fastApi()) : Optional.empty();
            case "keycloak" -> Keycloak.home().map(Contender::keycloak);
            case "libraries" -> Optional.of(libraries());
            default ->
                throw new IllegalArgumentException("There is no contender " + name + "; see bench/compare --help");
        };
        if (started.isEmpty()) {
            System.out.println(name + " is left out, for it is not there; bench/compare --help says how to get it");
        }
        return started;
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

    private static String forNode(EmbeddedDatabase database) {
        return database.url()
                .replace("jdbc:postgresql://", "postgresql://" + database.username() + ":" + database.password() + "@");
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

    private static Contender keycloak(Path home) {
        Keycloak server =
                Keycloak.started(home, EmbeddedDatabaseResource.emptyDatabase(), CLIENT_SECRET, EMAIL, PASSWORD);
        Request signIn = server.post(
                "token", client(), "grant_type=password&username=" + EMAIL + "&password=" + PASSWORD.replace(' ', '+'));
        Request introspection = requireActive(server.post(
                "token/introspect", client(), "token=" + sent(signIn).<String>path("access_token")));
        return new Contender(
                "keycloak",
                Map.of(Work.INTROSPECTION, introspection, Work.SIGN_IN, signIn.on(HASHING_CONNECTIONS)),
                List.of(server));
    }

    private static Contender libraries() {
        Map<Work, Load> calls = new EnumMap<>(Map.of(Work.ED25519, LibraryCalls.ed25519()));
        LibraryCalls.argon2(PASSWORD).ifPresent(argon2 -> calls.put(Work.ARGON2, argon2));
        return new Contender("libraries", calls, List.of());
    }

    private static Response sent(Request post) {
        Response response = given().headers(post.headers()).body(post.body()).post(post.url());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(
                    post.url() + " responds " + response.statusCode() + ": " + response.asString());
        }
        return response;
    }

    /** A refused token would be answered with success too, and more cheaply. */
    static Request requireActive(Request introspection) {
        Response response = sent(introspection);
        if (!response.<Boolean>path("active")) {
            throw new IllegalStateException(introspection.url() + " responds " + response.asString());
        }
        return introspection;
    }

    /** Returns the headers of a form that a backend sends as a client. */
    static Map<String, String> client() {
        byte[] credentials = ("shop:" + CLIENT_SECRET).getBytes(StandardCharsets.US_ASCII);
        return Map.of(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials),
                "Content-Type",
                "application/x-www-form-urlencoded");
    }

    static Response betterAuthSignUp(String url, String email) {
        return post(url + "/api/auth/sign-up/email", Map.of("email", email, "password", PASSWORD, "name", "Somebody"));
    }

    static Response post(String url, Map<String, String> body) {
        Response response = given().contentType("application/json").body(body).post(url);
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(url + " responds " + response.statusCode() + ": " + response.asString());
        }
        return response;
    }

    static Map<String, String> cookies(Response response) {
        StringBuilder all = new StringBuilder();
        response.cookies()
                .forEach((cookie, value) ->
                        all.append(cookie).append('=').append(value).append("; "));
        return Map.of("Cookie", all.toString().strip());
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable process : processes) {
            process.close();
        }
    }
}
