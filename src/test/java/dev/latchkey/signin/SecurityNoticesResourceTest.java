package dev.latchkey.signin;

import static dev.latchkey.fixture.Person.PASSWORD;
import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.Profile;
import dev.latchkey.emaillink.EmailLinkPage;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.MailSink;
import dev.latchkey.fixture.Person;
import dev.latchkey.fixture.ReceivedEmail;
import dev.latchkey.fixture.Sql;
import dev.latchkey.fixture.Together;
import dev.latchkey.fixture.WithNotices;
import dev.latchkey.mail.MailConfig;
import dev.latchkey.mail.MailQueue;
import dev.latchkey.password.Password;
import dev.latchkey.platform.http.Client;
import dev.latchkey.platform.http.PublicUrl;
import dev.latchkey.selfservice.PasswordReset;
import dev.latchkey.selfservice.Refusals;
import dev.latchkey.session.SessionSecret;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users learn of what others may have done to their account, once, and of nothing else. */
@QuarkusTest
@TestProfile(WithNotices.class)
@WithTestResource(EmbeddedDatabaseResource.class)
class SecurityNoticesResourceTest {

    private static final String FIREFOX =
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
    private static final String NEW_DEVICE = "New sign-in to your account";
    private static final String PASSWORD_CHANGED = "Your password was changed";
    private static final String WANTED = "another horse, another battery";

    @Inject
    SignIn signIn;

    @Inject
    SignUp signUp;

    @Inject
    PasswordReset reset;

    @Inject
    Accounts accounts;

    @Inject
    SecurityNotices notices;

    @Inject
    EmailLinkPage page;

    @Inject
    MailQueue queue;

    @Inject
    NoticeLimits limits;

    @Inject
    PublicUrl publicUrl;

    private MailSink mail;

    @BeforeEach
    void startMailServer() {
        mail = MailSink.ofService();
    }

    @AfterEach
    void stopMailServer() {
        mail.close();
    }

    @Nested
    class NewDevices {

        @Test
        void areNoticedOnceWithTimeAddressAndBrowser() {
            Person ada = Person.signedUp();

            login(ada, request().header("User-Agent", FIREFOX)).then().statusCode(200);

            ReceivedEmail notice = mail.awaitEmailTo(ada.email());
            assertEquals(NEW_DEVICE, notice.subject());
            assertTrue(notice.text().contains("localhost:8080"), notice.text());
            assertTrue(
                    notice.text().contains("\nClient address: 127.0.0.1\nBrowser: Firefox, Windows\n"), notice.text());
            assertTrue(
                    notice.text().matches("(?s).*\nTime: \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC\n.*"), notice.text());
            onlyThese(ada, NEW_DEVICE);
        }

        @Test
        void areNoticedAtASignInByBetterAuthToo() {
            Person ada = Person.signedUp();

            betterAuthLogin(ada).then().statusCode(200);

            assertEquals(NEW_DEVICE, mail.awaitEmailTo(ada.email()).subject());
            onlyThese(ada, NEW_DEVICE);
        }

        @Test
        void areNotThoseThatSignedUp() {
            Response signedUp = Person.post("/api/auth/signup", """
                    {"email": "%s", "password": "%s"}""".formatted(newAddress(), PASSWORD));
            Person ada = Person.of(signedUp, signedUp.path("user.email"), PASSWORD);

            onlyThese(ada);
            login(ada, request().cookie("latchkey_device", signedUp.cookie("latchkey_device")))
                    .then()
                    .statusCode(200);
            onlyThese(ada);
        }

        // On whatever device: no user signed up just to stay away.
        @Test
        void areNotNoticedAtTheFirstSignInAfterASignUpThatSignedNobodyIn() {
            Person ada = registered();
            Person.signIn(ada.email(), "wrong password").then().statusCode(401);

            login(ada, request()).then().statusCode(200);

            onlyThese(ada);
            login(ada, request()).then().statusCode(200);
            assertEquals(NEW_DEVICE, mail.awaitEmailTo(ada.email()).subject());
        }

        @Test
        void areNoticedWithOneOfTwoFirstSignInsAtOnce() {
            Person ada = registered();

            Together.times(2, i -> {
                signIn(ada, new Client("2001:db8:78:" + i + "::1", FIREFOX));
                return i;
            });

            mail.awaitEmailTo(ada.email());
            onlyThese(ada, NEW_DEVICE);
        }

