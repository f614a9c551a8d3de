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
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * The database of a Better Auth server, read only and in the order of its users' ids. No transaction stays open between
 * parts, so the server may run; a user who signs up while it is read may be missed, and is found the next time.
 */
public final class BetterAuthDatabase implements UserSource {

    /** Its tokens have 32 characters. A much shorter one could be guessed, and its hash be searched. */
    private static final int MIN_TOKEN_LENGTH = 24;

    private static final String INTERRUPTED = "The source cannot be read any further: ";

    private final Connection connection;
    private final Statements sql;
    private @Nullable String last;
    private boolean ended;
    private long socialAccounts;
    private long unusableSessions;

    private BetterAuthDatabase(Connection connection, Statements sql) {
        this.connection = connection;
        this.sql = sql;
    }

    /** Connects. A user or a password that is not given is taken from the URL or the driver's defaults. */
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
        return query("The source cannot be reached: ", () -> {
            Connection connection = new Driver().connect(url.text(), properties);
            if (connection == null) {
                throw new UnreadableException("The source's URL is none of a PostgreSQL database.");
            }
            try {
                connection.setReadOnly(true);
                // Large results are fetched in parts only within a transaction.
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
    public boolean isStrict() {
        return false;
    }

    @Override
    public long total() {
        return query(() -> {
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
    public List<Entry> next(int atMost) {
        return ended
                ? List.of()
                : query(() -> {
                    try {
                        return page(atMost);
                    } finally {
                        connection.rollback();
                    }
                });
    }

    private List<Entry> page(int atMost) throws SQLException {
        List<User> users = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(last == null ? sql.first() : sql.next())) {
            if (last != null) {
                statement.setString(1, last);
            }
            statement.setInt(last == null ? 1 : 2, atMost);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    users.add(user(found));
                }
            }
        }
        ended = users.size() < atMost;
        if (users.isEmpty()) {
            return List.of();
        }
        last = users.getLast().id();
        Map<String, String> hashes = hashes(users.stream().map(User::id).toList());
        return users.stream()
                .<Entry>map(user -> withHash(user, hashes.get(user.id())))
                .toList();
    }

    /** Returns the password hashes by user id; of several for one user, which Better Auth does not make, the latest. */
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
    public void sessions(Collection<String> users, int atMost, Consumer<List<ImportedSession>> consumer) {
        try (PreparedStatement statement = connection.prepareStatement(sql.sessions())) {
            statement.setArray(1, connection.createArrayOf("text", users.toArray()));
            statement.setFetchSize(atMost);
            try (ResultSet rows = statement.executeQuery()) {
                consume(rows, atMost, consumer);
            }
            connection.rollback();
        } catch (SQLException failure) {
            throw unreadable(INTERRUPTED, failure);
        }
    }

    private void consume(ResultSet rows, int atMost, Consumer<List<ImportedSession>> consumer) throws SQLException {
        List<ImportedSession> part = new ArrayList<>();
        while (rows.next()) {
            session(rows).ifPresentOrElse(part::add, () -> unusableSessions++);
            if (part.size() == atMost) {
                consumer.accept(List.copyOf(part));
                part.clear();
            }
        }
        if (!part.isEmpty()) {
            consumer.accept(part);
        }
    }

    private static Optional<ImportedSession> session(ResultSet row) throws SQLException {
        Instant expires = time(row, "expires_at");
        Instant created = time(row, "created_at");
        Instant updated = time(row, "updated_at");
        String token = row.getString("token");
        String user = row.getString("user_id");
        Client client = Client.noted(row.getString("ip_address"), row.getString("user_agent"));
        if (expires == null || created == null || token == null || token.length() < MIN_TOKEN_LENGTH) {
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
        if (unusableSessions > 0) {
            remarks.add(unusableSessions + " sessions have a token or a time that cannot be used, and were left out.");
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

    /** Reads all but the password's hash, which is in another table. */
    private static User user(ResultSet row) throws SQLException {
        String id = Objects.requireNonNull(row.getString("id"));
        return new User(
                Location.id(id),
                id,
                row.getString("email"),
                row.getString("name"),
                row.getString("image"),
                row.getBoolean("email_verified"),
                Set.of(),
                row.getBoolean("banned"),
                row.getBoolean("second_factor"),
                null,
                time(row, "created_at"),
                time(row, "updated_at"));
    }

    private static User withHash(User user, @Nullable String hash) {
        return new User(
                user.location(),
                user.id(),
                user.email(),
                user.name(),
                user.image(),
                user.emailVerified(),
                user.roles(),
                user.isBanned(),
                user.hasSecondFactor(),
                hash,
                user.createdAt(),
                user.updatedAt());
    }

    private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    private interface Query<T> {
        T run() throws SQLException;
    }

    private static <T> T query(Query<T> query) {
        return query(INTERRUPTED, query);
    }

    private static <T> T query(String failed, Query<T> query) {
        try {
            return query.run();
        } catch (SQLException failure) {
            throw unreadable(failed, failure);
        }
    }

    private static UnreadableException unreadable(String failed, SQLException failure) {
        return new UnreadableException(failed + DatabaseFailure.words(failure) + ".");
    }

    /** The columns of one of its tables, with their types. */
    private record Columns(String table, Map<String, String> types) {

        /** The types of ids that can be compared; another would need to be compared in its own way. */
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
                throw new UnreadableException("The source has no table \"" + table
                        + "\" of Better Auth; another schema is named by ?currentSchema= in its URL.");
            }
            return new Columns(table, types);
        }

        boolean has(String name) {
            return types.containsKey(name) || types.containsKey(snake(name));
        }

        /** Returns the column for a statement: as Better Auth names it, or in snake case as other tools do. */
        String column(String name) {
            if (!has(name)) {
                throw new UnreadableException("The source's table \"" + table + "\" has no column \"" + name + "\".");
            }
            return table.charAt(0) + ".\"" + (types.containsKey(name) ? name : snake(name)) + '"';
        }

        /** Returns microseconds of UTC; of a column without a zone too, which these servers fill in UTC. */
        String time(String name) {
            String column = column(name);
            return "case when isfinite(%1$s) then (extract(epoch from %1$s) * 1000000)::bigint end".formatted(column);
        }

        String flag(String name) {
            return has(name) ? "coalesce(" + column(name) + ", false)" : "false";
        }

        /** Returns the type by which ids are compared. */
        String idType() {
            String type = types.getOrDefault("id", "");
            String plain = type.equals("character varying") ? "text" : type;
            if (!ID_TYPES.contains(plain)) {
                throw new UnreadableException("The source's users have ids of a type that is not known here.");
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
