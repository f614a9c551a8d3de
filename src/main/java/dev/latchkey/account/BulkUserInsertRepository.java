package dev.latchkey.account;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.Query;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Inserts and finds many users in one statement; lists are passed as arrays of text. */
@ApplicationScoped
class BulkUserInsertRepository implements PanacheRepositoryBase<UserEntity, String> {

    /** An imported user whose id is settled. */
    record Named(AccountId id, ImportedUser user) {}

    /** The id and the address of a user. */
    record Entry(String id, String email) {}

    /** Inserts the users who do not exist, in this order, and returns them: of two with one id or one address the first. */
    Set<Entry> insert(List<Named> candidates) {
        Query query = getEntityManager()
                .createNativeQuery("""
                        insert into users
                            (id, email, name, image, email_verified, roles, disabled_at, created_at, updated_at)
                        select id, email, name, image, email_verified, string_to_array(roles, ';'),
                            case when disabled then now() end,
                            coalesce(created_at, now()), coalesce(updated_at, created_at, now())
                        from unnest(
                            cast(?1 as text[]), cast(?2 as text[]), cast(?3 as text[]), cast(?4 as text[]),
                            cast(?5 as boolean[]), cast(?6 as text[]), cast(?7 as boolean[]),
                            cast(?8 as timestamptz[]), cast(?9 as timestamptz[])) with ordinality as imported
                            (id, email, name, image, email_verified, roles, disabled, created_at, updated_at, place)
                        where not exists (
                            select from reserved_emails r where r.email = imported.email and r.expires_at > now())
                        order by place
                        on conflict do nothing
                        returning id, email""", Object[].class)
                .setParameter(1, column(candidates, candidate -> candidate.id().value()))
                .setParameter(
                        2,
                        column(candidates, candidate -> candidate.user().email().canonical()))
                .setParameter(
                        3, column(candidates, candidate -> candidate.user().name()))
                .setParameter(
                        4, column(candidates, candidate -> candidate.user().image()))
                .setParameter(
                        5,
                        column(
                                candidates,
                                candidate -> Boolean.toString(candidate.user().emailVerified())))
                .setParameter(
                        6,
                        column(
                                candidates,
                                candidate -> String.join(
                                        ImportedUser.ROLE_SEPARATOR,
                                        candidate.user().roles())))
                .setParameter(
                        7,
                        column(
                                candidates,
                                candidate -> Boolean.toString(candidate.user().disabled())))
                .setParameter(
                        8, column(candidates, candidate -> text(candidate.user().createdAt())))
                .setParameter(
                        9, column(candidates, candidate -> text(candidate.user().updatedAt())));
        return entries(query);
    }

    void insertPasswords(List<Named> candidates) {
        getEntityManager()
                .createNativeQuery("""
                        insert into credentials (user_id, kind, secret)
                        select id, 'password', secret
                        from unnest(cast(?1 as text[]), cast(?2 as text[])) as imported (id, secret)
                        where secret is not null""")
                .setParameter(1, column(candidates, candidate -> candidate.id().value()))
                .setParameter(2, column(candidates, candidate -> {
                    var password = candidate.user().password();
                    return password == null ? null : password.encoded();
                }))
                .executeUpdate();
    }

    /** Returns the users with one of these ids or addresses. */
    Set<Entry> find(Collection<String> ids, Collection<String> emails) {
        return entries(getEntityManager()
                .createNativeQuery("""
                        select id, email from users where id = any (cast(?1 as text[]))
                        union
                        select id, email from users where email = any (cast(?2 as text[]))""", Object[].class)
                .setParameter(1, ids.toArray(String[]::new))
                .setParameter(2, emails.toArray(String[]::new)));
    }

    /** Returns those of these addresses that are reserved, with the users whose addresses they were until a short time ago. */
    Set<Entry> reserved(Collection<String> emails) {
        return entries(getEntityManager()
                .createNativeQuery("""
                        select user_id, email from reserved_emails
                        where email = any (cast(?1 as text[])) and expires_at > now()""", Object[].class)
                .setParameter(1, emails.toArray(String[]::new)));
    }

    /** Creates a temporary table for a dry run, and makes the transaction read-only. */
    void prepareDryRun() {
        getEntityManager().createNativeQuery("""
                        create temporary table dry_run_users (
                            id text collate "C" primary key, email text collate "C" not null unique) on commit drop""").executeUpdate();
        getEntityManager().createNativeQuery("set transaction read only").executeUpdate();
    }

    /** Returns the users who would be inserted, in this order. */
    Set<Entry> insertDryRun(List<Named> candidates) {
        return entries(getEntityManager()
                .createNativeQuery("""
                        insert into dry_run_users (id, email)
                        select id, email
                        from unnest(cast(?1 as text[]), cast(?2 as text[])) with ordinality as imported (id, email, place)
                        where not exists (select from users where users.id = imported.id)
                            and not exists (select from users where users.email = imported.email)
                            and not exists (
                                select from reserved_emails r where r.email = imported.email and r.expires_at > now())
                        order by place
                        on conflict do nothing
                        returning id, email""", Object[].class)
                .setParameter(1, column(candidates, candidate -> candidate.id().value()))
                .setParameter(
                        2,
                        column(candidates, candidate -> candidate.user().email().canonical())));
    }

    /** Returns the users who have one of these ids or addresses, or would have. */
    Set<Entry> findDryRun(Collection<String> ids, Collection<String> emails) {
        Set<Entry> found = entries(getEntityManager()
                .createNativeQuery("""
                        select id, email from dry_run_users where id = any (cast(?1 as text[]))
                        union
                        select id, email from dry_run_users where email = any (cast(?2 as text[]))""", Object[].class)
                .setParameter(1, ids.toArray(String[]::new))
                .setParameter(2, emails.toArray(String[]::new)));
        found.addAll(find(ids, emails));
        return found;
    }

    /** Returns the ids of those who are active. */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> active(Collection<String> ids) {
        return getEntityManager()
                .createNativeQuery(
                        "select id from users where id = any (cast(?1 as text[])) and disabled_at is null",
                        String.class)
                .setParameter(1, ids.toArray(String[]::new))
                .getResultList();
    }

    /** Returns the ids of those who are active, and locks their rows against changes until the transaction ends. */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> lockActive(Collection<String> ids) {
        return getEntityManager()
                .createNativeQuery("""
                        select id from users where id = any (cast(?1 as text[])) and disabled_at is null
                        order by id for share""", String.class)
                .setParameter(1, ids.toArray(String[]::new))
                .getResultList();
    }

    @SuppressWarnings("unchecked") // queries for two text columns
    private static Set<Entry> entries(Query query) {
        List<Object[]> rows = query.getResultList();
        return rows.stream()
                .map(row -> new Entry((String) row[0], (String) row[1]))
                .collect(Collectors.toSet());
    }

    private static String[] column(List<Named> candidates, Function<Named, @Nullable String> value) {
        return candidates.stream().map(value).toArray(String[]::new);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
