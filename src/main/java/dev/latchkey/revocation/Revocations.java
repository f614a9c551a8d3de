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
 * Revokes access tokens before they expire.
 *
 * <p>A revocation is a row that is written in the transaction that ends a session or disables an account. The replica that
 * wrote it knows it as soon as it is committed, the others when they next read, which is at once when they are notified.
 */
@ApplicationScoped
public class Revocations implements Expirable {

    /** The maximum time from the writing of a row to the commit of its transaction. */
    private static final Duration MAX_COMMIT_DELAY = Duration.ofMinutes(1);
    /** The multiple of the maximum staleness after which the reader, which reads four times within one, must have died. */
    private static final int DEAD_READER_FACTOR = 10;

    private final RevocationRepository rows;
    private final RevokedTokens revoked;
    private final RevocationFeed feed;
    private final RevocationReader reader;
    private final ChangeListener listener;
    private final AfterCommit afterCommit;
    private final RevocationConfig config;
    private final Clock clock;
    private final Duration kept;
    private final Duration usersKept;
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
        // The last token of a session may be renewed by a replica that does not know of the revocation yet (see
        // RevokedTokens.RECENT), and is verified by the slowest clock that is tolerated.
        Duration delays = tokens.leeway().multipliedBy(2).plus(MAX_COMMIT_DELAY);
        this.kept = tokens.lifetime().plus(delays);
        this.usersKept = tokens.longest().plus(delays);
    }

    /** Refuses the tokens of these sessions from the moment that the caller's transaction commits. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void revoke(Collection<String> sessionIds) {
        if (!sessionIds.isEmpty()) {
            rows.insert(sessionIds);
            revokeDeleted(sessionIds);
        }
    }

    /** Refuses the tokens of sessions whose rows were deleted, for which a trigger has inserted the revocations. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void revokeDeleted(Collection<String> sessionIds) {
        List<String> deleted = List.copyOf(sessionIds);
        addOnceCommitted(kept, until -> deleted.forEach(id -> revoked.add(id, until)));
    }

    /**
     * Refuses all tokens of a user that were minted until now, also those of sessions without a row: it raises the version
     * of the user's row, so that a profile that was read before must be read again to mint a token that is valid.
     *
     * @param spared the session whose tokens stay valid, or null for none
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void revokeUser(String userId, @Nullable String spared) {
        String sparedSession = spared == null ? "" : spared;
        addOnceCommitted(userId, sparedSession, rows.insertUser(userId, sparedSession));
    }

    /** Refuses all tokens of a user after a change of the account for which a trigger has inserted the revocation. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void revokeChanged(String userId) {
        rows.findUser(userId, "").ifPresent(row -> addOnceCommitted(userId, "", row));
    }

    /** Returns why this replica may not know which tokens are revoked, for readiness; empty if it does. */
    public Optional<String> readinessProblem() {
        Instant now = clock.instant();
        if (!revoked.hasBeenComplete()) {
            return Optional.of("have not been read from the database yet");
        }
        // By the reader's attempts, not by the age: after a pause of the whole process the age is high, and nothing is
        // wrong with the database.
        Instant tryingSince = feed.tryingSince();
        boolean isOverdue = tryingSince != null && now.isAfter(tryingSince.plus(config.maxStaleness()));
        Duration age = revoked.age(now);
        if (!isOverdue && age.compareTo(config.maxStaleness().multipliedBy(DEAD_READER_FACTOR)) <= 0) {
            return Optional.empty();
        }
        return Optional.of("were last read %d s ago; tokens are %s"
                .formatted(
                        age.toSeconds(),
                        config.strict() ? "refused, because LATCHKEY_REVOCATION_STRICT is true" : "still accepted"));
    }

    /** Starts to follow the revocations of other replicas. */
    void start(@Observes SchemaReady event) {
        // The reader connects and reads while the policy is raised; the reading here waits for it.
        reader.start();
        QuarkusTransaction.requiringNew().run(() -> rows.raisePolicy(kept, usersKept, leeway));
        reader.readOnce();
        listener.start();
    }

    /** Reads the revocations of other replicas now. */
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

    private void addOnceCommitted(String userId, String spared, RevocationRepository.UserRow row) {
        addOnceCommitted(usersKept, until -> revoked.addUser(userId, spared, row.version(), row.issuedBefore(), until));
    }

    /** Adds revocations in memory after the commit, with the instant until which they are kept. */
    private void addOnceCommitted(Duration time, Consumer<Instant> add) {
        // Security: if the response to the commit is lost, it may have happened, so the tokens are refused.
        afterCommit.runUnlessRolledBack(() -> add.accept(clock.instant().plus(time)));
    }

    /**
     * The time for which a token can be used, which is how long its revocation is kept; the token feature produces it from
     * its settings.
     *
     * @param lifetime the lifetime of an access token of ours
     * @param longest the longest time for which any token can be used that names a user of ours, also one of another issuer
     * @param leeway by how much clocks may differ
     */
    public record TokenLifetime(Duration lifetime, Duration longest, Duration leeway) {}
}
