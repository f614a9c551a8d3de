package dev.latchkey.revocation;

import dev.latchkey.platform.db.AfterCommit;
import dev.latchkey.platform.db.Expirable;
import dev.latchkey.platform.db.Migrations.SchemaReady;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ends access tokens before they expire.
 *
 * <p>Revocations are rows first, written with the change that ends a session or shuts an account. This replica knows those
 * of its own as soon as they have committed, and all others when it next reads, which is at once when it hears of them.
 */
@ApplicationScoped
public class Revocations implements Expirable {

    /** How long a transaction may take from the writing of a row to its commit. */
    private static final Duration LATE_COMMIT = Duration.ofMinutes(1);
    /** Readings come four times within the bound; a reader that does not even try has died. */
    private static final int DEAD = 10;

    private final RevocationRepository rows;
    private final RevokedTokens revoked;
    private final RevocationFeed feed;
    private final RevocationReader reader;
    private final ChangeListener listener;
    private final AfterCommit afterCommit;
    private final RevocationConfig config;
    private final Clock clock;
    private final Duration kept;
    private final Duration leeway;

    Revocations(
            RevocationRepository rows,
            RevokedTokens revoked,
            RevocationFeed feed,
            RevocationReader reader,
            ChangeListener listener,
            AfterCommit afterCommit,
            RevocationConfig config,
            TokenLifetime tokens,
            Clock clock) {
        this.rows = rows;
        this.revoked = revoked;
        this.feed = feed;
        this.reader = reader;
        this.listener = listener;
        this.afterCommit = afterCommit;
        this.config = config;
        this.clock = clock;
        this.leeway = tokens.leeway();
        // The last token of a session may be renewed by a replica that has not heard of the revocation yet (see
        // RevokedTokens.RECENT), and is verified by the slowest clock that is tolerated.
        this.kept = tokens.lifetime().plus(tokens.leeway().multipliedBy(2)).plus(LATE_COMMIT);
    }

    /** Refuses the tokens of these sessions from the moment that the caller's transaction commits. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void revoke(Collection<String> sessionIds) {
        if (!sessionIds.isEmpty()) {
            rows.insert(sessionIds);
            ended(sessionIds);
        }
    }

    /** The same, of sessions whose rows were deleted, for which the database has written it already. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void ended(Collection<String> sessionIds) {
        List<String> ended = List.copyOf(sessionIds);
        onceCommitted(until -> ended.forEach(id -> revoked.add(id, until)));
    }

    /**
     * Refuses every token of a user that was issued before now, also of sessions that left no row, but for those of one
     * session if that is wanted. Sessions that have ended are to be revoked by name besides: to spare who signs in
     * within the same second, this reaches up to the leeway only.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void revokeUser(String userId, @Nullable String spared) {
        String sparedSession = spared == null ? "" : spared;
        Instant issuedBefore = rows.insertUser(userId, sparedSession);
        onceCommitted(until -> revoked.addUser(userId, sparedSession, issuedBefore, until));
    }

    /** Why this replica may not know what was revoked, in words; empty when all is well. */
    public Optional<String> trouble() {
        Instant now = clock.instant();
        if (!revoked.everComplete()) {
            return Optional.of("have not been read from the database yet");
        }
        // By the reader's attempts, not by the age: when the whole process stood still nothing is wrong with the
        // database.
        Instant trying = feed.tryingSince();
        boolean late = trying != null && now.isAfter(trying.plus(config.maxStaleness()));
        Duration age = revoked.age(now);
        if (!late && age.compareTo(config.maxStaleness().multipliedBy(DEAD)) <= 0) {
            return Optional.empty();
        }
        return Optional.of("were last read %d s ago; tokens are %s"
                .formatted(
                        age.toSeconds(),
                        config.strict() ? "refused, as LATCHKEY_REVOCATION_STRICT asks" : "still accepted"));
    }

    /** Starts to follow what other replicas revoke. */
    void begin(@Observes SchemaReady event) {
        QuarkusTransaction.requiringNew().run(() -> rows.atLeast(kept, leeway));
        reader.readOnce();
        reader.begin();
        listener.begin();
    }

    /** Learns at once what others have revoked. */
    public void read() {
        reader.readOnce();
    }

    @Override
    public String name() {
        return "revocations";
    }

    @Override
    @Transactional(Transactional.TxType.MANDATORY)
    public int deleteExpired(int limit) {
        return rows.deleteExpired(limit);
    }

    private void onceCommitted(Consumer<Instant> remember) {
        // Security: when the response to the commit was lost it may have happened, so the token is refused.
        afterCommit.runUnlessRolledBack(() -> remember.accept(clock.instant().plus(kept)));
    }

    /**
     * For how long a revocation may concern a token; the token feature produces it from its settings.
     *
     * @param lifetime of an access token
     * @param leeway by how much clocks may differ
     */
    public record TokenLifetime(Duration lifetime, Duration leeway) {}
}