        // Security: the first who signs in here may be an attacker; the user has signed in elsewhere.
        @Test
        void areNoticedAtTheFirstSignInOfAnImportedUser() {
            Person ada = Person.signedUp();
            Person imported = new Person(UUID.randomUUID().toString(), newAddress(), ada.password(), "", "", "");
            Sql.update("insert into users (id, email) values (?, ?)", imported.id(), imported.email());
            Sql.update("""
                    insert into credentials (user_id, kind, secret)
                    select ?, kind, secret from credentials where user_id = ?""", imported.id(), ada.id());

            login(imported, request()).then().statusCode(200);

            assertEquals(NEW_DEVICE, mail.awaitEmailTo(imported.email()).subject());
        }

        private Person registered() {
            String email = newAddress();
            SignUp.NewAccount account = new SignUp.NewAccount(
                    EmailAddress.parse(email),
                    Password.of(PASSWORD),
                    null,
                    null,
                    true,
                    false,
                    false,
                    SessionSecret.Kind.REFRESH_TOKEN);
            SignUp.Registered outcome = assertInstanceOf(
                    SignUp.Registered.class, signUp.withPassword(account, address -> () -> {}, newClient()));
            return new Person(outcome.profile().id().value(), email, PASSWORD, "", "", "");
        }

        @Test
        void areKnownTheNextTime() {
            Person ada = Person.signedUp();
            String device = login(ada, request()).cookie("latchkey_device");
            mail.awaitEmailTo(ada.email());

            login(ada, request().cookie("latchkey_device", device)).then().statusCode(200);

            onlyThese(ada, NEW_DEVICE);
        }

        // A cookie for another account, or one that was made up, makes no device known.
        @Test
        void areNoticedWithACookieThatIsNotForTheAccount() {
            Person ada = Person.signedUp();
            String others = login(Person.signedUp(), request()).cookie("latchkey_device");

            login(ada, request().cookie("latchkey_device", others)).then().statusCode(200);

            assertEquals(NEW_DEVICE, mail.awaitEmailTo(ada.email()).subject());
        }

        @Test
        void areNotNoticedAtAFailedSignIn() {
            Person ada = Person.signedUp();

            Person.signIn(ada.email(), "wrong password").then().statusCode(401);
            Sql.update("update users set disabled_at = now() where id = ?", ada.id());
            Person.signIn(ada.email(), ada.password()).then().statusCode(403);
            Sql.update("update users set disabled_at = null where id = ?", ada.id());

            onlyThese(ada);
        }

        @Test
        void areNotNoticedAtARefresh() {
            Person ada = Person.signedUp();

            Person.refresh(ada.refreshToken()).then().statusCode(200);

            onlyThese(ada);
        }

        @Test
        void areNotNoticedIfTheSignInIsRolledBack() {
            Person ada = Person.signedUp();
            Profile profile = accounts.findActive(new AccountId(ada.id())).orElseThrow();

            assertThrows(
                    IllegalStateException.class,
                    () -> QuarkusTransaction.requiringNew().run(() -> {
                        notices.newDevice(profile, new Client("192.0.2.1", "curl/8"));
                        throw new IllegalStateException("something later fails");
                    }));

            onlyThese(ada);
            login(ada, request()).then().statusCode(200);
            assertEquals(NEW_DEVICE, mail.awaitEmailTo(ada.email()).subject());
        }

        @Test
        void areNotNoticedIfThatIsSwitchedOff() {
            Person ada = Person.signedUp();
            Profile profile = accounts.findActive(new AccountId(ada.id())).orElseThrow();
            SecurityNotices off = new SecurityNotices(queue, new SwitchedOff(), limits, publicUrl, Clock.systemUTC());

            QuarkusTransaction.requiringNew().run(() -> {
                off.newDevice(profile, new Client("192.0.2.1", "curl/8"));
                off.passwordChanged(profile, new Client("192.0.2.1", "curl/8"));
            });

            assertFalse(off.notifiesOfEmailChange());
            onlyThese(ada);
        }

        // A program without cookies signs in all the time.
        @Test
        void areNoticedOnceADayForOneProgramInOneNetwork() {
            Person ada = Person.signedUp();

            List<Integer> statuses =
                    Together.times(4, i -> login(ada, request()).statusCode());

            assertEquals(List.of(200, 200, 200, 200), statuses);
            mail.awaitEmailTo(ada.email());
            onlyThese(ada, NEW_DEVICE);
            signIn(ada, new Client("192.0.2.99", FIREFOX));
            mail.awaitEmailTo(ada.email(), 2);
        }

