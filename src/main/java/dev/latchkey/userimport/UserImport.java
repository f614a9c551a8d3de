package dev.latchkey.userimport;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.BulkUserInsert;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.account.ImportedUser;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.HashLimits;
import dev.latchkey.session.SessionImport;
import dev.latchkey.session.SessionImport.ImportedSession;
import dev.latchkey.signin.RateLimits;
import dev.latchkey.userimport.ImportWarning.Reason;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Imports the users of another system, part by part, each part with its audit record in a transaction of its own: what
 * was stored stays when the import breaks off, and already exists when it is run again.
 */
@ApplicationScoped
public class UserImport {

    /** Small enough for the pool's timeout of one statement, even on a slow disk. */
    private static final int PART_SIZE = 2_000;

    /** One user may have very many sessions. */
    private static final Duration MAX_PART_DURATION = Duration.ofMinutes(10);

    private static final Duration MAX_DRY_RUN_DURATION = Duration.ofDays(1);

    private final BulkUserInsert bulkInsert;
    private final SessionImport sessions;
    private final RateLimits rateLimits;
    private final HashLimits hashLimits;
    private final AuditLog audit;

    UserImport(
            BulkUserInsert bulkInsert,
            SessionImport sessions,
            RateLimits rateLimits,
            HashLimits hashLimits,
            AuditLog audit) {
        this.bulkInsert = bulkInsert;
        this.sessions = sessions;
        this.rateLimits = rateLimits;
        this.hashLimits = hashLimits;
        this.audit = audit;
    }

    /** Observes an import. */
    public interface Listener {

        /** So many users have been read and handled; the total is 0 if it is not known. */
        void onProgress(long read, long total);

        void onWarning(ImportWarning warning);
    }

    /** How an import ended. */
    public sealed interface Outcome {

        ImportSummary summary();

        /** The whole source was read. */
        record Finished(ImportSummary summary) implements Outcome {}

        /** It stopped for this reason; what was counted stays stored. */
        record BrokenOff(ImportSummary summary, String reason) implements Outcome {}
    }

    /** Imports all users, and optionally their active sessions. */
    public Outcome run(UserSource source, boolean withSessions, Listener listener) {
        return importAll(
                source,
                listener,
                part -> QuarkusTransaction.requiringNew()
                        .timeout((int) MAX_PART_DURATION.toSeconds())
                        .call(() -> importPart(part, source, withSessions)));
    }

    /** Reports what an import would do, and changes nothing. */
    public Outcome dryRun(UserSource source, boolean withSessions, Listener listener) {
        return QuarkusTransaction.requiringNew()
                .timeout((int) MAX_DRY_RUN_DURATION.toSeconds())
                .call(() -> {
                    bulkInsert.prepareDryRun();
                    return importAll(source, listener, part -> dryRunPart(part, source, withSessions));
                });
    }

    private static Outcome importAll(
            UserSource source, Listener listener, Function<List<UserSource.Entry>, ImportSummary> importPart) {
        ImportSummary all = new ImportSummary();
        try {
            long total = source.total();
            while (true) {
                List<UserSource.Entry> part = source.next(PART_SIZE);
                if (part.isEmpty()) {
                    return new Outcome.Finished(all);
                }
                ImportSummary summary = importPart.apply(part);
                all.add(summary);
                summary.warnings().forEach(listener::onWarning);
                listener.onProgress(all.read(), total);
            }
        } catch (RuntimeException failed) {
            return new Outcome.BrokenOff(all, DatabaseFailure.sentence(failed));
        }
    }

    private ImportSummary importPart(List<UserSource.Entry> part, UserSource source, boolean withSessions) {
        ImportSummary summary = new ImportSummary();
        List<Candidate> candidates = candidates(part, source, summary);
        List<BulkUserInsert.Result> results = bulkInsert.insert(users(candidates));
        Set<String> owners = count(candidates, results, summary);
        // What others tried while there was no account must not lock the imported one.
        rateLimits.reset(imported(candidates, results));
        if (withSessions) {
            owners.addAll(existing(results, bulkInsert::lockUntouched));
            importSessions(source, owners, summary, sessions::insert);
        }
        if (summary.imported() > 0 || summary.sessions() > 0) {
            audit.record(AuditEvent.usersImported(
                    source.kind(), Math.toIntExact(summary.imported()), Math.toIntExact(summary.sessions())));
        }
        return summary;
    }

