package dev.latchkey.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.it.SessionOperation.AccessToken;
import dev.latchkey.it.SessionOperation.Interval;
import dev.latchkey.it.SessionOperation.Observation;
import dev.latchkey.it.SessionOperation.Response;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Performs operations at the replicas of a service and in their database. */
final class SessionClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final EmbeddedDatabase database;
    private final List<Packaged> replicas;

    SessionClient(EmbeddedDatabase database, List<Packaged> replicas) {
        this.database = database;
        this.replicas = List.copyOf(replicas);
    }

    record User(String id, String email) {}

    record SignUp(User user, Observation seen) {}

    int replicas() {
        return replicas.size();
    }

    SignUp signUp(int replica) {
        String email = "ada-" + UUID.randomUUID() + "@example.com";
        long start = System.nanoTime();
        HttpResponse<String> response =
                post(replica, "/api/auth/signup", "", Map.of("email", email, "password", password(0)));
        Interval at = new Interval(start, System.nanoTime());
        if (response.statusCode() != 201) {
            throw new AssertionError("sign-up: " + response.statusCode() + " " + response.body());
        }
        User user = new User(json(response).at("/user/id").asText(), email);
        Observation seen = new Observation(new SessionOperation.SignIn(false, 0), at, false, tokens(response));
        return new SignUp(user, seen);
    }

    Observation perform(User user, SessionOperation operation, int replica, boolean isKnownRevoked) {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            Response response = send(user, operation, replica);
            Interval at = new Interval(start, System.nanoTime());
            // BUSY: all permits to hash were taken, and nothing has happened.
            if (response.status() != 503) {
                return new Observation(operation, at, isKnownRevoked, response);
            }
        }
        throw new AssertionError("busy for " + TIMEOUT.toSeconds() + " s: " + operation);
    }

    /** Returns whether a replica accepts an access token. */
    boolean accepts(AccessToken token, int replica) {
        HttpResponse<String> response = get(replica, "/api/auth/session", token.text());
        if (response.statusCode() != 200 && response.statusCode() != 401) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return response.statusCode() == 200;
    }

    void execute(String sql, Object... parameters) {
        try (Connection connection = database.connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Response send(User user, SessionOperation operation, int replica) {
        return switch (operation) {
            case SessionOperation.SignIn(boolean betterAuth, int number) -> {
                Map<String, Object> body = Map.of("email", user.email(), "password", password(number));
                yield betterAuth
                        ? sessionToken("", post(replica, "/api/auth/sign-in/email", "", body))
                        : tokens(post(replica, "/api/auth/login", "", body));
            }
            case SessionOperation.Refresh(String _, String token) ->
                tokens(post(replica, "/api/auth/refresh", "", Map.of("refresh_token", token)));
            case SessionOperation.GetToken(String session, String token) -> {
                HttpResponse<String> response = get(replica, "/api/auth/token", token);
                yield response.statusCode() == 200
                        ? new Response(
                                200, session, "", accessToken(json(response).path("token"), session))
                        : Response.of(status(response));
            }
            case SessionOperation.SignOut(String _, boolean betterAuth, String secret) ->
                Response.of(status(
                        betterAuth
                                ? post(replica, "/api/auth/sign-out", secret, Map.of())
                                : post(replica, "/api/auth/logout", "", Map.of("refresh_token", secret))));
            case SessionOperation.SignOutByAccessToken(AccessToken by) ->
                Response.of(status(post(replica, "/api/auth/logout", by.text(), Map.of())));
            case SessionOperation.ChangePassword(AccessToken by, int current, int replacement) ->
                tokens(send(
                        "PUT",
                        replica,
                        own(user, "/password"),
                        by.text(),
                        Map.of("current_password", password(current), "new_password", password(replacement))));
            case SessionOperation.ChangePasswordAndKeepSession(
                    String session,
                    String token,
                    int current,
                    int replacement) ->
                sessionToken(
                        session,
                        post(
                                replica,
                                "/api/auth/change-password",
                                token,
                                Map.of("currentPassword", password(current), "newPassword", password(replacement))));
            case SessionOperation.EndAll(AccessToken by, boolean keepCurrent) ->
                Response.of(status(send(
                        "DELETE",
                        replica,
                        own(user, "/sessions" + (keepCurrent ? "?keep=current" : "")),
                        by.text(),
                        Map.of())));
            case SessionOperation.EndOne(AccessToken by, String session) ->
                Response.of(status(send("DELETE", replica, own(user, "/sessions/" + session), by.text(), Map.of())));
            case SessionOperation.Disable _ -> {
                execute("update users set disabled_at = now() where id = ?", user.id());
                yield Response.of(0);
            }
            case SessionOperation.Enable _ -> {
                execute("update users set disabled_at = null where id = ?", user.id());
                yield Response.of(0);
            }
            case SessionOperation.SetRoles(String roles) -> {
                execute("update users set roles = array[?::text] where id = ?", roles, user.id());
                yield Response.of(0);
            }
        };
    }

    private static String own(User user, String rest) {
        return "/api/users/" + user.id() + rest;
    }

    private static String password(int number) {
        return Person.PASSWORD + " " + number;
    }

    /** Reads a response of the JSON API with tokens. */
    private static Response tokens(HttpResponse<String> response) {
        int status = status(response);
        if (status >= 300) {
            return Response.of(status);
        }
        JsonNode json = json(response);
        String session = json.path("session_id").asText();
        return new Response(
                status, session, json.path("refresh_token").asText(), accessToken(json.path("access_token"), session));
    }

    /** Reads a response of a Better Auth path that sets a session token. A new session is called by its first one. */
    private static Response sessionToken(String session, HttpResponse<String> response) {
        int status = status(response);
        if (status >= 300) {
            return Response.of(status);
        }
        String token = response.headers().firstValue("set-auth-token").orElseThrow();
        String name = session.isEmpty() ? token.substring(0, token.indexOf('.')) : session;
        return new Response(status, name, token, AccessToken.NONE);
    }

    private static AccessToken accessToken(JsonNode text, String session) {
        JsonNode claims =
                json(new String(Base64.getUrlDecoder().decode(text.asText().split("\\.", -1)[1])));
        String roles = StreamSupport.stream(claims.path("groups").spliterator(), false)
                .map(JsonNode::asText)
                .sorted()
                .collect(Collectors.joining(","));
        return new AccessToken(text.asText(), session, roles);
    }

    private static int status(HttpResponse<String> response) {
        if (response.statusCode() >= 500 && !response.body().contains("BUSY")) {
            throw new AssertionError(response.request() + ": " + response.statusCode() + " " + response.body());
        }
        return response.statusCode();
    }

    private static JsonNode json(HttpResponse<String> response) {
        return json(response.body());
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    private HttpResponse<String> get(int replica, String path, String bearer) {
        return send(request(replica, path, bearer).GET());
    }

    private HttpResponse<String> post(int replica, String path, String bearer, Map<String, ?> body) {
        return send("POST", replica, path, bearer, body);
    }

    private HttpResponse<String> send(String method, int replica, String path, String bearer, Map<String, ?> body) {
        return send(request(replica, path, bearer)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(JSON.valueToTree(body).toString())));
    }

    private HttpRequest.Builder request(int replica, String path, String bearer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + replicas.get(replica).port() + path))
                .timeout(TIMEOUT);
        return bearer.isEmpty() ? request : request.header("Authorization", "Bearer " + bearer);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no response", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Waits a short time before something is looked at again. */
    static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