        @Test
        void doNotFloodAMailbox() {
            Person ada = Person.signedUp();

            for (int i = 0; i < 12; i++) {
                signIn(ada, new Client("2001:db8:77:" + i + "::1", FIREFOX));
            }

            mail.awaitEmailTo(ada.email(), 5);
            onlyThese(ada, NEW_DEVICE, NEW_DEVICE, NEW_DEVICE, NEW_DEVICE, NEW_DEVICE);
        }

        @Test
        void countOnlyIfThereIsRoomForThemInTheQueue() {
            Person ada = Person.signedUp();
            // Twice latchkey.mail.queue; no writer takes them.
            Sql.update("""
                    insert into outgoing_emails (id, kind, recipient)
                    select gen_random_uuid(), 'filler', 'nobody@example.com' from generate_series(1, 20000)""");
            try {
                login(ada, request()).then().statusCode(200);
                changePassword(ada, ada.password()).then().statusCode(200);
            } finally {
                Sql.update("delete from outgoing_emails where kind = 'filler'");
            }
            assertEquals(
                    0,
                    Sql.count(
                            "select count(*) from throttle_buckets where id like ?", "notice:%:" + ada.email() + "%"));

            Person.signIn(ada.email(), WANTED).then().statusCode(200);

            assertEquals(NEW_DEVICE, mail.awaitEmailTo(ada.email()).subject());
            onlyThese(ada, NEW_DEVICE);
        }

