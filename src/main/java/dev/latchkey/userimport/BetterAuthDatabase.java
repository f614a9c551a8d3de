package dev.latchkey.userimport;

import dev.latchkey.account.AccountId;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.SessionImport.ImportedSession;
import dev.latchkey.session.SessionToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * The database of a Better Auth server, read only and in the order of its users' ids. Nothing is held in it meanwhile, so
 * the server may run; a user who signs up while it is read may be missed, and is found the next time.
 */
public final class BetterAuthDatabase implements UserSource {

    /** Its tokens have 32 characters. What is much shorter could be guessed, and its hash be searched. */
    private static final int SHORTEST_TOKEN = 24;

    private final Connection connection;
    private final Statements sql;
    private @Nullable String last;
    private boolean ended;
    private long socialAccounts;
    private long otherSessions;

    private BetterAuthDatabase(Connection connection, Statements sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /** Connects; without a user or a password, as the URL or the driver says. */
    public static BetterAuthDatabase open(SourceUrl url, @Nullable String user, @Nullable String password) {
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "latchkey-import");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "10");
        // Where an index is missing, a part takes as long as reading the whole table.
        properties.setProperty("socketTimeout", "300");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("readOnly", "true");
        return asked("The source cannot be reached: ", () -> {
            Connection connection = new Driver().connect(url.text(), properties);
            if (connection == null) {
                throw new ImportSourceException("The source's URL is none of a PostgreSQL database.");
            }
            try {
                connection.setReadOnly(true);
                // Large answers are fetched in parts only within a transaction.
                connection.setAutoCommit(false);
                Statements sql = Statements.of(
                        Columns.of(connection, "user"),
                        Columns.of(connection, "account"),
                        Columns.of(connection, "session"));
                connection.commit();
                return new BetterAuthDatabase(connection, sql);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        });
    }

    @Override
    public String kind() {
        return "better-auth";
    }

    @Override
    public boolean strict() {
        return false;
    }

