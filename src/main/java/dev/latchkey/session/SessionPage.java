package dev.latchkey.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A page of a user's active sessions, latest used first.
 *
 * @param next the cursor for the next page, or null if this is the last
 */
public record SessionPage(List<Session> sessions, @Nullable Cursor next) {

    /** The last session of a page; the next page begins after it. */
    public record Cursor(Instant lastUsedAt, String id) {

        private static final int MAX_LENGTH = 128;

        static Cursor of(Session session) {
            return new Cursor(session.lastUsedAt(), session.id().value());
        }

        /** Parses the text of a cursor; empty if {@link #text()} did not return it. */
        public static Optional<Cursor> parse(String text) {
            if (text.length() > MAX_LENGTH) {
                return Optional.empty();
            }
            try {
                byte[] bytes = Base64.getUrlDecoder().decode(text);
                if (bytes.length <= Long.BYTES) {
                    return Optional.empty();
                }
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                Instant at = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
                String id = StandardCharsets.US_ASCII.decode(buffer).toString();
                // PostgreSQL has no times far beyond these years.
                boolean plausible = !at.isBefore(Instant.EPOCH)
                        && at.isBefore(Instant.parse("9999-12-31T00:00:00Z"))
                        && id.matches("[A-Za-z0-9_-]+");
                return plausible ? Optional.of(new Cursor(at, id)) : Optional.empty();
            } catch (IllegalArgumentException | ArithmeticException | DateTimeException notOurs) {
                return Optional.empty();
            }
        }

        /** Returns the cursor as clients send it back: the time and the id in base64url. */
        public String text() {
            byte[] ascii = id.getBytes(StandardCharsets.US_ASCII);
            ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + ascii.length)
                    .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, lastUsedAt))
                    .put(ascii);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
        }
    }
}
