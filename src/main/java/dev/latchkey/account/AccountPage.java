package dev.latchkey.account;

import dev.latchkey.platform.http.PlainText;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A page of accounts. It may have fewer than were asked for, none even, and not be the last: a page examines a bounded number
 * of accounts.
 *
 * @param next the cursor for the next page, or null if this is the last
 */
public record AccountPage(
        List<ManagedAccount> accounts, @Nullable Cursor next) {

    /**
     * Which accounts to find; null stands for any.
     *
     * @param email how the address begins
     * @param name how the name begins, in any letter case
     * @param text what the address or the name contains, in any letter case
     */
    public record Query(
            @Nullable String email,
            @Nullable String name,
            @Nullable String text,
            @Nullable String role,
            @Nullable Boolean banned,
            @Nullable Boolean verified,
            @Nullable Instant createdFrom,
            @Nullable Instant createdBefore) {

        public static final Query ALL = new Query(null, null, null, null, null, null, null, null);

        /** Returns the order of the accounts: by what is searched for, else the newest first. */
        public Order order() {
            return email != null ? Order.EMAIL : name != null ? Order.NAME : Order.CREATED;
        }
    }

    /** The orders in which accounts are listed. */
    public enum Order {
        CREATED,
        EMAIL,
        NAME
    }

    /**
     * The last account that was examined for a page; the next page begins after it.
     *
     * @param key what the order compares: the microseconds since 1970, the address or the name in lower case
     */
    public record Cursor(Order order, String key, String id) {

        private static final int MAX_LENGTH = 2048;

        /** Parses the text of a cursor; empty if {@link #text()} did not return it. */
        public static Optional<Cursor> parse(String text) {
            if (text.length() > MAX_LENGTH) {
                return Optional.empty();
            }
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("\n", -1);
                Cursor cursor = parts.length == 3 ? new Cursor(Order.valueOf(parts[0]), parts[1], parts[2]) : null;
                return Optional.ofNullable(cursor)
                        .filter(it -> PlainText.isPlain(it.key()) && PlainText.isPlain(it.id()))
                        .filter(it -> it.order() != Order.CREATED || isPlausible(it.createdAt()));
            } catch (IllegalArgumentException | ArithmeticException | DateTimeException notOurs) {
                return Optional.empty();
            }
        }

        static Cursor ofCreation(Instant createdAt, String id) {
            return new Cursor(Order.CREATED, Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, createdAt)), id);
        }

        Instant createdAt() {
            return Instant.EPOCH.plus(Long.parseLong(key), ChronoUnit.MICROS);
        }

        /** Returns the cursor as clients send it back. */
        public String text() {
            byte[] bytes = String.join("\n", order.name(), key, id).getBytes(StandardCharsets.UTF_8);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        }

        /** PostgreSQL has no times far beyond these years. */
        private static boolean isPlausible(Instant at) {
            return !at.isBefore(Instant.EPOCH) && at.isBefore(Instant.parse("9999-12-31T00:00:00Z"));
        }
    }
}
