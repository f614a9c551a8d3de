package dev.latchkey.account;

import dev.latchkey.account.BulkUserInsertRepository.Entry;
import dev.latchkey.account.BulkUserInsertRepository.Named;
import dev.latchkey.account.ImportResult.EmailTaken;
import dev.latchkey.account.ImportResult.Imported;
import dev.latchkey.account.ImportResult.DeletedEarlier;
import dev.latchkey.account.ImportResult.IdTaken;
import dev.latchkey.account.ImportResult.AlreadyExists;
import dev.latchkey.audit.AuditLog;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes users of many newcomers at once, in the caller's transaction. Whoever is here already is never touched. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class BulkUserInsert {

    /** A user in somebody's way may be deleted before we have looked who it is. */
    private static final int ROUNDS = 3;

    private final BulkUserInsertRepository rows;
    private final AuditLog audit;

    BulkUserInsert(BulkUserInsertRepository rows, AuditLog audit) {
        this.rows = rows;
        this.audit = audit;
    }

    /** What became of each, in their order; of several with one id or one address it is the first who arrives. */
    public List<ImportResult> insert(List<ImportedUser> newcomers) {
        return arrivals(
                newcomers,
                people -> {
                    Set<Entry> arrived = rows.insert(people);
                    rows.insertPasswords(people.stream()
                            .filter(person -> arrived.contains(entry(person)))
                            .filter(distinct())
                            .toList());
                    return arrived;
                },
                rows::find);
    }

    /** Before anything is foreseen in this transaction. */
    public void prepareDryRun() {
        rows.prepareDryRun();
    }

    /** What would become of each after all that have been foreseen in this transaction; nobody is made a user. */
    public List<ImportResult> dryRun(List<ImportedUser> newcomers) {
        return arrivals(newcomers, rows::insertDryRun, rows::findDryRun);
    }

    /**
     * Those of these users who may use their account and have not done anything with it here; until the transaction ends
     * they cannot.
     *
     * <p>Security: what they had elsewhere may be brought after them. Somebody who has been here may have ended a session or
     * changed a password, and what they ended must not come back.
     */
    public Set<AccountId> lockUntouched(Collection<AccountId> users) {
        return untouched(rows.lockActive(texts(users)));
    }

    /** The same, of whom nobody is held. */
    public Set<AccountId> findUntouched(Collection<AccountId> users) {
        return untouched(rows.active(texts(users)));
    }

    private Set<AccountId> untouched(List<String> active) {
        Set<String> concerned = audit.withActivity(active);
        return active.stream()
                .filter(id -> !concerned.contains(id))
                .map(AccountId::new)
                .collect(Collectors.toSet());
    }

    private static List<String> texts(Collection<AccountId> users) {
        return users.stream().map(AccountId::value).toList();
    }

    private List<ImportResult> arrivals(
            List<ImportedUser> newcomers,
            Function<List<Named>, Set<Entry>> insert,
            BiFunction<Collection<String>, Collection<String>, Set<Entry>> find) {
        List<Named> people = newcomers.stream()
                .map(newcomer -> new Named(Objects.requireNonNullElseGet(newcomer.id(), AccountId::create), newcomer))
                .toList();
        // Security: an import that is run again must not bring back whoever has left meanwhile.
        Set<String> deleted = audit.deleted(newcomers.stream()
                .map(ImportedUser::id)
                .filter(Objects::nonNull)
                .map(AccountId::value)
                .toList());
        @Nullable ImportResult[] arrivals = new ImportResult[people.size()];
        for (int round = 0; round < ROUNDS && Arrays.asList(arrivals).contains(null); round++) {
            List<Named> pending = new ArrayList<>();
            for (int i = 0; i < arrivals.length; i++) {
                if (arrivals[i] == null && !deleted.contains(people.get(i).id().value())) {
                    pending.add(people.get(i));
                }
            }
            Set<Entry> arrived = new HashSet<>(pending.isEmpty() ? Set.of() : insert.apply(pending));
            Others others = others(pending, find);
            for (int i = 0; i < arrivals.length; i++) {
                Named person = people.get(i);
                if (arrivals[i] == null) {
                    // The second of two that are alike finds the first one there.
                    arrivals[i] = arrived.remove(entry(person))
                            ? new Imported(person.id())
                            : others.inTheWay(
                                    person, deleted.contains(person.id().value()));
                }
            }
        }
        return Arrays.stream(arrivals)
                .map(arrival -> Objects.requireNonNull(arrival, "users come and go too fast to be told apart"))
                .toList();
    }

    private static Others others(
            List<Named> pending, BiFunction<Collection<String>, Collection<String>, Set<Entry>> find) {
        Map<String, String> emails = new HashMap<>();
        Map<String, String> holders = new HashMap<>();
        if (!pending.isEmpty()) {
            List<String> ids =
                    pending.stream().map(person -> person.id().value()).toList();
            List<String> addresses = pending.stream()
                    .map(person -> person.newcomer().email().canonical())
                    .toList();
            for (Entry entry : find.apply(ids, addresses)) {
                emails.put(entry.id(), entry.email());
                holders.put(entry.email(), entry.id());
            }
        }
        return new Others(emails, holders);
    }

    private static Entry entry(Named person) {
        return new Entry(person.id().value(), person.newcomer().email().canonical());
    }

    private static Predicate<Named> distinct() {
        Set<String> seen = new HashSet<>();
        return person -> seen.add(person.id().value());
    }

    /** Who is there, by id and by address. */
    private record Others(Map<String, String> emails, Map<String, String> holders) {

        /** Who is in somebody's way; null when it was somebody who has gone meanwhile. */
        @Nullable
        ImportResult inTheWay(Named person, boolean deleted) {
            String email = person.newcomer().email().canonical();
            String theirs = emails.get(person.id().value());
            if (theirs != null) {
                return theirs.equals(email) ? new AlreadyExists(person.id()) : new IdTaken(person.id());
            }
            if (deleted) {
                return new DeletedEarlier(person.id());
            }
            String holder = holders.get(email);
            if (holder == null) {
                return null;
            }
            AccountId other = new AccountId(holder);
            return person.newcomer().id() == null ? new AlreadyExists(other) : new EmailTaken(other);
        }
    }
}
