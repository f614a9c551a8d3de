package dev.latchkey.mail;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.latchkey.mail.EmailMessage.Notice;
import dev.latchkey.platform.http.PreferredLanguages;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StoredNoticesTest {

    private static final PreferredLanguages LANGUAGES = new PreferredLanguages("de-AT, en;q=0.5");

    private static final RequestDetails REQUEST =
            new RequestDetails(Instant.parse("2026-01-02T03:04:05.678901Z"), "203.0.113.7", "Firefox on Linux");

    private static final List<Notice> NOTICES = List.of(
            new EmailMessage.EmailChangeUndone(LANGUAGES, "id.example.com"),
            new EmailMessage.NewDevice(LANGUAGES, "id.example.com", REQUEST),
            new EmailMessage.PasswordChanged(LANGUAGES, "id.example.com", REQUEST));

    @Test
    void readsWhatWasStored() {
        for (Notice notice : NOTICES) {
            assertEquals(
                    Optional.of(notice),
                    StoredNotices.read(StoredNotices.kind(notice), LANGUAGES, StoredNotices.details(notice)));
        }
    }

    @Test
    void isTestedForEveryNotice() {
        Set<Class<?>> all = Stream.of(Notice.class.getPermittedSubclasses()).collect(Collectors.toSet());

        assertEquals(all, NOTICES.stream().map(Object::getClass).collect(Collectors.toSet()));
        assertEquals(
                StoredNotices.KINDS, NOTICES.stream().map(StoredNotices::kind).collect(Collectors.toSet()));
    }

    @Test
    void knowsNoNoticeOfAnotherRelease() {
        assertEquals(Optional.empty(), StoredNotices.read("of_a_later_release", LANGUAGES, Map.of()));
    }

    @Test
    void failsWithoutAField() {
        assertThrows(NullPointerException.class, () -> StoredNotices.read("email_change_undone", LANGUAGES, Map.of()));
    }
}
