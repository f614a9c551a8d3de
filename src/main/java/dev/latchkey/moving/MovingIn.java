package dev.latchkey.moving;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Arrival;
import dev.latchkey.account.Arrivals;
import dev.latchkey.account.Newcomer;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.session.InheritedSession;
import dev.latchkey.session.InheritedSessions;
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
public class MovingIn {

    /** Small enough for the pool's patience with one statement, also where the disk is slow. */
    private static final int PART = 2_000;

    /** One user may have very many sessions. */
    private static final Duration LONGEST_PART = Duration.ofMinutes(10);

    private static final Duration LONGEST_REHEARSAL = Duration.ofDays(1);

    private final Arrivals arrivals;
    private final InheritedSessions sessions;
    private final AuditLog audit;

    MovingIn(Arrivals arrivals, InheritedSessions sessions, AuditLog audit) {
        this.arrivals = arrivals;
        this.sessions = sessions;
        this.audit = audit;
    }

    /** Brings all of them in, with their living sessions if that is wanted. */
    public Move from(Source source, boolean withSessions, Witness witness) {
        return move(
                source,
                witness,
                part -> QuarkusTransaction.requiringNew()
                        .timeout((int) LONGEST_PART.toSeconds())
                        .call(() -> admit(part, source, withSessions)));
    }

    /** Finds out what would become of them. */
    public Move rehearse(Source source, boolean withSessions, Witness witness) {
        return QuarkusTransaction.requiringNew()
                .timeout((int) LONGEST_REHEARSAL.toSeconds())
                .call(() -> {
                    arrivals.prepareForesight();
                    return move(source, witness, part -> foresee(part, source, withSessions));
                });
    }

    private static Move move(Source source, Witness witness, Function<List<Entry>, Tally> take) {
        Tally all = new Tally();
        try {
            long total = source.total();
            while (true) {
                List<Entry> part = source.next(PART);
                if (part.isEmpty()) {
                    return new Move.Finished(all);
                }
                Tally tally = take.apply(part);
                all.add(tally);
                tally.notes().forEach(witness::noted);
                witness.passed(all.read(), total);
            }
        } catch (RuntimeException failed) {
            return new Move.BrokenOff(all, Failure.sentence(failed));
        }
    }

    private Tally admit(List<Entry> part, Source source, boolean withSessions) {
        Tally tally = new Tally();
        List<Candidate> candidates = candidates(part, source, tally);
        List<Arrival> outcomes = arrivals.admit(newcomers(candidates));
        Set<String> owners = settle(candidates, outcomes, tally);
        if (withSessions) {
            owners.addAll(there(outcomes, arrivals::holdUntouched));
            bring(source, owners, tally, sessions::takeOver);
        }
        if (tally.imported() > 0 || tally.sessions() > 0) {
            audit.record(new AuditEvent.UsersImported(
                    source.kind(), Math.toIntExact(tally.imported()), Math.toIntExact(tally.sessions())));
        }
        return tally;
    }

    private Tally foresee(List<Entry> part, Source source, boolean withSessions) {
        Tally tally = new Tally();
        List<Candidate> candidates = candidates(part, source, tally);
        List<Arrival> outcomes = arrivals.foresee(newcomers(candidates));
        Set<String> owners = settle(candidates, outcomes, tally);
        if (withSessions) {
            owners.addAll(there(outcomes, arrivals::untouched));
            bring(source, owners, tally, sessions::count);
        }
        return tally;
    }

    /** Somebody who may come in, and what is to be said of it if they do. */
    private record Candidate(Place place, Newcomer newcomer, List<Note> notes) {}

    private static List<Candidate> candidates(List<Entry> part, Source source, Tally tally) {
        Entrance entrance = source.strict() ? Entrance.STRICT : Entrance.LENIENT;
        List<Candidate> candidates = new ArrayList<>();
        tally.countRead(part.size());
        for (Entry entry : part) {
            switch (entry) {
                case Entry.Unreadable(Note note) -> tally.note(note);
                case Entry.Person(ForeignUser user) -> {
                    switch (entrance.judge(user)) {
                        case Entrance.Verdict.Unfit(Note note) -> tally.note(note);
                        case Entrance.Verdict.Fit(Newcomer newcomer, List<Note> notes) ->
                            candidates.add(new Candidate(user.place(), newcomer, notes));
                    }
                }
            }
        }
        return candidates;
    }

    private static List<Newcomer> newcomers(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::newcomer).toList();
    }

    /** Counts what became of them; the ids of those who are new and may use their account. */
    private static Set<String> settle(List<Candidate> candidates, List<Arrival> outcomes, Tally tally) {
        Set<String> arrived = new HashSet<>();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            Place place = candidate.place();
            switch (outcomes.get(i)) {
                case Arrival.Arrived(AccountId id) -> {
                    tally.countImported();
                    candidate.notes().forEach(tally::note);
                    if (!candidate.newcomer().disabled()) {
                        arrived.add(id.value());
                    }
                }
                case Arrival.ThereAlready _ -> tally.countThereAlready();
                case Arrival.IdTaken _ -> tally.note(new Note(place, Reason.ID_TAKEN, ""));
                case Arrival.AddressTaken(AccountId holder) ->
                    tally.note(new Note(place, Reason.ADDRESS_TAKEN, "user " + holder));
                case Arrival.DeletedHere _ -> tally.note(new Note(place, Reason.DELETED_HERE, ""));
            }
        }
        return arrived;
    }

    /** The ids of those who were here before and are as they came. */
    private static Set<String> there(List<Arrival> outcomes, Function<List<AccountId>, Set<AccountId>> untouched) {
        List<AccountId> there = new ArrayList<>();
        for (Arrival outcome : outcomes) {
            if (outcome instanceof Arrival.ThereAlready(AccountId id)) {
                there.add(id);
            }
        }
        return there.isEmpty()
                ? Set.of()
                : untouched.apply(there).stream().map(AccountId::value).collect(Collectors.toSet());
    }

    private static void bring(
            Source source, Set<String> owners, Tally tally, Function<List<InheritedSession>, Integer> take) {
        if (!owners.isEmpty()) {
            source.sessions(owners, PART, living -> {
                int taken = take.apply(living);
                tally.countSessions(taken, living.size() - taken);
            });
        }
    }
}
