package dev.latchkey.userimport;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.BulkUserInsert;
import dev.latchkey.account.ImportedUser;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.session.ImportedSession;
import dev.latchkey.session.SessionImport;
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
 * Brings the users of another system in, part by part, each part with its audit record in a transaction of its own: what
 * was stored stays when it is broken off, and is found there already when it is run again.
 */
@ApplicationScoped
public class UserImport {

    /** Small enough for the pool's patience with one statement, also where the disk is slow. */
    private static final int PART = 2_000;

    /** One user may have very many sessions. */
    private static final Duration LONGEST_PART = Duration.ofMinutes(10);

    private static final Duration LONGEST_REHEARSAL = Duration.ofDays(1);

    private final BulkUserInsert bulkInsert;
    private final SessionImport sessions;
    private final AuditLog audit;

    UserImport(BulkUserInsert bulkInsert, SessionImport sessions, AuditLog audit) {
        this.bulkInsert = bulkInsert;
        this.sessions = sessions;
        this.audit = audit;
    }

    /** Brings all of them in, with their living sessions if that is wanted. */
    public ImportOutcome from(UserSource source, boolean withSessions, ImportListener witness) {
        return move(
                source,
                witness,
                part -> QuarkusTransaction.requiringNew()
                        .timeout((int) LONGEST_PART.toSeconds())
                        .call(() -> admit(part, source, withSessions)));
    }

    /** Finds out what would become of them. */
    public ImportOutcome rehearse(UserSource source, boolean withSessions, ImportListener witness) {
        return QuarkusTransaction.requiringNew()
                .timeout((int) LONGEST_REHEARSAL.toSeconds())
                .call(() -> {
                    bulkInsert.prepareDryRun();
                    return move(source, witness, part -> foresee(part, source, withSessions));
                });
    }

    private static ImportOutcome move(
            UserSource source, ImportListener witness, Function<List<SourceEntry>, ImportSummary> take) {
        ImportSummary all = new ImportSummary();
        try {
            long total = source.total();
            while (true) {
                List<SourceEntry> part = source.next(PART);
                if (part.isEmpty()) {
                    return new ImportOutcome.Finished(all);
                }
                ImportSummary tally = take.apply(part);
                all.add(tally);
                tally.notes().forEach(witness::noted);
                witness.passed(all.read(), total);
            }
        } catch (RuntimeException failed) {
            return new ImportOutcome.BrokenOff(all, DatabaseFailure.sentence(failed));
        }
    }

    private ImportSummary admit(List<SourceEntry> part, UserSource source, boolean withSessions) {
        ImportSummary tally = new ImportSummary();
        List<Candidate> candidates = candidates(part, source, tally);
        List<BulkUserInsert.Result> outcomes = bulkInsert.insert(newcomers(candidates));
        Set<String> owners = settle(candidates, outcomes, tally);
        if (withSessions) {
            owners.addAll(there(outcomes, bulkInsert::lockUntouched));
            bring(source, owners, tally, sessions::insert);
        }
        if (tally.imported() > 0 || tally.sessions() > 0) {
            audit.record(AuditEvent.usersImported(
                    source.kind(), Math.toIntExact(tally.imported()), Math.toIntExact(tally.sessions())));
        }
        return tally;
    }

    private ImportSummary foresee(List<SourceEntry> part, UserSource source, boolean withSessions) {
        ImportSummary tally = new ImportSummary();
        List<Candidate> candidates = candidates(part, source, tally);
        List<BulkUserInsert.Result> outcomes = bulkInsert.dryRun(newcomers(candidates));
        Set<String> owners = settle(candidates, outcomes, tally);
        if (withSessions) {
            owners.addAll(there(outcomes, bulkInsert::findUntouched));
            bring(source, owners, tally, sessions::countNew);
        }
        return tally;
    }

    /** Somebody who may come in, and what is to be said of it if they do. */
    private record Candidate(SourceLocation place, ImportedUser newcomer, List<ImportWarning> notes) {}

    private static List<Candidate> candidates(List<SourceEntry> part, UserSource source, ImportSummary tally) {
        ImportValidator entrance = source.strict() ? ImportValidator.STRICT : ImportValidator.LENIENT;
        List<Candidate> candidates = new ArrayList<>();
        tally.countRead(part.size());
        for (SourceEntry entry : part) {
            switch (entry) {
                case SourceEntry.Unreadable(ImportWarning note) -> tally.note(note);
                case SourceEntry.Person(SourceUser user) -> {
                    switch (entrance.judge(user)) {
                        case ImportValidator.Verdict.Unfit(ImportWarning note) -> tally.note(note);
                        case ImportValidator.Verdict.Fit(ImportedUser newcomer, List<ImportWarning> notes) ->
                            candidates.add(new Candidate(user.place(), newcomer, notes));
                    }
                }
            }
        }
        return candidates;
    }

    private static List<ImportedUser> newcomers(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::newcomer).toList();
    }

    /** Counts what became of them; the ids of those who are new and may use their account. */
    private static Set<String> settle(
            List<Candidate> candidates, List<BulkUserInsert.Result> outcomes, ImportSummary tally) {
        Set<String> arrived = new HashSet<>();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            SourceLocation place = candidate.place();
            switch (outcomes.get(i)) {
                case BulkUserInsert.Result.Imported(AccountId id) -> {
                    tally.countImported();
                    candidate.notes().forEach(tally::note);
                    if (!candidate.newcomer().disabled()) {
                        arrived.add(id.value());
                    }
                }
                case BulkUserInsert.Result.AlreadyExists _ -> tally.countThereAlready();
                case BulkUserInsert.Result.IdTaken _ -> tally.note(new ImportWarning(place, ImportReason.ID_TAKEN, ""));
                case BulkUserInsert.Result.EmailTaken(AccountId holder) ->
                    tally.note(new ImportWarning(place, ImportReason.ADDRESS_TAKEN, "user " + holder));
                case BulkUserInsert.Result.DeletedEarlier _ ->
                    tally.note(new ImportWarning(place, ImportReason.DELETED_HERE, ""));
            }
        }
        return arrived;
    }

    /** The ids of those who were here before and are as they came. */
    private static Set<String> there(
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

    private static void bring(
            UserSource source, Set<String> owners, ImportSummary tally, Function<List<ImportedSession>, Integer> take) {
        if (!owners.isEmpty()) {
            source.sessions(owners, PART, living -> {
                int taken = take.apply(living);
                tally.countSessions(taken, living.size() - taken);
            });
        }
    }
}
