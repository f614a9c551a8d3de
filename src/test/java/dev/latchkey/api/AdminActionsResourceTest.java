package dev.latchkey.api;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.fixture.Admin;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.fixture.WithMail;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What administrators do to users, each action with its audit event (FR-026). */
@QuarkusTest
@TestProfile(WithMail.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class AdminActionsResourceTest extends EmailLinkRequests {

    private Person admin;
    private Person ada;

    @BeforeEach
    void signUp() {
        admin = Admin.signedUp();
        ada = Person.signedUp();
    }

    private Response send(String method, String path, String body) {
        return admin.bearing()
                .header("X-Forwarded-For", ip)
                .contentType(ContentType.JSON)
                .body(body)
                .request(method, "/api/admin/users" + path);
    }

    private Response send(String method, String path) {
        return admin.bearing().header("X-Forwarded-For", ip).request(method, "/api/admin/users" + path);
    }

    private Response ban(Person user, String body) {
        return send("PUT", "/" + user.id() + "/ban", body);
    }

    private static Response ok(Response response) {
        assertEquals(200, response.statusCode(), response::asString);
        return response;
    }

    private static void refused(int status, String code, Response response) {
        assertEquals(status, response.statusCode(), response::asString);
        assertEquals(code, response.path("code"));
    }

    private static void invalid(String field, Response response) {
        refused(400, "VALIDATION_FAILED", response);
        assertEquals(field, response.path("errors[0].field"));
    }

    /** The events of an account that the administrator has caused, oldest first. */
    private List<String> recorded(String userId) {
        return Sql.column(
                "select type from audit_events where user_id = ? and details ->> 'by' = ? order by at, id",
                userId,
                admin.id());
    }

    @Nested
    class Creation {

        @Test
        void makesAnAccountWhoseUserChoosesThePasswordByALink() {
            String email = newAddress();
            Response created = send("POST", "", """
                    {"email": " %s ", "name": "Ada", "roles": ["support", "editor"], "email_verified": true}""".formatted(email.toUpperCase(java.util.Locale.ROOT)));

            assertEquals(201, created.statusCode(), created::asString);
            String id = created.path("id");
            created.then()
                    .body("email", equalTo(email))
                    .body("name", equalTo("Ada"))
                    .body("roles", contains("editor", "support"))
                    .body("email_verified", equalTo(true))
                    .body("ban", nullValue());
            assertEquals(List.of("sign_up", "email_verification", "roles_change"), recorded(id));
            assertEquals(0, Sql.count("select count(*) from credentials where user_id = ?", id));
            Person.signIn(email, Person.PASSWORD).then().statusCode(401).body("code", equalTo("INVALID_CREDENTIALS"));

            assertEquals(202, send("POST", "/" + id + "/password-reset", "").statusCode());
            String link = mail.awaitEmailTo(email).link();
            json(Map.of("token", link.substring(link.lastIndexOf('/') + 1), "new_password", Person.PASSWORD))
                    .post("/api/auth/password-reset/confirm")
                    .then()
                    .statusCode(204);
            Person.signIn(email, Person.PASSWORD)
                    .then()
                    .statusCode(200)
                    .body("user.roles", contains("editor", "support"));
        }

        @Test
        void refusesWhatIsTakenOrInvalid() {
            refused(409, "EMAIL_TAKEN", send("POST", "", "{\"email\": \"" + ada.email() + "\"}"));
            invalid("email", send("POST", "", "{}"));
            invalid("email", send("POST", "", "{\"email\": \"nobody\"}"));
            invalid("name", send("POST", "", "{\"email\": \"%s\", \"name\": \"a\\u0000\"}".formatted(newAddress())));
            invalid("roles", send("POST", "", "{\"email\": \"%s\", \"roles\": \"admin\"}".formatted(newAddress())));
            invalid("roles", send("POST", "", "{\"email\": \"%s\", \"roles\": [\"a b\"]}".formatted(newAddress())));
            refused(400, "MALFORMED_JSON", send("POST", "", "[]"));
            assertEquals(0, Sql.count("select count(*) from audit_events where details ->> 'by' = ?", admin.id()));
        }

        /** What others tried at the address before is no failure of the new user. */
        @Test
        void unlocksTheAddress() {
            String email = newAddress();
            for (int i = 0; i < 5; i++) {
                Person.signIn(email, "wrong " + i);
            }
            Person.signIn(email, "wrong").then().statusCode(429);

            assertEquals(201, send("POST", "", "{\"email\": \"" + email + "\"}").statusCode());
            Person.signIn(email, "wrong").then().statusCode(401);
        }
    }

    @Nested
    class Names {

        @Test
        void areChangedAndRemoved() {
            ok(send("PATCH", "/" + ada.id(), "{\"name\": \"Ada L.\"}")).then().body("name", equalTo("Ada L."));
            assertEquals(List.of("Ada L."), Sql.column("select name from users where id = ?", ada.id()));
            ok(send("PATCH", "/" + ada.id(), "{\"name\": null}")).then().body("name", nullValue());
            ok(send("PATCH", "/" + ada.id(), "{}"));
            assertEquals(List.of("profile_change", "profile_change", "profile_change"), recorded(ada.id()));
            invalid("name", send("PATCH", "/" + ada.id(), "{\"name\": 5}"));
            invalid("name", send("PATCH", "/" + ada.id(), "{\"name\": \"%s\"}".formatted("a".repeat(201))));
        }

        @Test
        void ofABannedUserAreChangedWithoutEndingTheBan() {
            ok(ban(ada, "{}"));
            ok(send("PATCH", "/" + ada.id(), "{\"name\": \"Nobody\"}")).then().body("ban.reason", nullValue());
            assertEquals(1, Sql.count("select count(*) from users where id = ? and disabled_at is not null", ada.id()));
        }
    }

    @Nested
    class Roles {

        private Response set(Person user, String roles) {
            return send("PUT", "/" + user.id() + "/roles", "{\"roles\": " + roles + "}");
        }

        /** The token says the new thing within the bound: at once here, and within a second elsewhere. */
        @Test
        void areInTheNextTokenAndRefuseTheOneBefore() {
            ok(set(ada, "[\"support\", \"support\"]")).then().body("roles", contains("support"));

            ada.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
            Person refreshed = ada.with(Person.refresh(ada.refreshToken()));
            refreshed.bearing().get("/api/auth/session").then().body("roles", contains("support"));
            ok(set(ada, "[]")).then().body("roles", equalTo(List.of()));
            refreshed.bearing().get("/api/auth/session").then().statusCode(401);
            assertEquals(List.of("roles_change", "roles_change"), recorded(ada.id()));
            assertEquals(
                    List.of("->support", "support->"),
                    Sql.column(
                            "select (details ->> 'from') || '->' || (details ->> 'to') from audit_events"
                                    + " where user_id = ? and type = 'roles_change' order by at",
                            ada.id()),
                    "not recorded by the database as well");
        }

        @Test
        void thatAreTheSameChangeNothing() {
            ok(set(ada, "[]"));

            ada.bearing().get("/api/auth/session").then().statusCode(200);
            assertEquals(List.of(), recorded(ada.id()));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "null",
                    "\"admin\"",
                    "{}",
                    "[null]",
                    "[1]",
                    "[\"\"]",
                    "[\"a b\"]",
                    "[\"a,b\"]",
                    "[\"a;b\"]",
                    "[\"-a\"]",
                    "[\"a\\nb\"]",
                    "[\"\\u00e4\"]",
                    "[[\"a\"]]",
                })
        void areRefusedWhenTheyCannotBeNames(String roles) {
            invalid("roles", set(ada, roles));
            assertEquals(List.of("{}"), Sql.column("select roles from users where id = ?", ada.id()));
        }

        @Test
        void areBounded() {
            invalid("roles", set(ada, "[\"" + "a".repeat(65) + "\"]"));
            List<String> names = new ArrayList<>();
            for (int i = 0; i < 21; i++) {
                names.add("\"r" + i + "\"");
            }
            invalid("roles", set(ada, names.toString()));
            ok(set(ada, names.subList(0, 20).toString()));
        }

        @Test
        void ofTheLastAdministratorStay() {
            Sql.update("update users set roles = '{}' where 'admin' = any (roles) and id <> ?", admin.id());

            refused(409, "LAST_ADMINISTRATOR", set(admin, "[\"support\"]"));

            // A banned one does not count.
            Person banned = Admin.signedUp();
            ok(ban(banned, "{}"));
            refused(409, "LAST_ADMINISTRATOR", set(admin, "[]"));
            Person other = Admin.signedUp();
            ok(set(admin, "[]"));
            assertTrue(Sql.count("select count(*) from users where id = ? and roles = '{admin}'", other.id()) == 1);
        }

        /** Each takes the other's role at once: one of both is too late, and there is an administrator left. */
        @Test
        void areNotTakenFromEachOtherAtOnce() {
            Person other = Admin.signedUp();
            Sql.update(
                    "update users set roles = '{}' where 'admin' = any (roles) and id not in (?, ?)",
                    admin.id(),
                    other.id());

            List<Integer> statuses = Together.all(List.of(() -> take(admin, other), () -> take(other, admin)));

            assertEquals(1, statuses.stream().filter(status -> status == 200).count(), statuses.toString());
            assertTrue(
                    statuses.stream().allMatch(status -> status == 200 || status == 401 || status == 403),
                    statuses.toString());
            assertEquals(
                    1,
                    Sql.count(
                            "select count(*) from users where id in (?, ?) and 'admin' = any (roles)",
                            admin.id(),
                            other.id()));
        }

        private static int take(Person by, Person from) {
            return by.bearing()
                    .contentType(ContentType.JSON)
                    .body("{\"roles\": []}")
                    .put("/api/admin/users/" + from.id() + "/roles")
                    .statusCode();
        }
    }

    @Nested
    class Bans {

        @Test
        void endAllSessionsRefuseTheirTokensAndKeepTheUserOut() {
            Person elsewhere = ada.signedInAgain();

            ok(ban(ada, "{\"reason\": \"Spam\"}"))
                    .then()
                    .body("ban.reason", equalTo("Spam"))
                    .body("ban.until", nullValue());

            for (Person device : List.of(ada, elsewhere)) {
                device.bearing().get("/api/auth/session").then().statusCode(401).body("code", equalTo("INVALID_TOKEN"));
                Person.refresh(device.refreshToken()).then().statusCode(401);
            }
            assertEquals(0, Sql.count("select count(*) from sessions where user_id = ?", ada.id()));
            Person.signIn(ada.email(), ada.password()).then().statusCode(403).body("code", equalTo("FORBIDDEN"));
            assertEquals(List.of("account_disabled"), recorded(ada.id()));
            assertEquals(
                    1,
                    Sql.count(
                            "select count(*) from audit_events where user_id = ? and type = 'account_disabled'",
                            ada.id()),
                    "not recorded by the database as well");
        }

        /** FR-007: a ban is looked at where a session is made, so a client without the password does not learn of it. */
        @Test
        void areNotToldWithoutThePassword() {
            Person other = Person.signedUp();
            ok(ban(ada, "{}"));

            Response ofBanned = Person.signIn(ada.email(), "not the right one");
            Response ofOther = Person.signIn(other.email(), "not the right one");
            Response ofNobody = Person.signIn(newAddress(), "not the right one");
            for (Response response : List.of(ofBanned, ofOther, ofNobody)) {
                refused(401, "INVALID_CREDENTIALS", response);
            }
            assertEquals(
                    ofOther.path("message").toString(), ofBanned.path("message").toString());
            assertEquals(
                    ofNobody.path("message").toString(),
                    ofBanned.path("message").toString());
        }

        @Test
        void endWhenTheyAreEnded() {
            ok(ban(
                    ada,
                    "{\"reason\": \"Spam\", \"until\": \"%s\"}"
                            .formatted(Instant.now().plus(Duration.ofDays(1)))));

            ok(send("DELETE", "/" + ada.id() + "/ban")).then().body("ban", nullValue());

            assertEquals(0, Sql.count("select count(*) from bans where user_id = ?", ada.id()));
            Person.signIn(ada.email(), ada.password()).then().statusCode(200);
            ada.bearing().get("/api/auth/session").then().statusCode(401);
            ok(send("DELETE", "/" + ada.id() + "/ban"));
            assertEquals(List.of("account_disabled", "account_enabled"), recorded(ada.id()));
        }

        /** At the sign-in that comes after their end, whether the job that ends them has run or not. */
        @Test
        void endByThemselves() {
            ok(ban(ada, "{\"until\": \"%s\"}".formatted(Instant.now().plus(Duration.ofDays(1)))));
            Person.signIn(ada.email(), ada.password()).then().statusCode(403);
            Sql.update("update bans set banned_until = now() where user_id = ?", ada.id());

            Person.signIn(ada.email(), ada.password()).then().statusCode(200);

            assertEquals(
                    List.of("service"),
                    Sql.column(
                            "select details ->> 'by' from audit_events where user_id = ? and type = 'account_enabled'",
                            ada.id()));
        }

        @Test
        void endByThemselvesWithoutASignIn() {
            ok(ban(ada, "{\"until\": \"%s\"}".formatted(Instant.now().plus(Duration.ofDays(1)))));
            Sql.update("update bans set banned_until = now() where user_id = ?", ada.id());

            Eventually.holds(
                    "it has ended",
                    () -> Sql.count("select count(*) from users where id = ? and disabled_at is null", ada.id()) == 1);
            assertEquals(0, Sql.count("select count(*) from bans where user_id = ?", ada.id()));
        }

        /** An end that has passed ends a ban alone: not a later one, and not what was disabled by SQL. */
        @Test
        void leaveNothingBehindThatEndsALaterOne() {
            ok(ban(ada, "{\"until\": \"%s\"}".formatted(Instant.now().plus(Duration.ofDays(1)))));
            Sql.update("update users set disabled_at = null where id = ?", ada.id());
            assertEquals(0, Sql.count("select count(*) from bans where user_id = ?", ada.id()));

            ok(ban(ada, "{\"until\": \"%s\"}".formatted(Instant.now().plus(Duration.ofDays(1)))));
            ok(ban(ada, "{\"reason\": \"For good\"}"))
                    .then()
                    .body("ban.until", nullValue())
                    .body("ban.reason", equalTo("For good"));
            Person.signIn(ada.email(), ada.password()).then().statusCode(403);
        }

        @Test
        void haveAnEndThatIsATimeToComeAndABoundedReason() {
            invalid("until", ban(ada, "{\"until\": \"2020-01-01T00:00:00Z\"}"));
            invalid("until", ban(ada, "{\"until\": \"tomorrow\"}"));
            invalid("until", ban(ada, "{\"until\": 5}"));
            invalid("until", ban(ada, "{\"until\": \"+1000000000-12-31T23:59:59Z\"}"));
            invalid("reason", ban(ada, "{\"reason\": \"%s\"}".formatted("a".repeat(501))));
            invalid("reason", ban(ada, "{\"reason\": \"a\\u0000\"}"));
            invalid("reason", ban(ada, "{\"reason\": [1]}"));
            refused(400, "MALFORMED_JSON", ban(ada, "5"));
            ada.bearing().get("/api/auth/session").then().statusCode(200);
        }

        @Test
        void areNotForOneself() {
            refused(409, "OWN_ACCOUNT", ban(admin, "{}"));
            admin.bearing().get("/api/auth/session").then().statusCode(200);
        }

        /** Two administrators ban each other at once: one of both is too late. */
        @Test
        void ofEachOtherAtOnceLeaveOne() {
            Person other = Admin.signedUp();

            List<Integer> statuses = Together.all(List.of(
                    () -> ban(other, "{}").statusCode(),
                    () -> other.bearing()
                            .contentType(ContentType.JSON)
                            .body("{}")
                            .put("/api/admin/users/" + admin.id() + "/ban")
                            .statusCode()));

            assertEquals(1, statuses.stream().filter(status -> status == 200).count(), statuses.toString());
            assertEquals(
                    1,
                    Sql.count(
                            "select count(*) from users where id in (?, ?) and disabled_at is null",
                            admin.id(),
                            other.id()));
        }

        @Test
        void keepLinksFromWorking() {
            refused(409, "ACCOUNT_BANNED", banned(() -> send("POST", "/" + ada.id() + "/password-reset", "")));
            refused(409, "ACCOUNT_BANNED", send("POST", "/" + ada.id() + "/email-verification", ""));
            assertEquals(0, Sql.count("select count(*) from outgoing_emails where recipient = ?", ada.email()));
        }

        private Response banned(java.util.function.Supplier<Response> action) {
            ok(ban(ada, "{}"));
            return action.get();
        }
    }

    @Nested
    class Locks {

        @Test
        void areShownAndEnded() {
            for (int i = 0; i < 5; i++) {
                Person.signIn(ada.email(), "wrong " + i).then().statusCode(401);
            }
            Person.signIn(ada.email(), ada.password()).then().statusCode(429);
            Sql.update(
                    "update throttle_buckets set failures = 100, expires_at = 'infinity' where id like 'account:%' and failures = 5");
            ok(send("GET", "/" + ada.id())).then().body("locked", equalTo(true));

            assertEquals(204, send("DELETE", "/" + ada.id() + "/lock").statusCode());

            ok(send("GET", "/" + ada.id())).then().body("locked", equalTo(false));
            Person.signIn(ada.email(), ada.password()).then().statusCode(200);
            assertEquals(List.of("account_unlocked"), recorded(ada.id()));
        }
    }

    @Nested
    class SessionsOfOthers {

        private String path() {
            return "/" + ada.id() + "/sessions";
        }

        @Test
        void areListedByIdWithoutAnySecret() {
            Person elsewhere = ada.signedInAgain();

            Response listed = ok(send("GET", path()));

            List<String> ids = listed.path("sessions.id");
            assertEquals(java.util.Set.of(ada.sessionId(), elsewhere.sessionId()), java.util.Set.copyOf(ids));
            for (String secret : List.of(ada.refreshToken(), ada.accessToken(), elsewhere.refreshToken())) {
                assertFalse(listed.asString().contains(secret));
            }
            String cursor = ok(admin.bearing().get("/api/admin/users" + path() + "?limit=1"))
                    .path("next_cursor");
            ok(admin.bearing().get("/api/admin/users" + path() + "?limit=1&cursor=" + cursor))
                    .then()
                    .body("sessions.size()", equalTo(1));
            admin.bearing()
                    .get("/api/admin/users" + path() + "?cursor=x")
                    .then()
                    .statusCode(400);
        }

        @Test
        void areEndedOneByOneAndTogether() {
            Person elsewhere = ada.signedInAgain();

            assertEquals(
                    204, send("DELETE", path() + "/" + elsewhere.sessionId()).statusCode());
            elsewhere.bearing().get("/api/auth/session").then().statusCode(401);
            Person.refresh(elsewhere.refreshToken()).then().statusCode(401);
            ada.bearing().get("/api/auth/session").then().statusCode(200);

            assertEquals(204, send("DELETE", path()).statusCode());
            ada.bearing().get("/api/auth/session").then().statusCode(401);
            Person.refresh(ada.refreshToken()).then().statusCode(401);
            Person.signIn(ada.email(), ada.password()).then().statusCode(200);
            assertEquals(List.of("session_ended", "sessions_ended"), recorded(ada.id()));
        }

        @Test
        void ofAnotherUserAreNotEndedThroughThisOne() {
            Person other = Person.signedUp();

            refused(404, "NOT_FOUND", send("DELETE", path() + "/" + other.sessionId()));
            refused(404, "NOT_FOUND", send("DELETE", path() + "/" + UUID.randomUUID()));
            other.bearing().get("/api/auth/session").then().statusCode(200);
        }
    }

    @Nested
    class Addresses {

        @Test
        void areVerifiedByHand() {
            ok(send("POST", "/" + ada.id() + "/email-verification", "")).then().body("email_verified", equalTo(true));
            ok(send("POST", "/" + ada.id() + "/email-verification", "{}"));

            assertEquals(List.of("email_verification"), recorded(ada.id()));
            ada.with(Person.refresh(ada.refreshToken()))
                    .bearing()
                    .get("/api/auth/session")
                    .then()
                    .body("email_verified", equalTo(true));
        }

        @Test
        void getResetLinksWithinTheirRateLimit() {
            int accepted = 0;
            Response last;
            do {
                last = send("POST", "/" + ada.id() + "/password-reset", "");
                accepted++;
            } while (last.statusCode() == 202 && accepted < 50);
            refused(429, "TOO_MANY_REQUESTS", last);
            assertTrue(last.header("Retry-After").matches("[0-9]+"));
            assertEquals(accepted - 1, recorded(ada.id()).size(), "one event for each e-mail");
            assertTrue(mail.awaitEmailTo(ada.email()).link().contains("/links/"));
        }
    }

    @Nested
    class Deletion {

        @Test
        void deletesTheAccountAndLeavesItsEvents() {
            assertEquals(204, send("DELETE", "/" + ada.id()).statusCode());

            ada.bearing().get("/api/auth/session").then().statusCode(401);
            Person.signIn(ada.email(), ada.password()).then().statusCode(401);
            refused(404, "NOT_FOUND", send("GET", "/" + ada.id()));
            refused(404, "NOT_FOUND", send("DELETE", "/" + ada.id()));
            assertEquals(List.of("account_deletion"), recorded(ada.id()));
        }

        @Test
        void deletesABannedAccount() {
            ok(ban(ada, "{\"reason\": \"Spam\"}"));
            assertEquals(204, send("DELETE", "/" + ada.id()).statusCode());
            assertEquals(0, Sql.count("select count(*) from bans where user_id = ?", ada.id()));
        }

        @Test
        void isNotForOneself() {
            refused(409, "OWN_ACCOUNT", send("DELETE", "/" + admin.id()));
            admin.bearing().get("/api/auth/session").then().statusCode(200);
        }
    }

    @Nested
    class Everything {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "PATCH ",
                    "DELETE ",
                    "PUT /roles",
                    "PUT /ban",
                    "DELETE /ban",
                    "DELETE /lock",
                    "POST /password-reset",
                    "POST /email-verification",
                    "GET /sessions",
                    "DELETE /sessions",
                    "DELETE /sessions/x",
                })
        void isNotFoundForUnknownUsers(String route) {
            String method = route.substring(0, route.indexOf(' '));
            String path = "/" + UUID.randomUUID() + route.substring(route.indexOf(' ') + 1);
            refused(404, "NOT_FOUND", send(method, path, "{\"roles\": []}"));
        }

        /**
         * Security: a token that still says admin is not enough. Here the role was taken away past the service's memory, as it
         * may be for a second when another replica has done it.
         */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "PATCH ",
                    "DELETE ",
                    "PUT /roles",
                    "PUT /ban",
                    "DELETE /ban",
                    "DELETE /lock",
                    "POST /password-reset",
                    "POST /email-verification",
                    "DELETE /sessions",
                })
        void isLookedUpOnceMore(String route) {
            Sql.update("alter table users disable trigger users_changed");
            try {
                Sql.update("update users set roles = '{}' where id = ?", admin.id());
            } finally {
                Sql.update("alter table users enable trigger users_changed");
            }
            String method = route.substring(0, route.indexOf(' '));

            refused(
                    403,
                    "FORBIDDEN",
                    send(method, "/" + ada.id() + route.substring(route.indexOf(' ') + 1), "{\"roles\": []}"));
            refused(403, "FORBIDDEN", send("POST", "", "{\"email\": \"" + newAddress() + "\"}"));
            assertEquals(List.of(), recorded(ada.id()));
        }

        /** The user sees what was done and by whom, and not from where. */
        @Test
        void isAmongTheUsersOwnEvents() {
            ok(send("PATCH", "/" + ada.id(), "{\"name\": \"A\"}"));
            ok(send("POST", "/" + ada.id() + "/email-verification", ""));

            ada.bearing()
                    .get(ada.own("/events"))
                    .then()
                    .body("events[0].type", equalTo("email_verification"))
                    .body("events[0].details.by", equalTo(admin.id()))
                    .body("events[0].ip", equalTo(""))
                    .body("events[0].user_agent", equalTo("administrator"))
                    .body("events[1].ip", equalTo(""));
            admin.bearing()
                    .queryParam("user_id", ada.id())
                    .get("/api/admin/events")
                    .then()
                    .body("events[0].ip", equalTo(ip));
        }
    }
}
