package dev.latchkey.userimport;

import dev.latchkey.session.SessionImport.ImportedSession;
import java.io.BufferedInputStream;
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

/** Users in a file of comma-separated values whose first line names the columns. An empty field is none. */
public final class CsvFile implements UserSource {

    private static final int BUFFER = 64 * 1024;
    private static final int MOST_ROLES = 50;
    private static final int LONGEST_ROLE = 64;

    /** As in RFC 3339, and as PostgreSQL writes it: with a blank in the middle, and the hours of the zone alone. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .parseLenient()
            .appendOffset("+HH:mm", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    private final InputStream input;
    private final CsvReader reader;
    private final Map<Column, Integer> places;
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

    /** Why a line is not taken. */
    private static final class BadFieldException extends Exception {

        private static final long serialVersionUID = 1L;

        BadFieldException(Column column, String sentence) {
            super(column.title() + ": " + sentence);
        }
    }

    private CsvFile(InputStream input, CsvReader reader, Map<Column, Integer> places, int width) {
        this.input = input;
        this.reader = reader;
        this.places = places;
        this.width = width;
    }

    /** Reads the first line. */
    public static CsvFile open(InputStream stream) {
        InputStream input = new BufferedInputStream(stream, BUFFER);
        CsvReader reader = new CsvReader(input);
        Optional<CsvLine> header = read(reader);
        if (header.isEmpty()) {
            throw new ImportSourceException("The file is empty; its first line names the columns: email and others.");
        }
        return switch (header.get()) {
            case CsvLine.Malformed(long line, String sentence) ->
                throw new ImportSourceException(
                        "Line " + line + ", which names the columns, cannot be read: " + sentence + ".");
            case CsvLine.Fields(long _, List<String> titles) ->
                new CsvFile(input, reader, places(titles), titles.size());
        };
    }

    private static Map<Column, Integer> places(List<String> titles) {
        Map<Column, Integer> places = new EnumMap<>(Column.class);
        for (int i = 0; i < titles.size(); i++) {
            String title = titles.get(i).strip().toLowerCase(Locale.ROOT);
            Optional<Column> column = Arrays.stream(Column.values())
                    .filter(one -> one.title().equals(title))
                    .findFirst();
            if (column.isEmpty()) {
                // Security: where the first line is missing, this is somebody's data, which is not repeated.
                throw new ImportSourceException("Column " + (i + 1) + " of the first line has no name that is known."
                        + " Known are, separated by commas: "
                        + String.join(
                                ", ",
                                Arrays.stream(Column.values())
                                        .map(Column::title)
                                        .toList()) + ".");
            }
            if (places.put(column.get(), i) != null) {
                throw new ImportSourceException("The first line names the column " + title + " twice.");
            }
        }
        if (!places.containsKey(Column.EMAIL)) {
            throw new ImportSourceException("The first line names no column email.");
        }
        return places;
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
    public boolean strict() {
        return true;
    }

    @Override
    public List<SourceEntry> next(int atMost) {
        List<SourceEntry> entries = new ArrayList<>();
        while (entries.size() < atMost) {
            Optional<CsvLine> line = read(reader);
            if (line.isEmpty()) {
                break;
            }
            entries.add(entry(line.get()));
        }
        return entries;
    }

    private SourceEntry entry(CsvLine line) {
        return switch (line) {
            case CsvLine.Malformed(long number, String sentence) ->
                new SourceEntry.Unreadable(
                        new ImportWarning(SourceLocation.line(number), ImportReason.BAD_LINE, sentence));
            case CsvLine.Fields(long number, List<String> fields) -> {
                if (fields.size() != width) {
                    yield new SourceEntry.Unreadable(new ImportWarning(
                            SourceLocation.line(number),
                            ImportReason.BAD_LINE,
                            fields.size() + " fields where the first line has " + width));
                }
                try {
                    yield new SourceEntry.User(user(number, fields));
                } catch (BadFieldException bad) {
                    yield new SourceEntry.Unreadable(new ImportWarning(
                            SourceLocation.line(number), ImportReason.BAD_FIELD, String.valueOf(bad.getMessage())));
                }
            }
        };
    }

    private SourceUser user(long line, List<String> fields) throws BadFieldException {
        Instant createdAt = time(value(fields, Column.CREATED_AT));
        return new SourceUser(
                SourceLocation.line(line),
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
        Integer place = places.get(column);
        return place == null || fields.get(place).isEmpty() ? null : fields.get(place);
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
            // They are told to backends in one header, separated by commas.
            boolean usable = role.length() <= LONGEST_ROLE
                    && role.codePoints()
                            .noneMatch(c -> c == ','
                                    || Character.isISOControl(c)
                                    || Character.getType(c) == Character.SURROGATE);
            if (!usable) {
                throw new BadFieldException(
                        Column.ROLES, "separated by semicolons, each of at most 64 characters without commas");
            }
            if (!role.isEmpty()) {
                roles.add(role);
            }
        }
        if (roles.size() > MOST_ROLES) {
            throw new BadFieldException(Column.ROLES, "at most " + MOST_ROLES);
        }
        return roles;
    }

    @Override
    public void sessions(Collection<String> users, int atMost, Consumer<List<ImportedSession>> taker) {
        // A file has none.
    }

    @Override
    public List<String> remarks() {
        return List.of();
    }

    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException alreadyGone) {
            // It was read.
        }
    }

    private static Optional<CsvLine> read(CsvReader reader) {
        try {
            return reader.next();
        } catch (IOException failed) {
            throw new ImportSourceException("The file cannot be read any further.");
        }
    }
}
