package dev.latchkey.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes over sessions that other systems have opened, in the caller's transaction. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class SessionImport {

    private final SessionRepository rows;
    private final RefreshTokens tokens;
    private final SessionConfig config;

    SessionImport(SessionRepository rows, RefreshTokens tokens, SessionConfig config) {
        this.rows = rows;
        this.tokens = tokens;
        this.config = config;
    }

    /** Takes over those that are not over and whose token is not known here yet; how many these were. */
    public int insert(List<ImportedSession> sessions) {
        return rows.insert(active(sessions).toList());
    }

    /** How many would be taken over. */
    public int countNew(List<ImportedSession> sessions) {
        List<String> hashes =
                active(sessions).map(ImportedSessionRow::tokenHash).distinct().toList();
        return hashes.size() - rows.known(hashes);
    }

    private Stream<ImportedSessionRow> active(List<ImportedSession> sessions) {
        Instant now = rows.now();
        return sessions.stream()
                .map(session -> ImportedSessionLifetime.of(session, now, config).map(life -> row(session, life)))
                .flatMap(Optional::stream);
    }

    private ImportedSessionRow row(ImportedSession session, ImportedSessionLifetime life) {
        return new ImportedSessionRow(
                SessionId.create().value(),
                session.user().value(),
                life,
                session.client(),
                HexFormat.of().formatHex(tokens.unmatchableHash()),
                HexFormat.of().formatHex(SessionTokens.hash(session.token())));
    }
}
