package dev.latchkey.mail;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The words that are filled into e-mails: English and German ones; other languages get symbols such as {@code 1 h}. */
final class EmailWords {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private EmailWords() {}

    /** A unit of time: its symbol, and its words for one and for more. */
    private enum Unit {
        DAY("d", "day", "days", "Tag", "Tage"),
        HOUR("h", "hour", "hours", "Stunde", "Stunden"),
        MINUTE("min", "minute", "minutes", "Minute", "Minuten"),
        SECOND("s", "second", "seconds", "Sekunde", "Sekunden");

        private final String symbol;
        private final String english;
        private final String englishPlural;
        private final String german;
        private final String germanPlural;

        Unit(String symbol, String english, String englishPlural, String german, String germanPlural) {
            this.symbol = symbol;
            this.english = english;
            this.englishPlural = englishPlural;
            this.german = german;
            this.germanPlural = germanPlural;
        }

        String count(long count, String language) {
            return count
                    + " "
                    + switch (base(language)) {
                        case "en" -> count == 1 ? english : englishPlural;
                        case "de" -> count == 1 ? german : germanPlural;
                        default -> symbol;
                    };
        }
    }

    /** Returns a language without its region: the words of an operator's {@code de-AT} are German. */
    static String base(String language) {
        int end = language.indexOf('-');
        return end < 0 ? language : language.substring(0, end);
    }

    static String time(Instant instant) {
        return TIME.format(instant);
    }

    static String orUnknown(String text, String language) {
        return text.isEmpty()
                ? switch (base(language)) {
                    case "en" -> "unknown";
                    case "de" -> "unbekannt";
                    default -> "-";
                }
                : text;
    }

    static String duration(Duration duration, String language) {
        // From two days on: "24 hours" is clearer than "1 day".
        if (duration.toDays() >= 2 && duration.equals(Duration.ofDays(duration.toDays()))) {
            return Unit.DAY.count(duration.toDays(), language);
        }
        if (duration.toHours() >= 1 && duration.equals(Duration.ofHours(duration.toHours()))) {
            return Unit.HOUR.count(duration.toHours(), language);
        }
        if (duration.toMinutes() >= 1 && duration.equals(Duration.ofMinutes(duration.toMinutes()))) {
            return Unit.MINUTE.count(duration.toMinutes(), language);
        }
        return Unit.SECOND.count(duration.toSeconds(), language);
    }
}
