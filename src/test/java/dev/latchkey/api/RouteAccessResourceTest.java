package dev.latchkey.api;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.token.AccessTokens;
import dev.latchkey.token.TestSubjects;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who gets which response on every route there is (FR-015, FR-018 to FR-022, SC-003 to SC-005). A route that is not in the
 * table fails the build.
 */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class RouteAccessResourceTest {

    /** Status for: no token, another user, the user, an administrator who is another user, the user with an expired token. */
    record Row(String method, String path, int none, int other, int self, int admin, int expired) {}

    static List<Row> table() {
        return List.of(
                // Open: a token makes no difference, not even a bad one.
                new Row("POST", "/api/auth/signup", 400, 400, 400, 400, 400),
                new Row("POST", "/api/auth/login", 400, 400, 400, 400, 400),
                new Row("POST", "/api/auth/refresh", 401, 401, 401, 401, 401),
                new Row("POST", "/api/auth/logout", 204, 204, 204, 204, 204),
                new Row("POST", "/api/auth/password-reset", 400, 400, 400, 400, 400),
                new Row("POST", "/api/auth/password-reset/confirm", 400, 400, 400, 400, 400),
                new Row("POST", "/api/auth/email-verification/confirm", 400, 400, 400, 400, 400),
                new Row("GET", "/api/auth/jwks", 200, 200, 200, 200, 200),
                new Row("GET", "/.well-known/jwks.json", 200, 200, 200, 200, 200),
                new Row("GET", "/.well-known/oauth-authorization-server", 200, 200, 200, 200, 200),
                // Backends with credentials (see OAuthResourceTest); none is configured here.
                new Row("POST", "/oauth/introspect", 404, 404, 404, 404, 404),
                new Row("POST", "/oauth/revoke", 404, 404, 404, 404, 404),
                // The page of an e-mail link, which has the proof itself; this one is unknown.
                new Row("GET", "/links/{token}", 404, 404, 404, 404, 404),
                new Row("POST", "/links/{token}", 404, 404, 404, 404, 404),
                // Any user with a token.
                new Row("GET", "/api/auth/session", 401, 200, 200, 200, 401),
                // No user can have a link here, since this service sends no e-mail.
                new Row("POST", "/api/auth/email-verification", 401, 403, 403, 403, 401),
                // The owner only; a role allows nothing.
                new Row("GET", "/api/users/{user_id}", 401, 403, 200, 403, 401),
                new Row("PATCH", "/api/users/{user_id}", 401, 403, 200, 403, 401),
                new Row("DELETE", "/api/users/{user_id}", 401, 403, 204, 403, 401),
                new Row("PUT", "/api/users/{user_id}/password", 401, 403, 400, 403, 401),
                new Row("PUT", "/api/users/{user_id}/email", 401, 403, 400, 403, 401),
                new Row("GET", "/api/users/{user_id}/sessions", 401, 403, 200, 403, 401),
                new Row("DELETE", "/api/users/{user_id}/sessions", 401, 403, 204, 403, 401),
                new Row("DELETE", "/api/users/{user_id}/sessions/{session_id}", 401, 403, 404, 403, 401),
                new Row("GET", "/api/users/{user_id}/events", 401, 403, 200, 403, 401),
                // Administrators only, for any account (see AdminAccessResourceTest).
                new Row("GET", "/api/admin/users", 401, 403, 403, 200, 401),
                new Row("POST", "/api/admin/users", 401, 403, 403, 400, 401),
                new Row("GET", "/api/admin/users/{id}", 401, 403, 403, 200, 401),
                new Row("PATCH", "/api/admin/users/{id}", 401, 403, 403, 200, 401),
                new Row("DELETE", "/api/admin/users/{id}", 401, 403, 403, 204, 401),
                new Row("PUT", "/api/admin/users/{id}/roles", 401, 403, 403, 400, 401),
                new Row("PUT", "/api/admin/users/{id}/ban", 401, 403, 403, 200, 401),
                new Row("DELETE", "/api/admin/users/{id}/ban", 401, 403, 403, 200, 401),
                new Row("DELETE", "/api/admin/users/{id}/lock", 401, 403, 403, 204, 401),
                // This service sends no e-mail.
                new Row("POST", "/api/admin/users/{id}/password-reset", 401, 403, 403, 403, 401),
                new Row("POST", "/api/admin/users/{id}/email-verification", 401, 403, 403, 200, 401),
                new Row("GET", "/api/admin/users/{id}/sessions", 401, 403, 403, 200, 401),
                new Row("DELETE", "/api/admin/users/{id}/sessions", 401, 403, 403, 204, 401),
                new Row("DELETE", "/api/admin/users/{id}/sessions/{session_id}", 401, 403, 403, 404, 401),
                new Row("GET", "/api/admin/events", 401, 403, 403, 200, 401));
    }

    @Inject
    AccessTokens tokens;

    @ParameterizedTest
    @MethodSource("table")
    void withoutToken(Row row) {
        assertEquals(row.none(), ask(row, Person.signedUp(), given()).statusCode());
    }

    @ParameterizedTest
    @MethodSource("table")
    void asAnotherUser(Row row) {
        assertEquals(
                row.other(),
                ask(row, Person.signedUp(), Person.signedUp().bearing()).statusCode());
    }

    @ParameterizedTest
    @MethodSource("table")
    void asTheOwner(Row row) {
        Person self = Person.signedUp();
        assertEquals(row.self(), ask(row, self, self.bearing()).statusCode());
    }

    @ParameterizedTest
    @MethodSource("table")
    void asAnAdministratorWhoIsAnotherUser(Row row) {
        Person admin = Person.signedUp();
        Sql.update("update users set roles = array['admin'] where id = ?", admin.id());
        Person withRole = admin.signedInAgain();
        assertEquals(
                List.of("admin"),
                withRole.bearing().get("/api/auth/session").path("roles"),
                "the role must be in the token for this to prove anything");
        assertEquals(
                row.admin(), ask(row, Person.signedUp(), withRole.bearing()).statusCode());
    }

    @ParameterizedTest
    @MethodSource("table")
    void withAnExpiredToken(Row row) {
        Person self = Person.signedUp();
        String expired = tokens.mint(TestSubjects.of(
                        self.id(), self.email(), self.sessionId(), Instant.now().minusSeconds(60)))
                .value();
        assertEquals(
                row.expired(),
                ask(row, self, given().header("Authorization", "Bearer " + expired))
                        .statusCode());
    }

    @Test
    void listsEveryRoute() {
        Set<String> listed = new TreeSet<>();
        table().forEach(row -> listed.add(row.method() + " " + row.path()));
        Set<String> existing = new TreeSet<>();
        for (JavaClass resource : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.latchkey")) {
            for (JavaMethod method : resource.getMethods()) {
                method.getAnnotations().stream()
                        .filter(annotation -> annotation.getRawType().isAnnotatedWith(HttpMethod.class))
                        .forEach(annotation -> existing.add(
                                annotation.getRawType().getSimpleName() + " " + path(resource) + path(method)));
            }
        }
        assertEquals(listed, existing);
    }

    private static String path(JavaClass resource) {
        return resource.tryGetAnnotationOfType(Path.class)
                .map(Path::value)
                .filter(path -> !path.equals("/"))
                .orElse("");
    }

    private static String path(JavaMethod method) {
        return method.tryGetAnnotationOfType(Path.class).map(Path::value).orElse("");
    }

    /** Sends a request to a route with what it needs at least. */
    static Response ask(Row row, Person owner, RequestSpecification caller) {
        String path = row.path()
                .replace("{user_id}", owner.id())
                .replace("{id}", owner.id())
                .replace("{token}", "0".repeat(32))
                .replace("{session_id}", UUID.randomUUID().toString());
        RequestSpecification request = row.method().equals("GET")
                ? caller
                : caller.contentType(ContentType.JSON).body("{}");
        return request.request(row.method(), path);
    }
}
