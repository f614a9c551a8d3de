package dev.latchkey.userimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.userimport.ImportWarning.Reason;
import dev.latchkey.userimport.UserSource.Location;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvFileTest {

    private static CsvFile file(String text) {
        return CsvFile.open(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static UserSource.Entry only(String text) {
        List<UserSource.Entry> entries = file(text).next(100);
        assertEquals(1, entries.size(), entries.toString());
        return entries.getFirst();
    }

    private static UserSource.User user(String text) {
        return assertInstanceOf(UserSource.User.class, only(text));
    }

    private static ImportWarning warning(String text) {
        return assertInstanceOf(UserSource.Unreadable.class, only(text)).warning();
    }

    @Test
    void readsEveryColumnInAnyOrder() {
        UserSource.User ada = user("""
                roles,created_at,password_hash,email_verified,image,name,email,id
                admin; staff,2026-03-01T12:00:00Z,a hash,true,https://example.com/a.png,"Lovelace, Ada",ada@example.com,42
                """);
        assertEquals(Location.line(2), ada.location());
        assertEquals("42", ada.id());
        assertEquals("ada@example.com", ada.email());
        assertEquals("Lovelace, Ada", ada.name());
        assertEquals("https://example.com/a.png", ada.image());
        assertTrue(ada.emailVerified());
        assertEquals("a hash", ada.hash());
        assertEquals(Set.of("admin", "staff"), ada.roles());
        assertEquals(Instant.parse("2026-03-01T12:00:00Z"), ada.createdAt());
    }

    @Test
    void requiresOnlyAnEmailAddress() {
        UserSource.User ada = user(" Email \nada@example.com\n");
        assertNull(ada.id());
        assertNull(ada.name());
        assertNull(ada.hash());
        assertNull(ada.createdAt());
        assertFalse(ada.emailVerified());
        assertEquals(Set.of(), ada.roles());
        UserSource.User empty = user("email,id,name,password_hash,created_at,roles\nada@example.com,,,,,\n");
        assertNull(empty.id());
        assertNull(empty.hash());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-03-01T12:00:00Z|2026-03-01T12:00:00Z",
                "2026-03-01T12:00:00.123456Z|2026-03-01T12:00:00.123456Z",
                "2026-03-01T14:00:00+02:00|2026-03-01T12:00:00Z",
                "2026-03-01 12:00:00.5+00|2026-03-01T12:00:00.500Z",
                "2026-03-01 17:30:00+05:30|2026-03-01T12:00:00Z",
            })
    void readsTimesOfRfc3339AndPostgresql(String written, String time) {
        assertEquals(
                Instant.parse(time),
                user("email,created_at\nada@example.com," + written + "\n").createdAt());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-01",
                "2026-03-01T12:00:00",
                "2026-02-30T12:00:00Z",
                "01.03.2026 12:00",
                "1772366400",
                "now",
                "0001-01-01T00:00:00Z",
                "9999-12-31T00:00:00Z",
                "+1000000-01-01T00:00:00Z",
            })
    void refusesInvalidAndAmbiguousTimes(String written) {
        ImportWarning warning = warning("email,created_at\nada@example.com," + written + "\n");
        assertEquals(Reason.BAD_FIELD, warning.reason());
        assertTrue(warning.detail().startsWith("created_at"), warning.detail());
        assertEquals(2, warning.location().line());
    }

    @ParameterizedTest
    @CsvSource({"true, true", "T, true", "1, true", "YES, true", "false, false", "f, false", "0, false", "no, false"})
    void readsFlags(String written, boolean verified) {
        assertEquals(
                verified,
                user("email,email_verified\nada@example.com," + written).emailVerified());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "wahr", "verified", "null", "2026-03-01T12:00:00Z"})
    void refusesOtherFlags(String written) {
        assertEquals(
                Reason.BAD_FIELD,
                warning("email,email_verified\nada@example.com," + written).reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a,b\"",
                "\"a\nb\"",
                "a;\u0000",
                "a;bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
            })
    void refusesRolesWithCommasControlCharactersOrTooManyLetters(String written) {
        assertTrue(warning("email,roles\nada@example.com," + written).detail().startsWith("roles"));
    }

    @Test
    void readsRoles() {
        assertEquals(
                Set.of("a", "b c"),
                user("email,roles\nada@example.com, a ;;b c;a;").roles());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada@example.com", "ada@example.com,b,c", "\"ada@example.com,b"})
    void refusesALineWithTooManyOrTooFewFields(String line) {
        ImportWarning warning = warning("email,name\n" + line);
        assertEquals(Reason.BAD_LINE, warning.reason());
        assertEquals(2, warning.location().line());
        assertFalse(warning.toString().contains("ada@"), "the warning has the address in it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "id,name\n",
                "email,mail\n",
                "email,EMAIL\n",
                "email;id;name\n",
                "email,\n",
                "email,\"id\n",
                "ada@example.com,Ada\n",
                "email,password\n",
            })
    void requiresALineThatNamesTheColumns(String text) {
        String sentence = assertThrows(UserSource.UnreadableException.class, () -> file(text))
                .getMessage();
        assertFalse(sentence.contains("ada@"), sentence);
    }

    @Test
    void refusesUtf16() {
        byte[] utf16 = "email\nada@example.com\n".getBytes(StandardCharsets.UTF_16);
        assertThrows(UserSource.UnreadableException.class, () -> CsvFile.open(new ByteArrayInputStream(utf16)));
    }

    @Test
    void readsEntriesInParts() {
        CsvFile file = file("email\na@example.com\n\nb@example.com\nc@example.com\n");
        assertEquals(2, file.next(2).size());
        assertEquals(1, file.next(2).size());
        assertEquals(0, file.next(2).size());
        assertEquals(0, file.next(2).size());
    }
}
