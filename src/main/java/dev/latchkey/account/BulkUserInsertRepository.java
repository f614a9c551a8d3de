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

/** Many users in one statement each time: a list goes there and back as arrays of text. */
@ApplicationScoped
class BulkUserInsertRepository implements PanacheRepositoryBase<UserEntity, String> {

    /** Somebody whose id is settled. */
    record Named(AccountId id, ImportedUser newcomer) {}

    /** Whose id goes with which address. */
    record Entry(String id, String email) {}

    /** Those who are new, in this order: of two with one id or one address it is the first. */
    Set<Entry> insert(List<Named> people) {
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
                            cast(?8 as timestamptz[]), cast(?9 as timestamptz[])) with ordinality as newcomer
                            (id, email, name, image, email_verified, roles, disabled, created_at, updated_at, place)
                        order by place
                        on conflict do nothing
                        returning id, email""", Object[].class)
                .setParameter(1, column(people, person -> person.id().value()))
                .setParameter(
                        2, column(people, person -> person.newcomer().email().canonical()))
                .setParameter(3, column(people, person -> person.newcomer().name()))
                .setParameter(4, column(people, person -> person.newcomer().image()))
                .setParameter(
                        5,
                        column(
                                people,
                                person -> Boolean.toString(person.newcomer().emailVerified())))
                .setParameter(
                        6,
                        column(
                                people,
                                person -> String.join(
                                        ImportedUser.ROLE_SEPARATOR,
                                        person.newcomer().roles())))
                .setParameter(
                        7,
                        column(
                                people,
                                person -> Boolean.toString(person.newcomer().disabled())))
                .setParameter(8, column(people, person -> text(person.newcomer().createdAt())))
                .setParameter(9, column(people, person -> text(person.newcomer().updatedAt())));
        return entries(query);
    }

    void insertPasswords(List<Named> people) {
        getEntityManager()
                .createNativeQuery("""
                        insert into credentials (user_id, kind, secret)
                        select id, 'password', secret
                        from unnest(cast(?1 as text[]), cast(?2 as text[])) as newcomer (id, secret)
                        where secret is not null""")
                .setParameter(1, column(people, person -> person.id().value()))
                .setParameter(2, column(people, person -> {
                    var password = person.newcomer().password();
                    return password == null ? null : password.encoded();
                }))
                .executeUpdate();
    }

    /** Whoever has one of these ids or one of these addresses. */
    Set<Entry> find(Collection<String> ids, Collection<String> emails) {
        return entries(getEntityManager()
                .createNativeQuery("""
                        select id, email from users where id = any (cast(?1 as text[]))
                        union
                        select id, email from users where email = any (cast(?2 as text[]))""", Object[].class)
                .setParameter(1, ids.toArray(String[]::new))
                .setParameter(2, emails.toArray(String[]::new)));
    }

    /** Until the transaction ends there is a table of those who would be users by then, and no other can be changed. */
    void prepareDryRun() {
        getEntityManager().createNativeQuery("""
                        create temporary table foreseen_users (
                            id text collate "C" primary key, email text collate "C" not null unique) on commit drop""").executeUpdate();
        getEntityManager().createNativeQuery("set transaction read only").executeUpdate();
    }

    /** Those who would be new, in this order. */
    Set<Entry> insertDryRun(List<Named> people) {
        return entries(getEntityManager()
                .createNativeQuery("""
                        insert into foreseen_users (id, email)
                        select id, email
                        from unnest(cast(?1 as text[]), cast(?2 as text[])) with ordinality as newcomer (id, email, place)
                        where not exists (select from users where users.id = newcomer.id)
                            and not exists (select from users where users.email = newcomer.email)
                        order by place
                        on conflict do nothing
                        returning id, email""", Object[].class)
                .setParameter(1, column(people, person -> person.id().value()))
                .setParameter(
                        2, column(people, person -> person.newcomer().email().canonical())));
    }

    /** Whoever has one of these ids or one of these addresses, or would have. */
    Set<Entry> findDryRun(Collection<String> ids, Collection<String> emails) {
        Set<Entry> found = entries(getEntityManager()
                .createNativeQuery("""
                        select id, email from foreseen_users where id = any (cast(?1 as text[]))
                        union
                        select id, email from foreseen_users where email = any (cast(?2 as text[]))""", Object[].class)
                .setParameter(1, ids.toArray(String[]::new))
                .setParameter(2, emails.toArray(String[]::new)));
        found.addAll(find(ids, emails));
        return found;
    }

    /** Which of these are active. */
    @SuppressWarnings("unchecked") // a query for one text column
    List<String> active(Collection<String> ids) {
        return getEntityManager()
                .createNativeQuery(
                        "select id from users where id = any (cast(?1 as text[])) and disabled_at is null",
                        String.class)
                .setParameter(1, ids.toArray(String[]::new))
                .getResultList();
    }

    /** Which of these are active; nobody disables or changes them until the transaction ends. */
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

    private static String[] column(List<Named> people, Function<Named, @Nullable String> value) {
        return people.stream().map(value).toArray(String[]::new);
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
