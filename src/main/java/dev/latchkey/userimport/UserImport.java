package dev.latchkey.userimport;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.BulkUserInsert;
import dev.latchkey.account.ImportedUser;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.session.SessionImport;
import dev.latchkey.session.SessionImport.ImportedSession;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Imports the users of another system, part by part, each part with its audit record in a transaction of its own: what
 * was stored stays when the import breaks off, and already exists when it is run again.
 */
@ApplicationScoped
public class UserImport {

    /** Small enough for the pool's timeout of one statement, even on a slow disk. */
    private static final int PART = 2_000;

    /** One user may have very many sessions. */
    private static final Duration MAX_PART = Duration.ofMinutes(10);

    private static final Duration MAX_DRY_RUN = Duration.ofDays(1);

    private final BulkUserInsert bulkInsert;
    private final SessionImport sessions;
    private final AuditLog audit;

    UserImport(BulkUserInsert bulkInsert, SessionImport sessions, AuditLog audit) {
        this.bulkInsert = bulkInsert;
        this.sessions = sessions;
        this.audit = audit;
    }

    /** Imports all users, and optionally their active sessions. */
    public ImportOutcome from(UserSource source, boolean withSessions, ImportListener listener) {
        return importAll(
                source,
                listener,
                part -> QuarkusTransaction.requiringNew()
                        .timeout((int) MAX_PART.toSeconds())
                        .call(() -> importPart(part, source, withSessions)));
    }

    /** Reports what an import would do, and changes nothing. */
    public ImportOutcome dryRun(UserSource source, boolean withSessions, ImportListener listener) {
        return QuarkusTransaction.requiringNew()
                .timeout((int) MAX_DRY_RUN.toSeconds())
                .call(() -> {
                    bulkInsert.prepareDryRun();
                    return importAll(source, listener, part -> dryRunPart(part, source, withSessions));
                });
    }

    private static ImportOutcome importAll(
            UserSource source, ImportListener listener, Function<List<SourceEntry>, ImportSummary> take) {
        ImportSummary all = new ImportSummary();
        try {
            long total = source.total();
            while (true) {
                List<SourceEntry> part = source.next(PART);
                if (part.isEmpty()) {
                    return new ImportOutcome.Finished(all);
                }
                ImportSummary summary = take.apply(part);
                all.add(summary);
                summary.notes().forEach(listener::onWarning);
                listener.onProgress(all.read(), total);
            }
        } catch (RuntimeException failed) {
            return new ImportOutcome.BrokenOff(all, DatabaseFailure.sentence(failed));
        }
    }

    private ImportSummary importPart(List<SourceEntry> part, UserSource source, boolean withSessions) {
        ImportSummary summary = new ImportSummary();
        List<Candidate> candidates = candidates(part, source, summary);
        List<BulkUserInsert.Result> outcomes = bulkInsert.insert(users(candidates));
        Set<String> owners = count(candidates, outcomes, summary);
        if (withSessions) {
            owners.addAll(existing(outcomes, bulkInsert::lockUntouched));
            importSessions(source, owners, summary, sessions::insert);
        }
        if (summary.imported() > 0 || summary.sessions() > 0) {
            audit.record(AuditEvent.usersImported(
                    source.kind(), Math.toIntExact(summary.imported()), Math.toIntExact(summary.sessions())));
        }
        return summary;
    }

    private ImportSummary dryRunPart(List<SourceEntry> part, UserSource source, boolean withSessions) {
        ImportSummary summary = new ImportSummary();
        List<Candidate> candidates = candidates(part, source, summary);
        List<BulkUserInsert.Result> outcomes = bulkInsert.dryRun(users(candidates));
        Set<String> owners = count(candidates, outcomes, summary);
        if (withSessions) {
            owners.addAll(existing(outcomes, bulkInsert::findUntouched));
            importSessions(source, owners, summary, sessions::countNew);
        }
        return summary;
    }

    /** A valid user, and the warnings to report if it is imported. */
    private record Candidate(SourceLocation place, ImportedUser validUser, List<ImportWarning> notes) {}

    private static List<Candidate> candidates(List<SourceEntry> part, UserSource source, ImportSummary summary) {
        ImportValidator validator = source.strict() ? ImportValidator.STRICT : ImportValidator.LENIENT;
        List<Candidate> candidates = new ArrayList<>();
        summary.countRead(part.size());
        for (SourceEntry entry : part) {
            switch (entry) {
                case SourceEntry.Unreadable(ImportWarning note) -> summary.note(note);
                case SourceEntry.User(SourceUser user) -> {
                    switch (validator.validate(user)) {
                        case ImportValidator.Result.Invalid(ImportWarning note) -> summary.note(note);
                        case ImportValidator.Result.Valid(ImportedUser validUser, List<ImportWarning> notes) ->
                            candidates.add(new Candidate(user.place(), validUser, notes));
                    }
                }
            }
        }
        return candidates;
    }

    private static List<ImportedUser> users(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::validUser).toList();
    }

    /** Counts the results. Returns the ids of imported users whose accounts are enabled. */
    private static Set<String> count(
            List<Candidate> candidates, List<BulkUserInsert.Result> outcomes, ImportSummary summary) {
        Set<String> imported = new HashSet<>();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            SourceLocation place = candidate.place();
            switch (outcomes.get(i)) {
                case BulkUserInsert.Result.Imported(AccountId id) -> {
                    summary.countImported();
                    candidate.notes().forEach(summary::note);
                    if (!candidate.validUser().disabled()) {
                        imported.add(id.value());
                    }
                }
                case BulkUserInsert.Result.AlreadyExists _ -> summary.countExisting();
                case BulkUserInsert.Result.IdTaken _ ->
                    summary.note(new ImportWarning(place, ImportReason.ID_TAKEN, ""));
                case BulkUserInsert.Result.EmailTaken(AccountId holder) ->
                    summary.note(new ImportWarning(place, ImportReason.ADDRESS_TAKEN, "user " + holder));
                case BulkUserInsert.Result.DeletedEarlier _ ->
                    summary.note(new ImportWarning(place, ImportReason.DELETED_HERE, ""));
            }
        }
        return imported;
    }

    /** Returns the ids of existing users who have not used their accounts since their import. */
    private static Set<String> existing(
            List<BulkUserInsert.Result> outcomes, Function<List<AccountId>, Set<AccountId>> untouched) {
        List<AccountId> there = new ArrayList<>();
        for (BulkUserInsert.Result outcome : outcomes) {
            if (outcome instanceof BulkUserInsert.Result.AlreadyExists(AccountId id)) {
                there.add(id);
            }
        }
        return there.isEmpty()
                ? Set.of()
                : untouched.apply(there).stream().map(AccountId::value).collect(Collectors.toSet());
    }

    private static void importSessions(
            UserSource source,
            Set<String> owners,
            ImportSummary summary,
            Function<List<ImportedSession>, Integer> take) {
        if (!owners.isEmpty()) {
            source.sessions(owners, PART, living -> {
                int taken = take.apply(living);
                summary.countSessions(taken, living.size() - taken);
            });
        }
    }
}
