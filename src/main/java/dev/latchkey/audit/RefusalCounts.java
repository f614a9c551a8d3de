package dev.latchkey.audit;

import dev.latchkey.audit.AuditConfig.Refusals;
import dev.latchkey.audit.AuditEvent.Outcome;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.platform.http.Client;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what refusals write: the first few of one client network, type and reason have entries of their own; the others of a
 * period are counted, and have one entry together. Those that concern an account are counted for that account instead of the
 * network, so that its user sees them.
 *
 * <p>Security: refusals are what a client without any credential can cause as often as it likes. Nothing here grows with the
 * number of clients: when there are too many different ones in a period, the further ones share one entry for each type.
 * Refusals that name an account have a limit of their own, so that networks that name none do not push them out.
 */
final class RefusalCounts {

    /** The reason of an entry for clients and reasons that were too many to be counted apart. */
    static final String OTHERS = "others";

    private final Refusals settings;
    private final Pool named = new Pool();
    private final Pool anonymous = new Pool();
    private Instant periodStart;
    private boolean closed;

    RefusalCounts(Refusals settings, Instant now) {
        this.settings = settings;
        this.periodStart = now;
    }

    /** The refusals of a period that were counted. */
    record Counted(AuditEvent event, long attempts, Instant last) {}

    /** What is counted apart: the account, or if there is none, the network; with the type and the reason. */
    private record Key(Type type, @Nullable String userId, String network, String reason) {}

    private static final class Pool {
        private final Map<Key, Tally> tallies = new HashMap<>();
        private final Map<Type, Tally> others = new EnumMap<>(Type.class);
        private int single;
    }

    /** Counts a refusal, and returns false; or returns true if it is to have an entry of its own. */
    synchronized boolean isSingle(AuditEvent event, Instant at) {
        if (closed) {
            return true;
        }
        String userId = event.userId() == null ? null : AuditEntries.storableUserId(event.userId());
        // The device cookie would be kept for nothing: it is long, and no entry has it.
        Client client = new Client(event.client().ip(), event.client().userAgent());
        Pool pool = userId == null ? anonymous : named;
        Key key = new Key(event.type(), userId, userId == null ? client.network() : "", event.reason());
        Tally tally = pool.tallies.get(key);
        if (tally == null && pool.tallies.size() >= settings.max()) {
            pool.others.computeIfAbsent(event.type(), type -> new Tally()).add(client, at);
            return false;
        }
        if (tally == null) {
            tally = new Tally();
            pool.tallies.put(key, tally);
        }
        // Security: a client that is over an account's limit must not bury the other events of the account.
        boolean neverSingle = userId != null && event.reason().equals(AuditEvent.THROTTLED);
        if (!neverSingle && tally.single < settings.single() && pool.single < settings.max()) {
            tally.single++;
            pool.single++;
            return true;
        }
        tally.add(client, at);
        return false;
    }

    /** Returns what was counted if the period is over, and begins the next one. */
    synchronized List<Counted> takeIfDue(Instant now) {
        Duration elapsed = Duration.between(periodStart, now);
        if (!elapsed.isNegative() && elapsed.compareTo(settings.period()) < 0) {
            return List.of();
        }
        return take(now);
    }

    /** Returns what was counted so far; from now on each refusal has an entry of its own, and none is counted unseen. */
    synchronized List<Counted> close(Instant now) {
        closed = true;
        return take(now);
    }

    private List<Counted> take(Instant now) {
        periodStart = now;
        List<Counted> counted = new ArrayList<>();
        for (Pool pool : List.of(named, anonymous)) {
            pool.tallies.forEach((key, tally) -> {
                if (tally.attempts > 0) {
                    counted.add(tally.counted(key.type(), key.userId(), key.reason()));
                }
            });
            pool.others.forEach((type, tally) -> counted.add(tally.counted(type, null, OTHERS)));
            pool.tallies.clear();
            pool.others.clear();
            pool.single = 0;
        }
        return counted;
    }

    /** The attempts that are counted in one entry, and what is common to their clients. */
    private static final class Tally {
        private int single;
        private long attempts;
        private Instant first = Instant.MIN;
        private Instant last = Instant.MIN;
        private Client client = Client.NONE;

        void add(Client attempting, Instant at) {
            if (attempts == 0) {
                first = at;
                client = attempting;
            } else if (!client.equals(attempting)) {
                client = common(client, attempting);
            }
            last = at;
            attempts++;
        }

        Counted counted(Type type, @Nullable String userId, String reason) {
            Map<String, String> details = new HashMap<>();
            if (!reason.isEmpty()) {
                details.put(AuditEvent.REASON, reason);
            }
            details.put("count", Long.toString(attempts));
            details.put("from", first.toString());
            details.put("to", last.toString());
            return new Counted(
                    new AuditEvent(type, Outcome.FAILURE, userId, client, Map.copyOf(details)), attempts, last);
        }

        /** Returns the address that both have, or their network, or no address; and the user agent that both have. */
        private static Client common(Client one, Client other) {
            String userAgent = one.userAgent().equals(other.userAgent()) ? one.userAgent() : "";
            if (one.ip().equals(other.ip())) {
                return new Client(one.ip(), userAgent);
            }
            String network = other.network();
            boolean same = one.ip().equals(network) || one.network().equals(network);
            return new Client(same ? network : "", userAgent);
        }
    }
}
