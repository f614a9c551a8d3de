package dev.latchkey.pages;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.WithMail;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.AccountDeletion;
import dev.latchkey.selfservice.EmailChange;
import dev.latchkey.selfservice.EmailVerification;
import dev.latchkey.selfservice.PasswordReset;
import dev.latchkey.session.SessionId;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an e-mail link opens changes nothing; the button on it does. */
@QuarkusTest
@TestProfile(LinkPageResourceTest.WithFrontEnd.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class LinkPageResourceTest {

    private static final String FRONT_END = "https://front.example.com";
    private static final String NEW_PASSWORD = "quite another one";

    @Inject
    EmailVerification verification;

    @Inject
    EmailChange change;

    @Inject
    AccountDeletion deletion;

    @Inject
    PasswordReset reset;

    @Inject
    EmailLinkPage page;

    private MailSink mail;

    /** A service with mail that trusts a front end, and would sign in where a Better Auth link verifies an address. */
    public static class WithFrontEnd extends WithMail {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
            settings.put("latchkey.http.trusted-origins", FRONT_END);
            settings.put("latchkey.better-auth.trusted-origins", "myapp://");
            settings.put("latchkey.better-auth.verification.signs-in", "true");
            settings.put("latchkey.better-auth.delete-user", "mail");
            return settings;
        }
    }

    enum Kind {
        VERIFICATION,
        CHANGE,
        UNDO,
        DELETION,
        RESET
    }

    @BeforeEach
    void startMailServer() {
        mail = MailSink.ofService();
    }

    @AfterEach
    void stopMailServer() {
        mail.close();
    }

    // Security: mail scanners open every link; what they do must prove nothing.
    @ParameterizedTest
    @EnumSource
    void openingChangesNothing(Kind kind) {
        Person ada = Person.signedUp();
        String path = sendLink(kind, ada, null);
        String before = stateOf(ada);

        assertEquals(200, get(path).statusCode());
        assertEquals(200, given().head(path).statusCode());
        assertEquals(
                200,
                given().header("Purpose", "prefetch")
                        .header("Sec-Purpose", "prefetch;prerender")
                        .get(path)
                        .statusCode());
        for (String method : List.of("OPTIONS", "PUT", "DELETE", "PATCH")) {
            given().request(method, path);
        }

        assertEquals(before, stateOf(ada));
        get(path).then().statusCode(200).body(containsString("<button"));
    }

    @ParameterizedTest
    @EnumSource
    void speaksTheVisitorsLanguage(Kind kind) {
        Person ada = Person.signedUp();
        String path = sendLink(kind, ada, null);

        Response german =
                given().header("Accept-Language", "de-AT,de;q=0.9,en;q=0.8").get(path);

        assertSound(german);
        german.then().statusCode(200).header("Vary", containsString("Accept-Language"));
        assertTrue(german.asString().contains("<html lang=\"de\">"), german::asString);
        assertTrue(german.asString().contains("Ohne den Knopf geschieht nichts."), german::asString);
        get(path).then().body(containsString("<html lang=\"en\">"));
    }

    // Security: anyone writes the header, and nothing of it is on the page.
    @ParameterizedTest
    @ValueSource(
            strings = {"", "*", "fr", "de;q=0", "de;q=x", "de_AT", "\"><script>alert(1)</script>", "../de", "{de}"})
    void speaksEnglishToAnyOther(String header) {
        Response response = given().header("Accept-Language", header).get("/links/" + "0".repeat(43));

        response.then().statusCode(404).body(containsString("<html lang=\"en\">"));
        response.then().body(containsString("This link is not valid"));
        assertFalse(response.asString().contains("script"), response::asString);
    }

    @ParameterizedTest
    @EnumSource
    void buttonDoesItOnce(Kind kind) {
        Person ada = Person.signedUp();
        String path = sendLink(kind, ada, null);
        String before = stateOf(ada);

        Response done = press(path);

        assertEquals(200, done.statusCode(), done::asString);
        assertSound(done);
        assertFalse(done.asString().contains("<button"));
        assertFalse(stateOf(ada).equals(before), "something has changed");
        String after = stateOf(ada);
        // The links of a deleted account are deleted with it.
        int gone = kind == Kind.DELETION ? 404 : 410;
        assertEquals(gone, get(path).statusCode());
        assertSound(get(path));
        assertEquals(kind == Kind.VERIFICATION ? 200 : gone, press(path).statusCode());
        assertEquals(after, stateOf(ada));
    }

    @ParameterizedTest
    @EnumSource(names = {"VERIFICATION", "CHANGE", "DELETION"})
    void goesOnToThePlaceThatTheRequestNamed(Kind kind) {
        for (String callback : List.of(FRONT_END + "/done?a=b", "/settings", "myapp://done")) {
            Person ada = Person.signedUp();
            String path = sendLink(kind, ada, callback);
            String policy = get(path).header("Content-Security-Policy");

            Response done = press(path);

            assertEquals(303, done.statusCode());
            String absolute = callback.startsWith("/") ? "http://localhost:8080" + callback : callback;
            assertEquals(absolute, done.header("Location"));
            // Chromium applies the policy to the redirects of the callback, too.
            String source = absolute.startsWith("http:")
                    ? "http://localhost:8080"
                    : absolute.substring(0, absolute.indexOf(':') + 1);
            assertTrue(policy.endsWith("form-action 'self' " + source), policy);
        }
    }

    // Security: an origin may have lost its trust since, and a row may have been tampered with.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "https://front.example.com.evil.example",
                "https://front.example.com@evil.example",
                "//evil.example",
                "/\\evil.example",
                "javascript:alert(1)",
                "data:text/html,x",
                "/%2f/evil.example",
                "https://evil.example; script-src *"
            })
    void goesToNoUntrustedPlace(String callback) {
        Person ada = Person.signedUp();
        String path = sendLink(Kind.VERIFICATION, ada, "/settings");
        Sql.update("update mailed_links set callback = ? where user_id = ?", callback, ada.id());

        Response opened = get(path);
        assertEquals(200, opened.statusCode());
        assertTrue(opened.header("Content-Security-Policy").endsWith("form-action 'self'"));
        Response done = press(path);
        assertEquals(200, done.statusCode());
        assertNull(done.header("Location"));
    }

    // Security: a foreign page may send the form with a link of its own; its visitor must not end up in that account.
    @ParameterizedTest
    @EnumSource
    void signsNobodyIn(Kind kind) {
        Person ada = Person.signedUp();
        String path = sendLink(kind, ada, null);
        long sessions = sessionsOf(ada);

        assertEquals(Map.of(), get(path).cookies());
        assertEquals(Map.of(), press(path).cookies());
        assertTrue(sessionsOf(ada) <= sessions);
    }

    // Security: nor must the route of Better Auth, to which no e-mail leads here, when a foreign page leads to it.
    @Test
    void betterAuthLinkSignsInNoBrowserThatAnotherSiteSends() {
        Person ada = Person.signedUp();
        String path = sendLink(Kind.VERIFICATION, ada, null);
        Response navigated = request()
                .header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate")
                .queryParam("token", path.substring(path.lastIndexOf('/') + 1))
                .get("/api/auth/verify-email");
        assertEquals(200, navigated.statusCode());
        assertEquals(Map.of(), navigated.cookies());

        Person grace = Person.signedUp();
        String other = sendLink(Kind.VERIFICATION, grace, null);
        Response called = request()
                .queryParam("token", other.substring(other.lastIndexOf('/') + 1))
                .get("/api/auth/verify-email");
        assertEquals(200, called.statusCode());
        assertFalse(called.cookies().isEmpty(), "a client that calls it is signed in, as by Better Auth");
    }

    @Test
    void deviceThatABetterAuthLinkSignedInIsKnown() {
        Person ada = Person.signedUp();
        String path = sendLink(Kind.VERIFICATION, ada, null);
        String device = request()
                .queryParam("token", path.substring(path.lastIndexOf('/') + 1))
                .get("/api/auth/verify-email")
                .cookie("latchkey_device");
        for (int i = 0; i < 5; i++) {
            Person.signIn(ada.email(), "wrong password").then().statusCode(401);
        }

        Person.signIn(ada.email(), ada.password()).then().statusCode(429);
        given().contentType(ContentType.JSON)
                .cookie("latchkey_device", device)
                .body("""
                        {"email": "%s", "password": "%s"}""".formatted(ada.email(), ada.password()))
                .post("/api/auth/login")
                .then()
                .statusCode(200);
    }

    @Test
    void verifiesTheAddress() {
        Person ada = Person.signedUp();
        String path = sendLink(Kind.VERIFICATION, ada, null);
        get(path)
                .then()
                .statusCode(200)
                .body(containsString("Confirm your e-mail address"))
                .body(containsString(ada.email()));

        press(path).then().statusCode(200).body(containsString("Your e-mail address is confirmed"));
        assertEquals(
                "t",
                Sql.column("select email_verified from users where id = ?", ada.id())
                        .getFirst());
        press(path).then().statusCode(200).body(containsString("Your e-mail address is confirmed"));
    }

    // --- Password reset ---

    @Test
    void resetLinkLeadsToTheFormThatTheRequestNamed() {
        Person ada = Person.signedUp();
        String path = sendLink(Kind.RESET, ada, FRONT_END + "/reset?x=1#top");
        String token = path.substring(path.lastIndexOf('/') + 1);

        for (int i = 0; i < 2; i++) {
            Response opened = get(path);
            assertEquals(303, opened.statusCode());
            assertEquals(FRONT_END + "/reset?x=1&token=" + token + "#top", opened.header("Location"));
            assertEquals("no-store", opened.header("Cache-Control"));
        }
        Person.post("/api/auth/reset-password", """
                {"newPassword": "%s", "token": "%s"}""".formatted(NEW_PASSWORD, token))
                .then()
                .statusCode(200);
        Response again = get(path);
        assertEquals(303, again.statusCode());
        assertEquals(FRONT_END + "/reset?x=1&error=INVALID_TOKEN#top", again.header("Location"));
    }

    @Test
    void resetsPasswordOnOurOwnPage() {
        Person ada = Person.signedUp();
        String path = sendLink(Kind.RESET, ada, null);
        get(path).then().statusCode(200).body(containsString("name=\"new_password\""));

        for (String weak : List.of("", "short", "password1234", ada.email())) {
            Response refused = press(path, weak);
            assertEquals(400, refused.statusCode());
            assertSound(refused);
            assertTrue(refused.asString().contains("class=\"error\""), refused::asString);
            assertTrue(refused.asString().contains("name=\"new_password\""));
        }
        assertEquals(1, sessionsOf(ada));
        press(path, NEW_PASSWORD).then().statusCode(200).body(containsString("Your password was changed"));

        assertEquals(0, sessionsOf(ada));
        Person.signIn(ada.email(), ada.password()).then().statusCode(401);
        Person.signIn(ada.email(), NEW_PASSWORD).then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"new_password=%zz", "new_password=a&new_password=b", "%ff", "{\"new_password\":\"x\"}", "&&=&"})
    void refusesFormsThatAreNone(String body) {
        Person ada = Person.signedUp();
        String path = sendLink(Kind.RESET, ada, null);

        Response refused = given().contentType("application/x-www-form-urlencoded")
                .body(body)
                .post(path);
        assertEquals(400, refused.statusCode());
        assertSound(refused);
        get(path).then().statusCode(200);
    }

    // --- Links that are not valid ---

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "00000000000000000000000000000000",
                "%3Cscript%3Ealert(1)",
                "'or'1'='1",
                "%20",
                "%C3%A9",
                "000000000000000000000000000000000000000000000000000000000000000000000000"
            })
    void saysThatUnknownLinkIsUnknown(String token) {
        for (Response response : List.of(
                given().urlEncodingEnabled(false).get("/links/" + token),
                given().urlEncodingEnabled(false).post("/links/" + token))) {
            assertEquals(404, response.statusCode());
            assertSound(response);
            assertTrue(response.asString().contains("This link is not valid"));
            assertFalse(response.asString().contains("alert"));
        }
    }

    @Test
    void recordsUnknownLinkWhoseButtonIsPressed() {
        String agent = "agent-" + UUID.randomUUID();
        given().header("User-Agent", agent).post("/links/" + "0".repeat(32));

        Eventually.holds("it is in the audit log", () -> Sql.count("""
                        select count(*) from audit_events
                        where type = 'email_link' and outcome = 'failure' and user_agent = ?""", agent) == 1);
    }

    @ParameterizedTest
    @EnumSource
    void saysThatLinkHasExpired(Kind kind) {
        Person ada = Person.signedUp();
        String path = sendLink(kind, ada, null);
        String before = stateOf(ada);
        Sql.update("update mailed_links set expires_at = now() - interval '1 second' where user_id = ?", ada.id());

        for (Response response : List.of(get(path), press(path))) {
            assertEquals(410, response.statusCode());
            assertSound(response);
            assertTrue(response.asString().contains("This link has expired"), response::asString);
        }
        assertEquals(before, stateOf(ada));
    }

    // The database withdraws the links of an account whose address changes.
    @Test
    void refusesLinkOfAnAccountThatHasChangedSince() {
        Person ada = Person.signedUp();
        String path = sendLink(Kind.CHANGE, ada, null);
        Sql.update("update users set email = ? where id = ?", newAddress(), ada.id());

        press(path).then().statusCode(404).body(containsString("This link is not valid"));
    }

    // --- The page itself ---

    @Test
    void isRenderedWithoutScriptAndInNoFrame() {
        Response opened = get(sendLink(Kind.DELETION, Person.signedUp(), null));

        assertSound(opened);
        assertTrue(opened.asString().contains("<button type=\"submit\" class=\"danger\">Delete the account</button>"));
        // Some scanners and libraries accept anything but HTML first.
        given().accept(ContentType.JSON)
                .get("/links/" + "0".repeat(32))
                .then()
                .statusCode(404)
                .contentType(equalTo("text/html; charset=utf-8"));
    }

    private static void assertSound(Response response) {
        assertEquals("text/html; charset=utf-8", response.contentType());
        String policy = response.header("Content-Security-Policy");
        assertTrue(
                policy.matches("default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none';"
                        + " frame-ancestors 'none'; form-action 'self'.*"),
                policy);
        assertEquals("no-referrer", response.header("Referrer-Policy"));
        assertEquals("no-store", response.header("Cache-Control"));
        assertEquals("noindex", response.header("X-Robots-Tag"));
        assertEquals("nosniff", response.header("X-Content-Type-Options"));
        String html = response.asString();
        assertTrue(html.startsWith("<!doctype html>"), html);
        assertFalse(html.contains("<script") || html.contains("onclick") || html.contains("src="), html);
    }

    private static RequestSpecification request() {
        return given().redirects().follow(false);
    }

    private static Response get(String path) {
        return request().get(path);
    }

    private static Response press(String path) {
        return press(path, NEW_PASSWORD);
    }

    private static Response press(String path, String newPassword) {
        return request()
                .contentType("application/x-www-form-urlencoded; charset=utf-8")
                .formParam("new_password", newPassword)
                .post(path);
    }

    /** Has a link sent, and returns the path of its page. */
    private String sendLink(Kind kind, Person ada, @Nullable String callback) {
        AccountId id = new AccountId(ada.id());
        String wanted = newAddress();
        String link = switch (kind) {
            case VERIFICATION -> {
                verification.request(id, page.urls(callback), newClient());
                yield mail.awaitEmailTo(ada.email()).link();
            }
            case CHANGE -> {
                requestChange(ada, wanted, callback);
                yield mail.awaitEmailTo(wanted).link();
            }
            case UNDO -> {
                requestChange(ada, wanted, callback);
                press(path(mail.awaitEmailTo(wanted).link()));
                yield mail.awaitEmailTo(ada.email()).link();
            }
            case DELETION -> {
                deletion.requestLink(id, page.urls(callback), newClient());
                yield mail.awaitEmailTo(ada.email()).link();
            }
            case RESET -> {
                reset.request(new EmailAddress(ada.email()), page.urls(callback), newClient());
                yield mail.awaitEmailTo(ada.email()).link();
            }
        };
        assertTrue(link.startsWith("http://localhost:8080/links/"), link);
        return path(link);
    }

    private void requestChange(Person ada, String wanted, @Nullable String callback) {
        change.request(
                new AccountId(ada.id()),
                new SessionId(ada.sessionId()),
                null,
                new EmailAddress(wanted),
                page.urls(callback),
                newClient());
    }

    private static String path(String link) {
        return link.substring(link.indexOf("/links/"));
    }

    /** Returns whatever a link could change, as text. */
    private static String stateOf(Person person) {
        return Sql.column("""
                        select u.email || ' ' || u.email_verified || ' ' || c.secret || ' '
                            || (select count(*) from sessions s where s.user_id = u.id)
                            || (select string_agg(coalesce(l.used_at::text, '-') || l.id, ',' order by l.id)
                                from mailed_links l where l.user_id = u.id)
                        from users u join credentials c on c.user_id = u.id where u.id = ?""", person.id()).toString();
    }

    private static long sessionsOf(Person person) {
        return Sql.count("select count(*) from sessions where user_id = ?", person.id());
    }

    private static Client newClient() {
        UUID random = UUID.randomUUID();
        return new Client(
                "2001:db8:%x:%x::1"
                        .formatted(random.getMostSignificantBits() & 0xFFFF, random.getLeastSignificantBits() & 0xFFFF),
                "test");
    }

    private static String newAddress() {
        return "new-" + UUID.randomUUID() + "@example.com";
    }
}
