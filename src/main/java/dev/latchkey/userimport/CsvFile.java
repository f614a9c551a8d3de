package dev.latchkey.userimport;

import dev.latchkey.platform.http.PlainText;
import dev.latchkey.session.SessionImport.ImportedSession;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Users in a file of comma-separated values whose first line names the columns. An empty field is the same as none. */
public final class CsvFile implements UserSource {

    private static final int MAX_ROLES = 50;
    private static final int MAX_ROLE_LENGTH = 64;

    /** As in RFC 3339, and as PostgreSQL writes it: with a blank in the middle, and the hours of the zone alone. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .parseLenient()
            .appendOffset("+HH:mm", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private final CsvRecords records;
    private final Map<Column, Integer> positions;
    private final int width;

    private enum Column {
        ID,
        EMAIL,
        NAME,
        IMAGE,
        EMAIL_VERIFIED,
        PASSWORD_HASH,
        CREATED_AT,
        ROLES;

        String title() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A field has an unusable value. */
    private static final class BadFieldException extends Exception {

        private static final long serialVersionUID = 1L;

        BadFieldException(Column column, String sentence) {
            super(column.title() + ": " + sentence);
        }
    }

    private CsvFile(CsvRecords records, Map<Column, Integer> positions, int width) {
        this.records = records;
        this.positions = positions;
        this.width = width;
    }

    /** Reads the first line. */
    public static CsvFile open(InputStream stream) {
        CsvRecords records = new CsvRecords(stream);
        Optional<CsvRecords.Entry> header = next(records);
        if (header.isEmpty()) {
            throw new UnreadableException("The file is empty; its first line names the columns: email and others.");
        }
        return switch (header.get()) {
            case CsvRecords.Entry.Malformed(long line, String sentence) ->
                throw new UnreadableException(
                        "Line " + line + ", which names the columns, cannot be read: " + sentence + ".");
            case CsvRecords.Entry.Fields(long _, List<String> titles) ->
                new CsvFile(records, positions(titles), titles.size());
        };
    }

    private static Map<Column, Integer> positions(List<String> titles) {
        Map<Column, Integer> positions = new EnumMap<>(Column.class);
        for (int i = 0; i < titles.size(); i++) {
            String title = titles.get(i).strip().toLowerCase(Locale.ROOT);
            Optional<Column> column = Arrays.stream(Column.values())
                    .filter(one -> one.title().equals(title))
                    .findFirst();
            if (column.isEmpty()) {
                // Security: where the first line is missing, this is a user's data, which is not repeated.
                throw new UnreadableException("Column " + (i + 1) + " of the first line has no name that is known."
                        + " Known are, separated by commas: "
                        + String.join(
                                ", ",
                                Arrays.stream(Column.values())
                                        .map(Column::title)
                                        .toList()) + ".");
            }
            if (positions.put(column.get(), i) != null) {
                throw new UnreadableException("The first line names the column " + title + " twice.");
            }
        }
        if (!positions.containsKey(Column.EMAIL)) {
            throw new UnreadableException("The first line names no column email.");
        }
        return positions;
    }

    @Override
    public String kind() {
        return "csv";
    }

    @Override
    public long total() {
        return 0;
    }

    @Override
    public boolean isStrict() {
        return true;
    }

    @Override
    public List<Entry> next(int atMost) {
        List<Entry> entries = new ArrayList<>();
        while (entries.size() < atMost) {
            Optional<CsvRecords.Entry> line = next(records);
            if (line.isEmpty()) {
                break;
            }
            entries.add(entry(line.get()));
        }
        return entries;
    }

    private Entry entry(CsvRecords.Entry line) {
        return switch (line) {
            case CsvRecords.Entry.Malformed(long number, String sentence) ->
                new Unreadable(new ImportWarning(Location.line(number), ImportWarning.Reason.BAD_LINE, sentence));
            case CsvRecords.Entry.Fields(long number, List<String> fields) -> {
                if (fields.size() != width) {
                    yield new Unreadable(new ImportWarning(
                            Location.line(number),
                            ImportWarning.Reason.BAD_LINE,
                            fields.size() + " fields where the first line has " + width));
                }
                try {
                    yield user(number, fields);
                } catch (BadFieldException bad) {
                    yield new Unreadable(new ImportWarning(
                            Location.line(number), ImportWarning.Reason.BAD_FIELD, String.valueOf(bad.getMessage())));
                }
            }
        };
    }

    private User user(long line, List<String> fields) throws BadFieldException {
        Instant createdAt = time(value(fields, Column.CREATED_AT));
        return new User(
                Location.line(line),
                value(fields, Column.ID),
                value(fields, Column.EMAIL),
                value(fields, Column.NAME),
                value(fields, Column.IMAGE),
                flag(value(fields, Column.EMAIL_VERIFIED)),
                roles(value(fields, Column.ROLES)),
                false,
                false,
                value(fields, Column.PASSWORD_HASH),
                createdAt,
                createdAt);
    }

    private @Nullable String value(List<String> fields, Column column) {
        Integer position = positions.get(column);
        return position == null || fields.get(position).isEmpty() ? null : fields.get(position);
    }

    private static boolean flag(@Nullable String text) throws BadFieldException {
        return switch (text == null ? "" : text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "t", "yes", "1" -> true;
            case "", "false", "f", "no", "0" -> false;
            default -> throw new BadFieldException(Column.EMAIL_VERIFIED, "true or false");
        };
    }

    private static @Nullable Instant time(@Nullable String text) throws BadFieldException {
        if (text == null) {
            return null;
        }
        try {
            Instant time = TIME.parse(text.strip().replaceFirst(" ", "T"), Instant::from);
            if (time.isBefore(Instant.EPOCH) || time.isAfter(Instant.parse("2999-12-31T23:59:59Z"))) {
                throw new BadFieldException(Column.CREATED_AT, "a year from 1970 to 2999");
            }
            return time;
        } catch (DateTimeException notATime) {
            throw new BadFieldException(Column.CREATED_AT, "a time with its zone, such as 2026-03-01T12:00:00Z");
        }
    }

    private static Set<String> roles(@Nullable String text) throws BadFieldException {
        Set<String> roles = new LinkedHashSet<>();
        for (String part : text == null ? new String[0] : text.split(";", -1)) {
            String role = part.strip();
            // The gate passes them to backends in one header, separated by commas.
            boolean usable = role.length() <= MAX_ROLE_LENGTH && role.indexOf(',') < 0 && PlainText.isPlain(role);
            if (!usable) {
                throw new BadFieldException(
                        Column.ROLES, "separated by semicolons, each of at most 64 characters without commas");
            }
            if (!role.isEmpty()) {
                roles.add(role);
            }
        }
        if (roles.size() > MAX_ROLES) {
            throw new BadFieldException(Column.ROLES, "at most " + MAX_ROLES);
        }
        return roles;
    }

    @Override
    public void sessions(Collection<String> users, int atMost, Consumer<List<ImportedSession>> consumer) {
        // A file has none.
    }

    @Override
    public List<String> remarks() {
        return List.of();
    }

    @Override
    public void close() {
        try {
            records.close();
        } catch (IOException alreadyGone) {
            // It was read.
        }
    }

    private static Optional<CsvRecords.Entry> next(CsvRecords records) {
        try {
            return records.next();
        } catch (IOException failed) {
            throw new UnreadableException("The file cannot be read any further.");
        }
    }
}
