package dev.latchkey.account;

import dev.latchkey.account.AccountPage.Cursor;
import dev.latchkey.account.AccountPage.Order;
import dev.latchkey.account.AccountPage.Query;
import dev.latchkey.account.ManagedAccount.Ban;
import dev.latchkey.platform.db.SingleStatements;
import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Accounts as an administrator finds and changes them. */
@ApplicationScoped
class ManagedAccountRepository implements PanacheRepositoryBase<UserEntity, String> {

    /** Of a transaction that changes administrators: one comes after the other, so that they cannot end each other's role. */
    private static final long ADMINISTRATORS_LOCK = 4_155_106_021_386_730_157L;

    /** Greater than every other character, so that with it a prefix is greater than every text that begins with it. */
    private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);

    private static final String COLUMNS = ProfileRow.COLUMNS
            + ", (select b.reason from bans b where b.user_id = u.id) as ban_reason"
            + ", (select b.banned_until from bans b where b.user_id = u.id) as banned_until";

    private final SingleStatements statements;

    ManagedAccountRepository(SingleStatements statements) {
        this.statements = statements;
    }

    Optional<ManagedAccount> find(String id) {
        return statements.row(
                "select " + COLUMNS + " from users u where u.id = ?", ManagedAccountRepository::account, id);
    }

    /**
     * Returns the accounts that a query finds among the next ones in its order, at most {@code limit} of them.
     *
     * @param examined the number of accounts that are looked at, whether they are found or not
     */
    List<Found> page(Query query, @Nullable Cursor after, int limit, int examined) {
        List<Object> parameters = new ArrayList<>();
        return statements.rows(
                sql(query, after, limit, examined, parameters),
                row -> new Found(account(row), cursor(query.order(), row)),
                parameters);
    }

    /** The statement of a page; adds its parameters. */
    static String sql(Query query, @Nullable Cursor after, int limit, int examined, List<Object> parameters) {
        String ordered = ordered(query, after, examined, parameters);
        List<String> filters = filters(query, parameters);
        return "select " + COLUMNS + ", u.name_key from (" + ordered + ") u"
                + (filters.isEmpty() ? "" : " where " + String.join(" and ", filters))
                + " order by " + (query.order() == Order.NAME ? "u.name_key, u.id" : order(query.order()))
                + " limit " + limit;
    }

    /** An account, and the cursor of a page that begins after it. */
    record Found(ManagedAccount account, Cursor cursor) {}

    /** Returns the last of the accounts that were looked at for a page; empty if they are fewer than that. */
    Optional<Cursor> lastExamined(Query query, @Nullable Cursor after, int examined) {
        List<Object> parameters = new ArrayList<>();
        String sql = "select u.id as user_id, u.email as user_email, u.created_at as user_created_at,"
                + " u.name_key from ("
                + ordered(query, after, examined, parameters) + ") u offset " + (examined - 1);
        return statements.rows(sql, row -> cursor(query.order(), row), parameters).stream()
                .findFirst();
    }

    /**
     * The next accounts in the order of a query, by the index that has that order.
     *
     * <p>Each condition here is one of an index in V017, word for word where the index has a condition itself.
     */
    private static String ordered(Query query, @Nullable Cursor after, int examined, List<Object> parameters) {
        List<String> conditions = new ArrayList<>();
        switch (query.order()) {
            case EMAIL -> {
                String prefix = String.valueOf(query.email());
                conditions.add("u.email >= ? and u.email < ?");
                parameters.addAll(List.of(prefix, prefix + LAST_CHARACTER));
                if (after != null) {
                    conditions.add("u.email > ?");
                    parameters.add(after.key());
                }
            }
            case NAME -> {
                String prefix = String.valueOf(query.name());
                conditions.add("u.name is not null and lower(u.name) collate \"C\" >= lower(?) collate \"C\""
                        + " and lower(u.name) collate \"C\" < lower(?) collate \"C\"");
                parameters.addAll(List.of(prefix, prefix + LAST_CHARACTER));
                if (after != null) {
                    conditions.add("(lower(u.name) collate \"C\", u.id) > (?, ?)");
                    parameters.addAll(List.of(after.key(), after.id()));
                }
            }
            case CREATED -> {
                if (RoleNames.ADMINISTRATOR.equals(query.role())) {
                    conditions.add("'admin' = any (u.roles)");
                } else if (query.role() != null) {
                    conditions.add("u.roles <> '{}'");
                } else if (Boolean.TRUE.equals(query.banned())) {
                    conditions.add("u.disabled_at is not null");
                }
                if (query.createdFrom() != null) {
                    conditions.add("u.created_at >= ?");
                    parameters.add(query.createdFrom().atOffset(ZoneOffset.UTC));
                }
                if (query.createdBefore() != null) {
                    conditions.add("u.created_at < ?");
                    parameters.add(query.createdBefore().atOffset(ZoneOffset.UTC));
                }
                if (after != null) {
                    conditions.add("(u.created_at, u.id) < (?, ?)");
                    parameters.addAll(List.of(after.createdAt().atOffset(ZoneOffset.UTC), after.id()));
                }
            }
        }
        // With the key by name, so that the planner knows the outer order to be that of the rows, and stops early.
        return "select u.*, lower(u.name) collate \"C\" as name_key from users u"
                + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
                + " order by " + order(query.order()) + " limit " + examined;
    }

    private static String order(Order order) {
        return switch (order) {
            case CREATED -> "u.created_at desc, u.id desc";
            case EMAIL -> "u.email";
            case NAME -> "lower(u.name) collate \"C\", u.id";
        };
    }

    /** What an account is to have beside its place in the order; some of it may be said there already. */
    private static List<String> filters(Query query, List<Object> parameters) {
        List<String> filters = new ArrayList<>();
        if (query.name() != null && query.order() != Order.NAME) {
            filters.add("starts_with(lower(u.name), lower(?))");
            parameters.add(query.name());
        }
        if (query.text() != null) {
            filters.add("(position(lower(?) in u.email) > 0 or position(lower(?) in lower(u.name)) > 0)");
            parameters.addAll(List.of(query.text(), query.text()));
        }
        if (query.role() != null) {
            filters.add("? = any (u.roles)");
            parameters.add(query.role());
        }
        if (query.banned() != null) {
            filters.add(query.banned() ? "u.disabled_at is not null" : "u.disabled_at is null");
        }
        if (query.verified() != null) {
            filters.add(query.verified() ? "u.email_verified" : "not u.email_verified");
        }
        if (query.createdFrom() != null && query.order() != Order.CREATED) {
            filters.add("u.created_at >= ?");
            parameters.add(query.createdFrom().atOffset(ZoneOffset.UTC));
        }
        if (query.createdBefore() != null && query.order() != Order.CREATED) {
            filters.add("u.created_at < ?");
            parameters.add(query.createdBefore().atOffset(ZoneOffset.UTC));
        }
        return filters;
    }

    private static ManagedAccount account(ResultSet row) throws SQLException {
        Instant disabledAt = instant(row, "user_disabled_at");
        Ban ban = disabledAt == null
                ? null
                : new Ban(disabledAt, row.getString("ban_reason"), instant(row, "banned_until"));
        return new ManagedAccount(ProfileRow.read(row), ban);
    }

    private static Cursor cursor(Order order, ResultSet row) throws SQLException {
        String id = row.getString("user_id");
        return switch (order) {
            case CREATED ->
                Cursor.ofCreation(
                        row.getObject("user_created_at", OffsetDateTime.class).toInstant(), id);
            case EMAIL -> new Cursor(order, row.getString("user_email"), id);
            case NAME -> new Cursor(order, row.getString("name_key"), id);
        };
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    // --- Changes ---

    /** Lets the caller's transaction record itself, with who has made them, the changes that a trigger would record. */
    void recordChanges() {
        getEntityManager()
                .createNativeQuery("select set_config('latchkey.records_changes', 'on', true)", String.class)
                .getSingleResult();
    }

    /** Lets transactions that change administrators come one after another. */
    void lockAdministrators() {
        getEntityManager()
                .createNativeQuery("select pg_advisory_xact_lock(?1)", Object.class)
                .setParameter(1, ADMINISTRATORS_LOCK)
                .getSingleResult();
    }

    /** Locks the row: until the transaction ends no other changes it, and no sign-in of the user proceeds. */
    boolean lock(String id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE).isPresent();
    }

    boolean isAdministrator(String id) {
        return (Boolean) getEntityManager()
                .createNativeQuery(
                        "select exists (select from users where id = ?1 and 'admin' = any (roles) and disabled_at is null)",
                        Boolean.class)
                .setParameter(1, id)
                .getSingleResult();
    }

    boolean hasAdministratorBeside(String id) {
        return (Boolean) getEntityManager()
                .createNativeQuery(
                        "select exists (select from users where id <> ?1 and 'admin' = any (roles) and disabled_at is null)",
                        Boolean.class)
                .setParameter(1, id)
                .getSingleResult();
    }

    void setRoles(String id, Collection<String> roles) {
        getEntityManager()
                .createNativeQuery("update users set roles = cast(?2 as text[]), updated_at = now() where id = ?1")
                .setParameter(1, id)
                .setParameter(2, roles.toArray(String[]::new))
                .executeUpdate();
    }

    /** Disables the account, or changes the reason and the end of a ban. */
    void ban(String id, @Nullable String reason, @Nullable Instant until) {
        getEntityManager()
                .createNativeQuery("""
                        insert into bans (user_id, reason, banned_until)
                        values (?1, cast(?2 as text), cast(?3 as timestamptz))
                        on conflict (user_id) do update
                        set reason = excluded.reason, banned_until = excluded.banned_until""")
                .setParameter(1, id)
                .setParameter(2, reason)
                .setParameter(3, until == null ? null : until.toString())
                .executeUpdate();
        getEntityManager()
                .createNativeQuery("update users set disabled_at = now(), updated_at = now()"
                        + " where id = ?1 and disabled_at is null")
                .setParameter(1, id)
                .executeUpdate();
    }

    /** Enables a disabled account; false if it is not disabled. */
    boolean enable(String id) {
        return getEntityManager()
                        .createNativeQuery("update users set disabled_at = null, updated_at = now()"
                                + " where id = ?1 and disabled_at is not null")
                        .setParameter(1, id)
                        .executeUpdate()
                == 1;
    }

    /** Returns whether there is a ban of this account that has come to its end. */
    boolean hasExpiredBan(String id) {
        return (Boolean) getEntityManager()
                .createNativeQuery(
                        "select exists (select from bans where user_id = ?1 and banned_until <= now())", Boolean.class)
                .setParameter(1, id)
                .getSingleResult();
    }

    /** Enables accounts whose ban has come to its end, at most {@code limit} of them, and returns their ids. */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> enableExpired(int limit) {
        // The accounts are locked before the bans, as everywhere.
        return getEntityManager()
                .createNativeQuery("""
                        update users set disabled_at = null, updated_at = now()
                        where disabled_at is not null and id = any (array(
                            select u.id from users u join bans b on b.user_id = u.id
                            where b.banned_until <= now() limit ?1 for update of u skip locked))
                        returning id""", String.class)
                .setParameter(1, limit)
                .getResultList();
    }
}