    @Override
    public long total() {
        return asked(() -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.count());
                    ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            } finally {
                connection.rollback();
            }
        });
    }

    @Override
    public List<SourceEntry> next(int atMost) {
        return ended
                ? List.of()
                : asked(() -> {
                    try {
                        return page(atMost);
                    } finally {
                        connection.rollback();
                    }
                });
    }

    private List<SourceEntry> page(int atMost) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(last == null ? sql.first() : sql.next())) {
            if (last != null) {
                statement.setString(1, last);
            }
            statement.setInt(last == null ? 1 : 2, atMost);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    rows.add(row(found));
                }
            }
        }
        ended = rows.size() < atMost;
        if (rows.isEmpty()) {
            return List.of();
        }
        last = rows.getLast().id();
        Map<String, String> hashes = hashes(rows.stream().map(Row::id).toList());
        return rows.stream()
                .<SourceEntry>map(row -> new SourceEntry.User(row.user(hashes.get(row.id()))))
                .toList();
    }

    /** The password of each who has one; of several, which Better Auth does not make, the latest. */
    private Map<String, String> hashes(List<String> ids) throws SQLException {
        Map<String, String> hashes = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql.accounts())) {
            statement.setArray(1, connection.createArrayOf("text", ids.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String password = rows.getString("password");
                    if (!"credential".equals(rows.getString("provider"))) {
                        socialAccounts++;
                    } else if (password != null && !password.isEmpty()) {
                        hashes.put(rows.getString("user_id"), password);
                    }
                }
            }
        }
        return hashes;
    }

    @Override
    public void sessions(Collection<String> users, int atMost, Consumer<List<ImportedSession>> taker) {
        Supplier<Optional<List<ImportedSession>>> parts;
        try (PreparedStatement statement = asked(() -> connection.prepareStatement(sql.sessions()))) {
            ResultSet rows = asked(() -> {
                statement.setArray(1, connection.createArrayOf("text", users.toArray()));
                statement.setFetchSize(atMost);
                return statement.executeQuery();
            });
            parts = () -> asked(() -> part(rows, atMost));
            for (var part = parts.get(); part.isPresent(); part = parts.get()) {
                if (!part.get().isEmpty()) {
                    taker.accept(part.get());
                }
            }
            asked(() -> {
                connection.rollback();
                return rows;
            });
        } catch (SQLException closing) {
            throw unreadable("The source cannot be read any further: ", closing);
        }
    }

    /** The next sessions; none when there are no more. */
    private Optional<List<ImportedSession>> part(ResultSet rows, int atMost) throws SQLException {
        List<ImportedSession> part = new ArrayList<>();
        int read = 0;
        while (read < atMost && rows.next()) {
            read++;
            Optional<ImportedSession> session = session(rows);
            if (session.isEmpty()) {
                otherSessions++;
            }
            session.ifPresent(part::add);
        }
        return read == 0 ? Optional.empty() : Optional.of(part);
    }

    private static Optional<ImportedSession> session(ResultSet row) throws SQLException {
        Instant expires = time(row, "expires_at");
        Instant created = time(row, "created_at");
        Instant updated = time(row, "updated_at");
        String token = row.getString("token");
        String user = row.getString("user_id");
        Client client = Client.noted(row.getString("ip_address"), row.getString("user_agent"));
        if (expires == null || created == null || token == null || token.length() < SHORTEST_TOKEN) {
            return Optional.empty();
        }
        return SessionToken.parse(token)
                .map(read -> new ImportedSession(
                        new AccountId(user), read, created, updated == null ? created : updated, expires, client));
    }

    @Override
    public List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        if (socialAccounts > 0) {
            remarks.add(socialAccounts + " accounts at other providers were not imported; users without another way to"
                    + " sign in need a password.");
        }
        if (otherSessions > 0) {
            remarks.add(otherSessions + " sessions have a token or a time that cannot be used, and were left out.");
        }
        if (sql.hasRoles()) {
            remarks.add(
                    "The source has a column of roles, which was not read: roles open routes, so they are given here"
                            + " on purpose.");
        }
        return remarks;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException alreadyGone) {
            // Nothing was written there.
        }
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                Objects.requireNonNull(row.getString("id")),
                row.getString("email"),
                row.getString("name"),
                row.getString("image"),
                row.getBoolean("email_verified"),
                row.getBoolean("banned"),
                row.getBoolean("second_factor"),
                time(row, "created_at"),
                time(row, "updated_at"));
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private record Row(
            String id,
            @Nullable String email,
            @Nullable String name,
            @Nullable String image,
            boolean emailVerified,
            boolean banned,
            boolean secondFactor,
            @Nullable Instant createdAt,
            @Nullable Instant updatedAt) {

        SourceUser user(@Nullable String hash) {
            return new SourceUser(
                    SourceLocation.id(id),
                    id,
                    email,
                    name,
                    image,
                    emailVerified,
                    Set.of(),
                    banned,
                    secondFactor,
                    hash,
                    createdAt,
                    updatedAt);
        }
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    private static <T> T asked(Question<T> question) {
        return asked("The source cannot be read any further: ", question);
    }

    private static <T> T asked(String begins, Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException failed) {
            throw unreadable(begins, failed);
        }
    }

    private static ImportSourceException unreadable(String begins, SQLException failed) {
        return new ImportSourceException(begins + DatabaseFailure.words(failed) + ".");
    }

    /** The columns of one of its tables, and of which type they are. */
    private record Columns(String table, Map<String, String> types) {

        /** What ids may be; anything else would need to be compared in its own way. */
        private static final Set<String> ID_TYPES = Set.of("text", "uuid", "bigint", "integer");

        static Columns of(Connection connection, String table) throws SQLException {
            Map<String, String> types = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement("""
                    select attname, format_type(atttypid, null) from pg_attribute
                    where attrelid = to_regclass(?) and attnum > 0 and not attisdropped""")) {
                statement.setString(1, '"' + table + '"');
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        types.put(rows.getString(1), rows.getString(2));
                    }
                }
            }
            if (types.isEmpty()) {
                throw new ImportSourceException("The source has no table \"" + table
                        + "\" of Better Auth; another schema is named by ?currentSchema= in its URL.");
            }
            return new Columns(table, types);
        }

        boolean has(String name) {
            return types.containsKey(name) || types.containsKey(snake(name));
        }

        /** The column as it is to be written: as Better Auth calls it, or in the other usual way. */
        String column(String name) {
            if (!has(name)) {
                throw new ImportSourceException("The source's table \"" + table + "\" has no column \"" + name + "\".");
            }
            return table.charAt(0) + ".\"" + (types.containsKey(name) ? name : snake(name)) + '"';
        }

        /** Microseconds of UTC; of a column without a zone too, which these servers fill in UTC. */
        String time(String name) {
            String column = column(name);
            return "case when isfinite(%1$s) then (extract(epoch from %1$s) * 1000000)::bigint end".formatted(column);
        }

        String flag(String name) {
            return has(name) ? "coalesce(" + column(name) + ", false)" : "false";
        }

        /** The type by which ids are compared. */
        String idType() {
            String type = types.getOrDefault("id", "");
            String plain = type.equals("character varying") ? "text" : type;
            if (!ID_TYPES.contains(plain)) {
                throw new ImportSourceException("The source's users have ids of a type that is not known here.");
            }
            return plain;
        }

        private static String snake(String name) {
            return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        }
    }

    private record Statements(
            String count, String first, String next, String accounts, String sessions, boolean hasRoles) {

        static Statements of(Columns user, Columns account, Columns session) {
            String id = user.column("id");
            String banned = user.has("banExpires")
                    ? "(%s and coalesce(extract(epoch from %s) > extract(epoch from now()), true))"
                            .formatted(user.flag("banned"), user.column("banExpires"))
                    : user.flag("banned");
            String page = "select " + id + "::text as id, "
                    + user.column("email") + " as email, "
                    + user.column("name") + " as name, "
                    + user.column("image") + " as image, "
                    + user.column("emailVerified") + " as email_verified, "
                    + banned + " as banned, "
                    + user.flag("twoFactorEnabled") + " as second_factor, "
                    + user.time("createdAt") + " as created_at, "
                    + user.time("updatedAt") + " as updated_at"
                    + " from \"user\" u%s order by " + id + " limit ?";
            return new Statements(
                    "select count(*) from \"user\"",
                    page.formatted(""),
                    page.formatted(" where " + id + " > cast(? as " + user.idType() + ")"),
                    "select " + account.column("userId") + "::text as user_id, "
                            + account.column("providerId") + " as provider, "
                            + account.column("password") + " as password from account a where "
                            + account.column("userId") + " = any (cast(? as " + user.idType() + "[])) order by "
                            + account.column("updatedAt") + ", " + account.column("id"),
                    "select " + session.column("userId") + "::text as user_id, "
                            + session.column("token") + " as token, "
                            + session.column("ipAddress") + " as ip_address, "
                            + session.column("userAgent") + " as user_agent, "
                            + session.time("createdAt") + " as created_at, "
                            + session.time("updatedAt") + " as updated_at, "
                            + session.time("expiresAt") + " as expires_at from session s where "
                            + session.column("userId") + " = any (cast(? as " + user.idType() + "[]))"
                            + " and extract(epoch from " + session.column("expiresAt")
                            + ") > extract(epoch from now())",
                    user.has("role"));
        }
    }
}
