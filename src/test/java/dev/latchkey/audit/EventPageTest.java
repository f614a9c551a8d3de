package dev.latchkey.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventPageTest {

    @Test
    void parsesItsOwnText() {
        for (String at : new String[] {"1970-01-01T00:00:00Z", "2026-03-01T12:00:00.123456Z", "9999-12-30T23:59:59Z"}) {
            EventPage.Cursor cursor = new EventPage.Cursor(Instant.parse(at), UUID.randomUUID());
            assertEquals(Optional.of(cursor), EventPage.Cursor.parse(cursor.text()));
        }
    }

    @ParameterizedTest
    @MethodSource
    void refusesOtherTexts(String text) {
        assertEquals(Optional.empty(), EventPage.Cursor.parse(text));
    }

    static Stream<String> refusesOtherTexts() {
        String good = new EventPage.Cursor(Instant.parse("2026-03-01T12:00:00Z"), UUID.randomUUID()).text();
        return Stream.of(
                "",
                " ",
                "0",
                "null",
                "' or 1=1 --",
                "\u0000",
                "\uD800",
                good + "=",
                good + "A",
                good + good,
                good.substring(1),
                good.substring(4),
                " " + good,
                good + "\n",
                good.replaceFirst(".", "+"),
                good.replaceFirst(".", "/"),
                good.replaceFirst(".", "%41"),
                at(-1),
                at(Long.MIN_VALUE),
                at(Long.MAX_VALUE),
                // The year 10000
                at(253_402_300_800_000_000L),
                "A".repeat(1_000_000));
    }

    private static String at(long micros) {
        byte[] bytes = ByteBuffer.allocate(24).putLong(micros).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