    private ImportSummary dryRunPart(List<UserSource.Entry> part, UserSource source, boolean withSessions) {
        ImportSummary summary = new ImportSummary();
        List<Candidate> candidates = candidates(part, source, summary);
        List<BulkUserInsert.Result> results = bulkInsert.dryRun(users(candidates));
        Set<String> owners = count(candidates, results, summary);
        if (withSessions) {
            owners.addAll(existing(results, bulkInsert::findUntouched));
            importSessions(source, owners, summary, sessions::countNew);
        }
        return summary;
    }

    /** A valid user, and the warnings to report if it is imported. */
    private record Candidate(UserSource.Location location, ImportedUser user, List<ImportWarning> warnings) {}

    private List<Candidate> candidates(List<UserSource.Entry> part, UserSource source, ImportSummary summary) {
        ImportValidator validator = new ImportValidator(source.isStrict(), hashLimits);
        List<Candidate> candidates = new ArrayList<>();
        summary.countRead(part.size());
        for (UserSource.Entry entry : part) {
            switch (entry) {
                case UserSource.Unreadable(ImportWarning warning) -> summary.warn(warning);
                case UserSource.User user -> {
                    switch (validator.validate(user)) {
                        case ImportValidator.Result.Invalid(ImportWarning warning) -> summary.warn(warning);
                        case ImportValidator.Result.Valid(ImportedUser valid, List<ImportWarning> warnings) ->
                            candidates.add(new Candidate(user.location(), valid, warnings));
                    }
                }
            }
        }
        return candidates;
    }

    private static List<ImportedUser> users(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::user).toList();
    }

    private static List<EmailAddress> imported(List<Candidate> candidates, List<BulkUserInsert.Result> results) {
        return IntStream.range(0, results.size())
                .filter(i -> results.get(i) instanceof BulkUserInsert.Result.Imported)
                .mapToObj(i -> candidates.get(i).user().email())
                .toList();
    }

    /** Counts the results. Returns the ids of imported users whose accounts are enabled. */
    private static Set<String> count(
            List<Candidate> candidates, List<BulkUserInsert.Result> results, ImportSummary summary) {
        Set<String> imported = new HashSet<>();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            UserSource.Location location = candidate.location();
            switch (results.get(i)) {
                case BulkUserInsert.Result.Imported(AccountId id) -> {
                    summary.countImported();
                    candidate.warnings().forEach(summary::warn);
                    if (!candidate.user().disabled()) {
                        imported.add(id.value());
                    }
                }
                case BulkUserInsert.Result.AlreadyExists _ -> summary.countExisting();
                case BulkUserInsert.Result.IdTaken _ -> summary.warn(new ImportWarning(location, Reason.ID_TAKEN, ""));
                case BulkUserInsert.Result.EmailTaken(AccountId holder) ->
                    summary.warn(new ImportWarning(location, Reason.ADDRESS_TAKEN, "user " + holder));
                case BulkUserInsert.Result.DeletedEarlier _ ->
                    summary.warn(new ImportWarning(location, Reason.DELETED_HERE, ""));
            }
        }
        return imported;
    }

    /** Returns the ids of existing users who have not used their accounts since their import. */
    private static Set<String> existing(
            List<BulkUserInsert.Result> results, Function<List<AccountId>, Set<AccountId>> untouched) {
        List<AccountId> existing = new ArrayList<>();
        for (BulkUserInsert.Result result : results) {
            if (result instanceof BulkUserInsert.Result.AlreadyExists(AccountId id)) {
                existing.add(id);
            }
        }
        return existing.isEmpty()
                ? Set.of()
                : untouched.apply(existing).stream().map(AccountId::value).collect(Collectors.toSet());
    }

    private static void importSessions(
            UserSource source,
            Set<String> owners,
            ImportSummary summary,
            Function<List<ImportedSession>, Integer> insert) {
        if (!owners.isEmpty()) {
            source.sessions(owners, PART_SIZE, active -> {
                int inserted = insert.apply(active);
                summary.countSessions(inserted, active.size() - inserted);
            });
        }
    }
}
