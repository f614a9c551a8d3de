package dev.latchkey.api;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Admin;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How administrators list, search and read users and events. */
@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class AdminUsersResourceTest {

    /** A word that no other test's users have. */
    private final String word =
            "w" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

    private Person admin;

    @BeforeEach
    void signUp() {
        admin = Admin.signedUp();
    }

    private String user(String email, String name) {
        String id = UUID.randomUUID().toString();
        Sql.update("insert into users (id, email, name) values (?, ?, ?)", id, email, name);
        return id;
    }

    private Response list(Map<String, ?> parameters) {
        return admin.bearing().queryParams(parameters).get("/api/admin/users");
    }

    private List<String> ids(Map<String, ?> parameters) {
        Response response = list(parameters);
        assertEquals(200, response.statusCode(), response::asString);
        return response.path("users.id");
    }

    @Nested
    class Search {

        @Test
        void findsByTheBeginningOfTheAddressInItsOrder() {
            String b = user(word + "-b@example.com", null);
            String a = user(word + "-a@example.com", null);
            user("x" + word + "@example.com", null);

            assertEquals(List.of(a, b), ids(Map.of("email", word)));
            assertEquals(List.of(b), ids(Map.of("email", word.toUpperCase(java.util.Locale.ROOT) + "-B")));
            assertEquals(List.of(), ids(Map.of("email", word + "-c")));
        }

        @Test
        void findsByTheBeginningOfTheNameInAnyLetterCase() {
            String b = user(word + "1@example.com", word.toUpperCase(java.util.Locale.ROOT) + " B");
            String a = user(word + "2@example.com", word + " a");
            user(word + "3@example.com", "x " + word);
            user(word + "4@example.com", null);

            assertEquals(List.of(a, b), ids(Map.of("name", word)));
            assertEquals(List.of(b), ids(Map.of("name", word + " b", "email", word)));
        }

        @Test
        void findsByWhatTheAddressOrTheNameContains() {
            String address = user("x" + word + "@example.com", "Ada");
            String name = user(UUID.randomUUID() + "@example.com", "Ada " + word.toUpperCase(java.util.Locale.ROOT));

            assertEquals(List.of(name, address), ids(Map.of("text", word)));
        }

        /** Characters that mean something in a pattern mean themselves. */
        @ParameterizedTest
        @ValueSource(strings = {"%", "_", "\\", "*", "'", "\"", "]", "%25"})
        void takesPatternsLiterally(String character) {
            user(word + "@example.com", word);

            assertEquals(List.of(), ids(Map.of("email", character, "text", word)));
            assertEquals(List.of(), ids(Map.of("email", word + character)));
            assertEquals(List.of(), ids(Map.of("name", word + character)));
            assertEquals(List.of(), ids(Map.of("text", word + character)));
        }

        @Test
        void filtersByRoleBanVerificationAndCreation() {
            String plain = user(word + "1@example.com", null);
            String support = user(word + "2@example.com", null);
            String banned = user(word + "3@example.com", null);
            Sql.update("update users set roles = '{support}' where id = ?", support);
            Sql.update("update users set roles = '{support,admin}', disabled_at = now() where id = ?", banned);
            Sql.update(
                    "update users set email_verified = true, created_at = '2001-02-03T04:05:06Z' where id = ?", plain);

            assertEquals(List.of(support, banned), ids(Map.of("email", word, "role", "support")));
            assertEquals(List.of(banned), ids(Map.of("email", word, "role", "admin")));
            assertEquals(List.of(banned, support), ids(Map.of("text", word, "role", "support")));
            assertEquals(List.of(banned), ids(Map.of("text", word, "role", "admin")));
            assertEquals(List.of(), ids(Map.of("text", word, "role", "adm")));
            assertEquals(List.of(banned), ids(Map.of("text", word, "banned", true)));
            assertEquals(List.of(support, plain), ids(Map.of("text", word, "banned", false)));
            assertEquals(List.of(plain), ids(Map.of("email", word, "verified", true)));
            assertEquals(List.of(support, banned), ids(Map.of("email", word, "verified", false)));
            assertEquals(
                    List.of(plain),
                    ids(Map.of(
                            "text",
                            word,
                            "created_before",
                            "2001-02-03T04:05:07Z",
                            "created_from",
                            "2001-02-03T04:05:06Z")));
            assertEquals(List.of(), ids(Map.of("text", word, "created_before", "2001-02-03T04:05:06Z")));
            assertEquals(List.of(plain), ids(Map.of("email", word, "created_before", "2001-02-03T04:05:07Z")));
        }

        @ParameterizedTest
        @ValueSource(strings = {"email", "name", "text"})
        void pagesThroughAllOnceAndInOrder(String parameter) {
            for (int i = 0; i < 5; i++) {
                // Of one name and one instant: the id has to decide.
                user(word + i + "@example.com", word);
            }
            Sql.update("update users set created_at = '2020-01-01T00:00:00.123456Z' where email like ?", word + "%");
            List<String> inOnePage = ids(Map.of(parameter, word));
            assertEquals(5, inOnePage.size());

            List<String> oneByOne = new ArrayList<>();
            String cursor = null;
            do {
                Response page = list(
                        cursor == null
                                ? Map.of(parameter, word, "limit", 1)
                                : Map.of(parameter, word, "limit", 1, "cursor", cursor));
                oneByOne.addAll(page.path("users.id"));
                cursor = page.path("next_cursor");
            } while (cursor != null);

            assertEquals(inOnePage, oneByOne);
        }

        @Test
        void tellsWhatAnAdministratorNeedsAndNoSecret() {
            Person ada = Person.signedUp(word + "@example.com");

            Response response = list(Map.of("email", ada.email()));

            assertEquals(
                    Set.of(
                            "id",
                            "email",
                            "name",
                            "image",
                            "email_verified",
                            "locale",
                            "roles",
                            "created_at",
                            "updated_at",
                            "ban"),
                    response.jsonPath().getMap("users[0]").keySet());
            String stored = Sql.column("select secret from credentials where user_id = ?", ada.id())
                    .getFirst();
            assertFalse(response.asString().contains(stored));
        }

        @ParameterizedTest
        @CsvSource({
            "email, ''",
            "text, 'a\u0000b'",
            "name, 'a\nb'",
            "banned, yes",
            "banned, ''",
            "verified, TRUE",
            "created_from, yesterday",
            "created_before, 2026-01-01",
            "created_from, -1000000000-01-01T00:00:00Z",
            "created_before, +1000000000-12-31T23:59:59Z",
            "limit, ten",
            "limit, ''",
            "cursor, x",
            "cursor, ''",
        })
        void refusesInvalidParameters(String parameter, String value) {
            list(Map.of(parameter, value))
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("VALIDATION_FAILED"))
                    .body("errors[0].field", equalTo(parameter));
        }

        @Test
        void refusesTextsThatAreTooLongAndParametersThatComeTwice() {
            list(Map.of("email", "a".repeat(321))).then().statusCode(400);
            list(Map.of("role", "a".repeat(65))).then().statusCode(400);
            list(Map.of("banned", List.of("true", "false"))).then().statusCode(400);
        }

        @Test
        void refusesTheCursorOfAnotherOrderAndForgedOnes() {
            user(word + "1@example.com", word);
            user(word + "2@example.com", word);
            String cursor = list(Map.of("email", word, "limit", 1)).path("next_cursor");

            list(Map.of("name", word, "cursor", cursor)).then().statusCode(400);
            list(Map.of("cursor", cursor)).then().statusCode(400);
            for (String forged : List.of(
                    "CREATED\nx\ny",
                    "CREATED\n99999999999999999999\ny",
                    "CREATED\n-1\ny",
                    "CREATED\n9223372036854775807\ny",
                    "created\n0\ny",
                    "CREATED\n0",
                    "CREATED\n0\n\u0000",
                    "NOTHING\n0\ny")) {
                String text =
                        Base64.getUrlEncoder().withoutPadding().encodeToString(forged.getBytes(StandardCharsets.UTF_8));
                list(Map.of("cursor", text)).then().statusCode(400).body("errors[0].field", equalTo("cursor"));
            }
            list(Map.of("cursor", "A".repeat(3000))).then().statusCode(400);
        }

        @Test
        void setsALimitToTheNearestBound() {
            user(word + "1@example.com", null);
            user(word + "2@example.com", null);

            assertEquals(1, ids(Map.of("email", word, "limit", "-5")).size());
            assertEquals(2, ids(Map.of("email", word, "limit", "1000000000000")).size());
        }
    }

    @Nested
    class OneUser {

        @Test
        void isReadWithSessionsLockAndBan() {
            Person ada = Person.signedUp();
            ada.signedInAgain();

            admin.bearing()
                    .get("/api/admin/users/" + ada.id())
                    .then()
                    .statusCode(200)
                    .body("user.email", equalTo(ada.email()))
                    .body("user.ban", nullValue())
                    .body("sessions", equalTo(2))
                    .body("locked", equalTo(false));
        }

        /** One that was disabled by SQL is shown as banned, without a reason. */
        @Test
        void isShownAsBannedWhenDisabledBySql() {
            Person ada = Person.signedUp();
            Sql.update("update users set disabled_at = '2026-01-02T03:04:05Z' where id = ?", ada.id());

            admin.bearing()
                    .get("/api/admin/users/" + ada.id())
                    .then()
                    .statusCode(200)
                    .body("user.ban.since", equalTo("2026-01-02T03:04:05.000Z"))
                    .body("user.ban.reason", nullValue())
                    .body("user.ban.until", nullValue())
                    .body("sessions", equalTo(0));
        }

        @ParameterizedTest
        @ValueSource(strings = {"nobody", "%00", "%C3%A9", "'; drop table users"})
        void isNotFoundByAnyOtherId(String id) {
            int status = admin.bearing()
                    .urlEncodingEnabled(!id.startsWith("%"))
                    .get("/api/admin/users/" + id)
                    .statusCode();
            assertTrue(status == 404 || status == 400, id + ": " + status);
        }
    }

    @Nested
    class Events {

        private List<String> types(Map<String, ?> parameters) {
            Response response = admin.bearing().queryParams(parameters).get("/api/admin/events");
            assertEquals(200, response.statusCode(), response::asString);
            return response.path("events.type");
        }

        @Test
        void areThoseOfAnyUserWithFilters() {
            Person ada = Person.signedUp();
            ada.signedInAgain();
            Person.signIn(ada.email(), "not the right one").then().statusCode(401);
            Eventually.holds(
                    "the failure is recorded",
                    () -> types(Map.of("user_id", ada.id())).size() == 3);

            assertEquals(List.of("sign_in", "sign_in", "sign_up"), types(Map.of("user_id", ada.id())));
            assertEquals(List.of("sign_in"), types(Map.of("user_id", ada.id(), "outcome", "failure")));
            assertEquals(List.of("sign_up"), types(Map.of("user_id", ada.id(), "type", "sign_up")));
            assertEquals(List.of(), types(Map.of("user_id", ada.id(), "type", "sign_up", "outcome", "failure")));
            assertEquals(List.of(), types(Map.of("user_id", ada.id(), "before", "2020-01-01T00:00:00Z")));
            assertEquals(
                    3,
                    types(Map.of("user_id", ada.id(), "from", "2020-01-01T00:00:00Z"))
                            .size());
        }

        @Test
        void areFoundByTheAdministratorWhoActed() {
            Person ada = Person.signedUp();
            admin.bearing()
                    .contentType("application/json")
                    .body("{\"name\": \"A\"}")
                    .patch("/api/admin/users/" + ada.id())
                    .then()
                    .statusCode(200);

            assertEquals(List.of("profile_change"), types(Map.of("by", admin.id())));
            assertEquals(List.of("profile_change"), types(Map.of("by", admin.id(), "user_id", ada.id())));
            assertEquals(List.of(), types(Map.of("by", admin.id(), "user_id", admin.id())));
        }

        @Test
        void arePagedOnceAndInOrder() {
            Person ada = Person.signedUp();
            for (int i = 0; i < 3; i++) {
                ada.signedInAgain();
            }
            Sql.update("update audit_events set at = '2026-01-01T00:00:00.123456Z' where user_id = ?", ada.id());
            List<String> all = admin.bearing()
                    .queryParam("user_id", ada.id())
                    .get("/api/admin/events")
                    .path("events.id");
            assertEquals(4, all.size());

            List<String> oneByOne = new ArrayList<>();
            String cursor = null;
            do {
                Response page = admin.bearing()
                        .queryParams(
                                cursor == null
                                        ? Map.of("user_id", ada.id(), "limit", 1)
                                        : Map.of("user_id", ada.id(), "limit", 1, "cursor", cursor))
                        .get("/api/admin/events");
                oneByOne.addAll(page.path("events.id"));
                cursor = page.path("next_cursor");
            } while (cursor != null);

            assertEquals(all, oneByOne);
        }

        @Test
        void includeThoseOfNoAccount() {
            Eventually.holds(
                    "keys were made",
                    () -> !types(Map.of("type", "key_rotation")).isEmpty());
            admin.bearing()
                    .queryParam("type", "key_rotation")
                    .get("/api/admin/events")
                    .then()
                    .body("events.user_id", hasItem(nullValue()));
        }

        @ParameterizedTest
        @CsvSource({"user_id, ''", "by, 'a\u0000'", "from, now", "limit, x", "cursor, x"})
        void refuseInvalidParameters(String parameter, String value) {
            admin.bearing()
                    .queryParam(parameter, value)
                    .get("/api/admin/events")
                    .then()
                    .statusCode(400)
                    .body("errors[0].field", equalTo(parameter));
        }
    }
}