        // Security: the header is an attacker's, and the e-mail the user's.
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "<a href='https://evil.example.com'>sign in here</a>|unknown",
                    "evil.example.com|unknown",
                    "Mozilla/5.0 https://evil.example.com <script>alert(1)</script> Firefox/1 Windows|Firefox, Windows",
                    "{link}{site.getClass}|unknown",
                    "curl\tBcc: eve@example.com|unknown"
                })
        void doNotChooseTheTextOfTheEmail(String userAgent, String shown) {
            Person ada = Person.signedUp();

            login(ada, request().header("User-Agent", userAgent)).then().statusCode(200);

            ReceivedEmail notice = mail.awaitEmailTo(ada.email());
            assertTrue(notice.text().contains("\nBrowser: " + shown + "\n"), notice.text());
            for (String theirs : List.of("evil", "script", "<a ", "Bcc", "eve@", "{link}")) {
                assertFalse(notice.message().contains(theirs), notice.message());
            }
        }
    }

    @Nested
    class ChangedPasswords {

        @Test
        void areNoticedOnce() {
            Person ada = Person.signedUp();

            changePassword(ada, ada.password()).then().statusCode(200);

            ReceivedEmail notice = mail.awaitEmailTo(ada.email());
            assertEquals(PASSWORD_CHANGED, notice.subject());
            assertTrue(notice.text().contains("\nClient address: 127.0.0.1\n"), notice.text());
            onlyThese(ada, PASSWORD_CHANGED);
        }

        @Test
        void areNotNoticedIfTheyStayAsTheyAre() {
            Person ada = Person.signedUp();

            changePassword(ada, "wrong password").then().statusCode(403);
            ada.bearing()
                    .contentType(ContentType.JSON)
                    .body("""
                            {"current_password": "%s", "new_password": "short"}""".formatted(PASSWORD))
                    .put(ada.own("/password"))
                    .then()
                    .statusCode(400);

            onlyThese(ada);
        }

        @Test
        void areNoticedAfterAResetByLink() {
            Person ada = Person.signedUp();
            reset.request(new EmailAddress(ada.email()), page.urls(null), newClient());
            String token = mail.awaitEmailTo(ada.email()).token();

            assertInstanceOf(
                    PasswordReset.PasswordChanged.class, reset.redeem(token, Password.of(WANTED), newClient()));
            assertEquals(PASSWORD_CHANGED, mail.awaitEmailTo(ada.email(), 2).subject());

            assertInstanceOf(Refusals.LinkInvalid.class, reset.redeem(token, Password.of(WANTED), newClient()));
            onlyThese(ada, "Choose a new password", PASSWORD_CHANGED);
        }
    }

    /** The language is the account's, else the browser's. */
    @Nested
    class Languages {

        @Test
        void noticeIsGermanForAnAustrianBrowser() {
            Person ada = Person.signedUp();

            login(ada, request().header("Accept-Language", "de-AT,de;q=0.9,en;q=0.5"));

            ReceivedEmail notice = mail.awaitEmailTo(ada.email());
            assertEquals("Neue Anmeldung bei Ihrem Konto", notice.subject());
            assertTrue(notice.text().contains("Ein bisher unbekanntes Gerät hat sich"), notice.text());
        }

        @Test
        void noticeIsInTheLanguageOfTheAccountBeforeThatOfTheBrowser() {
            Person ada = Person.signedUp();
            setLocale(ada, "de-CH");
            login(ada, request().header("Accept-Language", "en"));
            assertEquals(
                    "Neue Anmeldung bei Ihrem Konto",
                    mail.awaitEmailTo(ada.email()).subject());

            Person eve = Person.signedUp();
            setLocale(eve, "en");
            login(eve, request().header("Accept-Language", "de"));
            assertEquals(NEW_DEVICE, mail.awaitEmailTo(eve.email()).subject());
        }

        @Test
        void noticeIsEnglishForAnAccountInALanguageThatThereIsNot() {
            Person ada = Person.signedUp();
            setLocale(ada, "tlh");
            login(ada, request().header("Accept-Language", "de"));

            assertEquals(NEW_DEVICE, mail.awaitEmailTo(ada.email()).subject());
        }

        @ParameterizedTest
        @ValueSource(strings = {"de;q=x", "<b>de</b>", "../de", "*", "fr"})
        void noticeIsEnglishForABrowserThatMakesNoSense(String header) {
            Person ada = Person.signedUp();
            login(ada, request().header("Accept-Language", header));

            assertEquals(NEW_DEVICE, mail.awaitEmailTo(ada.email()).subject());
        }

        // A header beyond ASCII has to be encoded (RFC 2047).
        @Test
        void noticeEncodesASubjectBeyondAscii() {
            Person ada = Person.signedUp();
            setLocale(ada, "de");
            changePassword(ada, ada.password()).then().statusCode(200);

            String message = mail.awaitEmailTo(ada.email()).message();

            String headers = message.substring(0, message.indexOf("\r\n\r\n"));
            assertTrue(headers.chars().allMatch(character -> character < 0x80), headers);
            assertTrue(headers.contains("Subject: =?UTF-8?"), headers);
        }

        private void setLocale(Person person, String locale) {
            person.bearing()
                    .contentType(ContentType.JSON)
                    .body("{\"locale\": \"" + locale + "\"}")
                    .patch(person.own(""))
                    .then()
                    .statusCode(200);
        }
    }

    private record SwitchedOff() implements MailConfig.Notices {

        @Override
        public boolean newDevice() {
            return false;
        }

        @Override
        public boolean passwordChanged() {
            return false;
        }

        @Override
        public boolean emailChanged() {
            return false;
        }
    }

    /** Asserts that a user got e-mails with these subjects and no other: one that is requested last comes after them. */
    private void onlyThese(Person person, String... subjects) {
        reset.request(new EmailAddress(person.email()), page.urls(null), newClient());
        List<ReceivedEmail> before = mail.emailsTo(person.email());
        ReceivedEmail last = mail.awaitEmailTo(person.email(), before.size() + 1);
        assertEquals("Choose a new password", last.subject());
        List<String> all = mail.emailsTo(person.email()).stream()
                .map(ReceivedEmail::subject)
                .toList();
        assertEquals(List.of(subjects), all.subList(0, all.size() - 1));
        // So that a second call counts its own only.
        mail.emails().remove(last);
    }

    private void signIn(Person person, Client client) {
        assertInstanceOf(
                SignIn.SignedIn.class,
                signIn.withPassword(
                        new EmailAddress(person.email()),
                        Password.of(person.password()),
                        true,
                        SessionSecret.Kind.REFRESH_TOKEN,
                        client));
    }

    private static RequestSpecification request() {
        return given().contentType(ContentType.JSON);
    }

    private static Response login(Person person, RequestSpecification request) {
        return request.body("""
                {"email": "%s", "password": "%s"}""".formatted(person.email(), person.password())).post("/api/auth/login");
    }

    private static Response betterAuthLogin(Person person) {
        return request().body("""
                {"email": "%s", "password": "%s"}""".formatted(person.email(), person.password())).post("/api/auth/sign-in/email");
    }

    private static Response changePassword(Person person, String current) {
        return person.bearing()
                .contentType(ContentType.JSON)
                .body("""
                        {"current_password": "%s", "new_password": "%s"}""".formatted(current, WANTED))
                .put(person.own("/password"));
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
