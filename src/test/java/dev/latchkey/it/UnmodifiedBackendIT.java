package dev.latchkey.it;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.ExternalProcess;
import dev.latchkey.fixture.FastApi;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.fixture.Person;
import dev.latchkey.token.RawTokens;
import io.restassured.http.ContentType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * FastAPI backends as projects write them that know nothing of Latchkey: they decode with a shared secret, name no audience,
 * and compare {@code user_id} with the route. They accept the packaged service's tokens without a change.
 */
@EnabledIf(
        value = "dev.latchkey.fixture.FastApi#exists",
        disabledReason = "there is no FastAPI in target/fastapi, where src/test/fastapi/fetch brings it from Debian's"
                + " packages; .ci/run does so where apt-get is")
class UnmodifiedBackendIT {

    private static final String SECRET = "shared with every backend, 32 bytes at least";
    private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}";
    private static final Path MODULES =
            Path.of("src", "test", "fastapi", "unmodified").toAbsolutePath();

    private static Packaged service;
    private static Person ada;
    private static Person eve;

    @BeforeAll
    static void start() {
        // Without the limits: Better Auth's lets a client sign in three times in ten seconds.
        service = Packaged.ready(
                        EmbeddedDatabaseResource.emptyDatabase(),
                        Map.of("LATCHKEY_JWT_SECRET", SECRET, "LATCHKEY_THROTTLE_ENABLED", "false"))
                .addressed();
        ada = Person.signedUp();
        eve = Person.signedUp();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    /** The one line that such backends have in common. */
    @ParameterizedTest
    @ValueSource(strings = {"import jwt", "from jose import jwt"})
    void decodesInOneLine(String library) {
        String secret = "secret = '" + SECRET + "'\n";
        for (String token : List.of(ada.accessToken(), betterAuthToken())) {
            ExternalProcess.Ended decoded = FastApi.python(library + "\n" + secret + "token = '" + token + "'\n"
                    + "payload = jwt.decode(token, secret, algorithms=[\"HS256\"])\n"
                    + "print(payload['sub'], payload['user_id'], payload['email'], payload['email_verified'])");
            String user = ada.id() + " " + ada.id() + " " + ada.email() + " False\n";
            assertEquals(new ExternalProcess.Ended(0, user), decoded);
        }
        ExternalProcess.Ended refused = FastApi.python(library + "\n" + "token = '" + ada.accessToken() + "'\n"
                + "jwt.decode(token, 'another " + SECRET + "', algorithms=[\"HS256\"])");
        assertEquals(1, refused.code(), refused.output());
        assertTrue(refused.output().contains("Signature verification failed"), refused.output());
    }

    @Nested
    class WithPyJwt extends Backend {
        WithPyJwt() {
            super("pyjwt");
        }
    }

    @Nested
    class WithPythonJose extends Backend {
        WithPythonJose() {
            super("jose");
        }
    }

    /** What such a backend has to accept and to refuse, whichever the library. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Backend {

        private final String library;
        private FastApi backend;

        Backend(String library) {
            this.library = library;
        }

        @BeforeAll
        void startBackend() {
            Map<String, String> environment = Map.of(
                    "JWT_SECRET", SECRET, "PYTHONPATH", MODULES.resolve(library).toString());
            backend = FastApi.started(MODULES, "main", environment);
        }

        @AfterAll
        void stopBackend() {
            if (backend != null) {
                backend.close();
            }
        }

        @Test
        void acceptsTokensOfBothInterfacesAtTheUsersOwnRoute() {
            for (String token : List.of(ada.accessToken(), betterAuthToken())) {
                backend.request()
                        .header("Authorization", "Bearer " + token)
                        .get("/api/" + ada.id() + "/tasks")
                        .then()
                        .statusCode(200)
                        .body("user_id", equalTo(ada.id()));
                backend.request()
                        .header("Authorization", "Bearer " + token)
                        .get("/api/me")
                        .then()
                        .statusCode(200)
                        .body("user_id", equalTo(ada.id()))
                        .body("email", equalTo(ada.email()));
            }
        }

        @Test
        void acceptsRefreshedToken() {
            Person person = Person.signedUp();
            Person refreshed = person.with(Person.refresh(person.refreshToken()));
            assertEquals(200, tasksOf(refreshed.id(), refreshed.accessToken()));
        }

        @Test
        void refusesTheRouteOfAnotherUser() {
            assertEquals(403, tasksOf(eve.id(), ada.accessToken()));
            assertEquals(403, tasksOf(ada.id(), eve.accessToken()));
            assertEquals(403, tasksOf("unknown", ada.accessToken()));
        }

        @Test
        void refusesTokenOfAnotherSecret() {
            byte[] other = ("another " + SECRET).getBytes(StandardCharsets.UTF_8);
            assertEquals(401, tasksOf(ada.id(), RawTokens.hmac(other, HEADER, payload())));
            assertEquals(200, tasksOf(ada.id(), RawTokens.hmac(secret(), HEADER, payload())), "the right one");
        }

        @Test
        void refusesExpiredToken() {
            long past = Instant.now().getEpochSecond() - 60;
            String expired = payload().replaceFirst("\"exp\":\\d+", "\"exp\":" + past);
            assertEquals(401, tasksOf(ada.id(), RawTokens.hmac(secret(), HEADER, expired)));
        }

        @Test
        void refusesAlteredAndUnsignedTokens() {
            String[] parts = ada.accessToken().split("\\.", -1);
            String altered = payload().replace(ada.id(), eve.id());
            assertFalse(altered.contains(ada.id()));
            assertEquals(401, tasksOf(eve.id(), parts[0] + "." + RawTokens.part(altered) + "." + parts[2]));
            String unsigned = RawTokens.part("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + parts[1] + ".";
            assertEquals(401, tasksOf(ada.id(), unsigned));
            assertEquals(401, tasksOf(ada.id(), ada.refreshToken()));
            assertEquals(401, tasksOf(ada.id(), "nonsense"));
        }

        @Test
        void refusesRequestWithoutToken() {
            int status = backend.request().get("/api/" + ada.id() + "/tasks").statusCode();
            // FastAPI's HTTPBearer says 403 in its earlier versions and 401 in its later ones.
            assertTrue(status == 401 || status == 403, "status " + status);
        }

        private int tasksOf(String user, String token) {
            return backend.request()
                    .header("Authorization", "Bearer " + token)
                    .get("/api/" + user + "/tasks")
                    .statusCode();
        }
    }

    private static byte[] secret() {
        return SECRET.getBytes(StandardCharsets.UTF_8);
    }

    /** The payload of Ada's token as the service wrote it. */
    private static String payload() {
        return RawTokens.text(ada.accessToken().split("\\.", -1)[1]);
    }

    /** A token as the Better Auth client gets it, for Ada. */
    private static String betterAuthToken() {
        String session = given().contentType(ContentType.JSON)
                .body(Map.of("email", ada.email(), "password", ada.password()))
                .post("/api/auth/sign-in/email")
                .path("token");
        return given().header("Authorization", "Bearer " + session)
                .get("/api/auth/token")
                .path("token");
    }
}
