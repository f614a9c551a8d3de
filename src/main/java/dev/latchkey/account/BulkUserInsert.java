package dev.latchkey.account;

import dev.latchkey.account.BulkUserInsertRepository.Entry;
import dev.latchkey.account.BulkUserInsertRepository.Named;
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

/** Bulk-inserts imported users, in the caller's transaction. Existing users are never modified. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class BulkUserInsert {

    /** A user whose id or address conflicts may be deleted before the conflict is looked up. */
    private static final int ROUNDS = 3;

    private final BulkUserInsertRepository rows;
    private final AuditLog audit;

    BulkUserInsert(BulkUserInsertRepository rows, AuditLog audit) {
        this.rows = rows;
        this.audit = audit;
    }

    /** The result for one imported user. */
    public sealed interface Result {

        /** The user was inserted. */
        record Imported(AccountId id) implements Result {}

        /** The user exists: the same id with the same address, or, for a user without an id, the address. */
        record AlreadyExists(AccountId id) implements Result {}

        /** A user with that id has another address. */
        record IdTaken(AccountId id) implements Result {}

        /** The address is another user's, or was until a short time ago and is reserved for them. */
        record EmailTaken(AccountId holder) implements Result {}

        /** The account was deleted here, and stays so. */
        record DeletedEarlier(AccountId id) implements Result {}
    }

    /** Inserts users and returns the results in their order; of several with one id or one address the first is inserted. */
    public List<Result> insert(List<ImportedUser> users) {
        return results(
                users,
                candidates -> {
                    Set<Entry> inserted = rows.insert(candidates);
                    rows.insertPasswords(candidates.stream()
                            .filter(candidate -> inserted.contains(entry(candidate)))
                            .filter(distinct())
                            .toList());
                    return inserted;
                },
                rows::find);
    }

    /** Prepares the transaction for dry runs, and makes it read-only. */
    public void prepareDryRun() {
        rows.prepareDryRun();
    }

    /** Returns what {@link #insert} would, after all earlier dry runs in this transaction; inserts no user. */
    public List<Result> dryRun(List<ImportedUser> users) {
        return results(users, rows::insertDryRun, rows::findDryRun);
    }

    /**
     * Locks those of these users who are active and have not used their account here, and returns them; until the transaction
     * ends they cannot use it.
     *
     * <p>Security: what they had elsewhere may still be imported. A user who has been here may have ended a session or changed
     * a password, and what they ended must not come back.
     */
    public Set<AccountId> lockUntouched(Collection<AccountId> users) {
        return untouched(rows.lockActive(texts(users)));
    }

    /** Returns the same users without locking them. */
    public Set<AccountId> findUntouched(Collection<AccountId> users) {
        return untouched(rows.active(texts(users)));
    }

    private Set<AccountId> untouched(List<String> active) {
        Set<String> used = audit.usersWithActivity(active);
        return active.stream()
                .filter(id -> !used.contains(id))
                .map(AccountId::new)
                .collect(Collectors.toSet());
    }

    private static List<String> texts(Collection<AccountId> users) {
        return users.stream().map(AccountId::value).toList();
    }

    private List<Result> results(
            List<ImportedUser> users,
            Function<List<Named>, Set<Entry>> insert,
            BiFunction<Collection<String>, Collection<String>, Set<Entry>> find) {
        List<Named> candidates = users.stream()
                .map(user -> new Named(Objects.requireNonNullElseGet(user.id(), AccountId::create), user))
                .toList();
        // Security: an import that is run again must not bring back accounts that were deleted meanwhile.
        Set<String> deleted = audit.deletedUsers(users.stream()
                .map(ImportedUser::id)
                .filter(Objects::nonNull)
                .map(AccountId::value)
                .toList());
        @Nullable Result[] results = new Result[candidates.size()];
        for (int round = 0; round < ROUNDS && Arrays.asList(results).contains(null); round++) {
            List<Named> pending = new ArrayList<>();
            for (int i = 0; i < results.length; i++) {
                if (results[i] == null
                        && !deleted.contains(candidates.get(i).id().value())) {
                    pending.add(candidates.get(i));
                }
            }
            Set<Entry> inserted = new HashSet<>(pending.isEmpty() ? Set.of() : insert.apply(pending));
            Others others = others(pending, find);
            for (int i = 0; i < results.length; i++) {
                Named candidate = candidates.get(i);
                if (results[i] == null) {
                    // The second of two equal users finds the first one inserted.
                    results[i] = inserted.remove(entry(candidate))
                            ? new Result.Imported(candidate.id())
                            : others.conflict(
                                    candidate, deleted.contains(candidate.id().value()));
                }
            }
        }
        return Arrays.stream(results)
                .map(result ->
                        Objects.requireNonNull(result, "users are created and deleted too fast to be told apart"))
                .toList();
    }

    private Others others(List<Named> pending, BiFunction<Collection<String>, Collection<String>, Set<Entry>> find) {
        Map<String, String> emails = new HashMap<>();
        Map<String, String> holders = new HashMap<>();
        Map<String, String> reserved = new HashMap<>();
        if (!pending.isEmpty()) {
            List<String> ids =
                    pending.stream().map(candidate -> candidate.id().value()).toList();
            List<String> addresses = pending.stream()
                    .map(candidate -> candidate.user().email().canonical())
                    .toList();
            for (Entry entry : find.apply(ids, addresses)) {
                emails.put(entry.id(), entry.email());
                holders.put(entry.email(), entry.id());
            }
            rows.reserved(addresses).forEach(entry -> reserved.put(entry.email(), entry.id()));
        }
        return new Others(emails, holders, reserved);
    }

    private static Entry entry(Named candidate) {
        return new Entry(candidate.id().value(), candidate.user().email().canonical());
    }

    private static Predicate<Named> distinct() {
        Set<String> seen = new HashSet<>();
        return candidate -> seen.add(candidate.id().value());
    }

    /** Existing users, by id and by address, and those for whom an address is reserved. */
    private record Others(Map<String, String> emails, Map<String, String> holders, Map<String, String> reserved) {

        /** Returns the conflict; null when the conflicting user was deleted meanwhile. */
        @Nullable
        Result conflict(Named candidate, boolean deleted) {
            String email = candidate.user().email().canonical();
            String existingEmail = emails.get(candidate.id().value());
            if (existingEmail != null) {
                return existingEmail.equals(email)
                        ? new Result.AlreadyExists(candidate.id())
                        : new Result.IdTaken(candidate.id());
            }
            if (deleted) {
                return new Result.DeletedEarlier(candidate.id());
            }
            String holder = holders.get(email);
            if (holder == null) {
                String former = reserved.get(email);
                return former == null ? null : new Result.EmailTaken(new AccountId(former));
            }
            AccountId other = new AccountId(holder);
            return candidate.user().id() == null ? new Result.AlreadyExists(other) : new Result.EmailTaken(other);
        }
    }
}
