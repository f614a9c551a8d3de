package dev.latchkey.audit;

import dev.latchkey.platform.http.Client;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A page of recorded events, newest first. One that was searched for may have fewer than were asked for, none even, and not be
 * the last: a page examines a bounded number of events.
 *
 * @param next the cursor for the next page, or null if this is the last
 */
public record EventPage(List<Event> events, @Nullable Cursor next) {

    /** An event as it was recorded. */
    public record Event(
            UUID id,
            @Nullable String userId,
            String type,
            Instant at,
            Client client,
            String outcome,
            Map<String, String> details) {}

    /**
     * Which events to find; null stands for any.
     *
     * @param by the administrator, or what else it was, that has changed an account that is not their own
     */
    public record Query(
            @Nullable String userId,
            @Nullable String by,
            @Nullable String type,
            @Nullable String outcome,
            @Nullable Instant from,
            @Nullable Instant before) {

        public static final Query ALL = new Query(null, null, null, null, null, null);
    }

    /** The last event of a page; the next page begins after it. */
    public record Cursor(Instant at, UUID id) {

        private static final int BYTES = Long.BYTES * 3;

        /** Parses the text of a cursor; empty if {@link #text()} did not return it. */
        public static Optional<Cursor> parse(String text) {
            try {
                byte[] bytes = Base64.getUrlDecoder().decode(text);
                if (bytes.length != BYTES) {
                    return Optional.empty();
                }
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                Instant at = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
                // PostgreSQL has no times far beyond these years.
                if (at.isBefore(Instant.EPOCH) || at.isAfter(Instant.parse("9999-12-31T00:00:00Z"))) {
                    return Optional.empty();
                }
                return Optional.of(new Cursor(at, new UUID(buffer.getLong(), buffer.getLong())));
            } catch (IllegalArgumentException | ArithmeticException | DateTimeException notOurs) {
                return Optional.empty();
            }
        }

        /** Returns the cursor as clients send it back: 24 bytes in base64url. */
        public String text() {
            ByteBuffer buffer = ByteBuffer.allocate(BYTES)
                    .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at))
                    .putLong(id.getMostSignificantBits())
                    .putLong(id.getLeastSignificantBits());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
        }
    }
}
