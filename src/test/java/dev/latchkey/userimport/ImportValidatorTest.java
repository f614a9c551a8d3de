package dev.latchkey.userimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.ImportedUser;
import dev.latchkey.password.HashLimits;
import dev.latchkey.userimport.ImportValidator.Result;
import dev.latchkey.userimport.ImportWarning.Reason;
import dev.latchkey.userimport.UserSource.Location;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportValidatorTest {

    private static final HashLimits LIMITS = HashLimits.of(64 * 1024, Duration.ofSeconds(1));
    private static final ImportValidator LENIENT = new ImportValidator(false, LIMITS);
    private static final ImportValidator STRICT = new ImportValidator(true, LIMITS);
    private static final String HASH = "0123456789abcdef0123456789abcdef:" + "ab".repeat(64);
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static UserSource.User user(
            @Nullable String id, @Nullable String email, @Nullable String name, @Nullable String hash) {
        return new UserSource.User(
                Location.line(7), id, email, name, null, true, Set.of("staff"), false, false, hash, NOON, NOON);
    }

    private static Result.Valid valid(Result result) {
        return assertInstanceOf(Result.Valid.class, result);
    }

    private static ImportWarning invalid(Result result) {
        return assertInstanceOf(Result.Invalid.class, result).warning();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void acceptsAUserWithAllValues(boolean isStrict) {
        Result.Valid valid =
                valid(new ImportValidator(isStrict, LIMITS).validate(user("ada", "Ada@Example.COM", "Ada", HASH)));
        ImportedUser ada = valid.user();
        assertEquals(new AccountId("ada"), ada.id());
        assertEquals("ada@example.com", ada.email().canonical());
        assertEquals("Ada", ada.name());
        assertEquals(HASH, Objects.requireNonNull(ada.password()).encoded());
        assertTrue(ada.emailVerified());
        assertEquals(Set.of("staff"), ada.roles());
        assertEquals(NOON, ada.createdAt());
        assertFalse(ada.disabled());
        assertEquals(List.of(), valid.warnings());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void acceptsAUserWithoutIdNameAndPassword(boolean isStrict) {
        ImportedUser ada = valid(
                        new ImportValidator(isStrict, LIMITS).validate(user(null, "ada@example.com", null, null)))
                .user();
        assertNull(ada.id());
        assertNull(ada.name());
        assertNull(ada.password());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ada",
                "ada@",
                "@example.com",
                "ada@@example.com",
                "ada@example",
                "a da@example.com",
                "ada.@example.com",
                "\"ada\"@example.com",
                "ada@[192.0.2.7]",
                "ada@example.com\u200b",
                "ada@exa\u0000mple.com"
            })
    void refusesAnInvalidEmailAddress(String email) {
        for (ImportValidator validator : List.of(LENIENT, STRICT)) {
            ImportWarning warning = invalid(validator.validate(user("ada", email, "Ada", HASH)));
            assertEquals(Reason.ADDRESS_REFUSED, warning.reason());
            assertFalse(warning.detail().isEmpty());
        }
        assertEquals(
                Reason.ADDRESS_REFUSED,
                invalid(LENIENT.validate(user("ada", null, "Ada", HASH))).reason());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesAnIdThatCannotStandInAPath(boolean isStrict) {
        assertEquals(
                Reason.NO_USABLE_ID,
                invalid(new ImportValidator(isStrict, LIMITS).validate(user("a/b", "ada@example.com", "Ada", HASH)))
                        .reason());
        assertEquals(
                Reason.NO_USABLE_ID,
                invalid(new ImportValidator(isStrict, LIMITS).validate(user("", "ada@example.com", "Ada", HASH)))
                        .reason());
    }

    /** The hash is kept, since other settings may allow it, and it is reported: a sign-in would not compute it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$argon2id$v=19$m=262144,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=65537,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$argon2id$v=19$m=65536,t=16,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$pbkdf2-sha256$2000000$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "$scrypt$ln=17,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY"
            })
    void reportsPasswordHashesThatAreTooExpensive(String hash) {
        for (ImportValidator validator : List.of(LENIENT, STRICT)) {
            Result.Valid valid = valid(validator.validate(user("ada", "ada@example.com", "Ada", hash)));
            assertEquals(hash, Objects.requireNonNull(valid.user().password()).encoded());
            assertEquals(
                    List.of(new ImportWarning(
                            Location.line(7),
                            Reason.PASSWORD_TOO_EXPENSIVE,
                            "more than 64 MiB or an estimated 1000 ms")),
                    valid.warnings());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789abcdef0123456789abcdef:c967f8a4438e68448871a4fbb9b41b2aacaa6d9d98bf76d9740467af6a3305c6601235ae3706eaeaafd4c037201f630b3c3670caf74d8be1d22256672828773e",
                "$2b$14$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$argon2id$v=19$m=65536,t=4,p=1$c29tZXNhbHRzb21lc2FsdA$dpdOmCPIRe7US7xO2/cNzQ",
                "$pbkdf2-sha256$1200000$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "$pbkdf2-sha512$210000$c2FsdHNhbHRzYWx0c2FsdA$EHLBej.uEvxlmr0QnHnceg1vM6h1wbwSP5XErh3SmizNDWZsIi28RPGARe0EssjGRoiACzxgHjNvqwJY1zxKig",
                "$scrypt$ln=16,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY"
            })
    void reportsNoPasswordHashOfUsualCost(String hash) {
        assertEquals(
                List.of(),
                valid(STRICT.validate(user("ada", "ada@example.com", "Ada", hash)))
                        .warnings());
    }

    /** "Absurd hash parameters are refused." */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain text",
                "5f4dcc3b5aa765d61d8327deb882cf99",
                "{SSHA}abcdefghijklmnopqrstuvwxyz012345",
                "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
                "$6$saltsalt$abcdefghijklmnop",
                "$2b$31$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$2x$10$abcdefghijklmnopqrstuud/5IuQmqhVO0kfNEbHJM.fJkPiliBzC",
                "$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
                "$argon2id$v=19$m=65536,t=4000,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
                "$scrypt$ln=30,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$1idRgu6ns74sljt005o5BblTKV7Jul0HPGT6aXWnXKY",
                "$pbkdf2-sha256$99999999$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "$pbkdf2-sha256$1$c2FsdHNhbHRzYWx0c2FsdA$BBs.1.PaslLtBPULUr8/lQicvVuHiEPMz0i8MjLCbzM",
                "0123456789abcdef0123456789abcdef:abab",
            })
    void refusesUnknownAndExpensivePasswordHashes(String hash) {
        Result.Valid lenient = valid(LENIENT.validate(user("ada", "ada@example.com", "Ada", hash)));
        assertNull(lenient.user().password());
        assertEquals(List.of(new ImportWarning(Location.line(7), Reason.PASSWORD_LEFT_OUT, "")), lenient.warnings());
        assertEquals(
                Reason.PASSWORD_REFUSED,
                invalid(STRICT.validate(user("ada", "ada@example.com", "Ada", hash)))
                        .reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "a\nb", "\u0007", "\ud800"})
    void leavesOutANameWithControlCharacters(String name) {
        Result.Valid lenient = valid(LENIENT.validate(user("ada", "ada@example.com", name, HASH)));
        assertNull(lenient.user().name());
        assertNotNull(lenient.user().password());
        assertEquals(Reason.NAME_LEFT_OUT, lenient.warnings().getFirst().reason());
        assertEquals(
                Reason.TEXT_REFUSED,
                invalid(STRICT.validate(user("ada", "ada@example.com", name, HASH)))
                        .reason());
    }

    @Test
    void leavesOutNamesAndImagesThatAreTooLong() {
        UserSource.User ada = new UserSource.User(
                Location.id("ada"),
                "ada",
                "ada@example.com",
                "x".repeat(201),
                "data:" + "x".repeat(2048),
                false,
                Set.of(),
                false,
                false,
                null,
                null,
                null);
        Result.Valid valid = valid(LENIENT.validate(ada));
        assertNull(valid.user().name());
        assertNull(valid.user().image());
        assertEquals(
                List.of(Reason.NAME_LEFT_OUT, Reason.IMAGE_LEFT_OUT),
                valid.warnings().stream().map(ImportWarning::reason).toList());
    }

    @Test
    void disablesBannedUsersAndWarnsOfSecondFactors() {
        UserSource.User ada = new UserSource.User(
                Location.id("ada"),
                "ada",
                "ada@example.com",
                "Ada",
                null,
                false,
                Set.of(),
                true,
                true,
                HASH,
                null,
                null);
        Result.Valid valid = valid(LENIENT.validate(ada));
        assertTrue(valid.user().disabled());
        assertEquals(
                List.of(Reason.DISABLED, Reason.SECOND_FACTOR_LEFT_OUT),
                valid.warnings().stream().map(ImportWarning::reason).toList());
    }

    @Test
    void ignoresImplausibleTimes() {
        UserSource.User ada = new UserSource.User(
                Location.id("ada"),
                "ada",
                "ada@example.com",
                "Ada",
                null,
                false,
                Set.of(),
                false,
                false,
                null,
                Instant.MIN,
                Instant.parse("9999-12-31T00:00:00Z"));
        ImportedUser validUser = valid(LENIENT.validate(ada)).user();
        assertNull(validUser.createdAt());
        assertNull(validUser.updatedAt());
    }

    @Test
    void printsNeitherAddressNorHash() {
        String printed = user("ada", "ada@example.com", "Ada", HASH).toString();
        assertFalse(printed.contains("@") || printed.contains(HASH), printed);
    }
}
