package dev.latchkey.session;

import dev.latchkey.account.AccountId;
import dev.latchkey.platform.http.Client;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Imports sessions that other systems have opened, in the caller's transaction. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class SessionImport {

    private final SessionRepository sessions;
    private final ImportedSessionRepository rows;
    private final RefreshTokens tokens;
    private final SessionConfig config;

    SessionImport(
            SessionRepository sessions, ImportedSessionRepository rows, RefreshTokens tokens, SessionConfig config) {
        this.sessions = sessions;
        this.rows = rows;
        this.tokens = tokens;
        this.config = config;
    }

    /** Inserts the sessions that have not expired and whose token is not known here yet, and returns their number. */
    public int insert(List<ImportedSession> imported) {
        return rows.insert(active(imported).toList());
    }

    /** Returns how many sessions {@link #insert} would insert. */
    public int countNew(List<ImportedSession> imported) {
        List<String> hashes = active(imported).map(Row::tokenHash).distinct().toList();
        return hashes.size() - rows.known(hashes);
    }

    private Stream<Row> active(List<ImportedSession> imported) {
        Instant now = sessions.now();
        return imported.stream()
                .map(session -> Lifetime.of(session, now, config).map(life -> row(session, life)))
                .flatMap(Optional::stream);
    }

    private Row row(ImportedSession session, Lifetime life) {
        return new Row(
                SessionId.create().value(),
                session.user().value(),
                life,
                session.client(),
                HexFormat.of().formatHex(tokens.unmatchableHash()),
                HexFormat.of().formatHex(session.token().hash()));
    }

    /** An imported session as it is stored; hashes in hexadecimal. */
    record Row(String id, String userId, Lifetime life, Client client, String refreshHash, String tokenHash) {}

    /**
     * The lifetime of an imported session: to its end there and, where it is used, as long as one that was opened here at the
     * same time; but no longer from now on than one that is opened now.
     *
     * @param remembered whether it outlives the browser's window
     */
    record Lifetime(Instant createdAt, Instant lastUsedAt, Instant idleEnd, Instant absoluteEnd, boolean remembered) {

        /** The lifetime that Better Auth gives a session that is not to be remembered, which it does not store. */
        private static final Duration UNREMEMBERED = Duration.ofDays(1);

        private static final Duration SLACK = Duration.ofMinutes(1);

        /** Returns the lifetime; empty when the session has expired. */
        static Optional<Lifetime> of(ImportedSession session, Instant now, SessionConfig config) {
            if (!session.expiresAt().isAfter(now)) {
                return Optional.empty();
            }
            Instant created = earlier(session.createdAt(), now);
            // A session that is not to be remembered is never extended, so that its length tells.
            boolean remembered =
                    session.expiresAt().isAfter(created.plus(UNREMEMBERED).plus(SLACK));
            Duration life = config.lifetime(remembered);
            Instant end = earlier(now.plus(life), later(session.expiresAt(), created.plus(life)));
            return Optional.of(new Lifetime(
                    created,
                    later(created, earlier(session.lastUsedAt(), now)),
                    earlier(session.expiresAt(), end),
                    end,
                    remembered));
        }

        private static Instant earlier(Instant one, Instant other) {
            return one.isBefore(other) ? one : other;
        }

        private static Instant later(Instant one, Instant other) {
            return one.isAfter(other) ? one : other;
        }
    }

    /**
     * A session of another system, whose token is to be valid here.
     *
     * @param expiresAt when it expires there unless it is extended
     */
    public record ImportedSession(
            AccountId user,
            SessionToken token,
            Instant createdAt,
            Instant lastUsedAt,
            Instant expiresAt,
            Client client) {}
}
