package dev.latchkey.session;

import dev.latchkey.token.SessionTokens;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes over sessions that other systems have opened, in the caller's transaction. */
@ApplicationScoped
@Transactional(TxType.MANDATORY)
public class InheritedSessions {

    private static final int HASH_BYTES = 32;

    private final SessionRepository rows;
    private final SessionConfig config;
    private final SecureRandom random = new SecureRandom();

    InheritedSessions(SessionRepository rows, SessionConfig config) {
        this.rows = rows;
        this.config = config;
    }

    /** Takes over those that are not over and whose token is not known here yet; how many these were. */
    public int takeOver(List<InheritedSession> sessions) {
        return rows.insert(living(sessions).toList());
    }

    /** How many would be taken over. */
    public int count(List<InheritedSession> sessions) {
        List<String> hashes =
                living(sessions).map(InheritedRow::tokenHash).distinct().toList();
        return hashes.size() - rows.known(hashes);
    }

    private Stream<InheritedRow> living(List<InheritedSession> sessions) {
        Instant now = rows.now();
        return sessions.stream()
                .map(session -> InheritedLife.of(session, now, config).map(life -> row(session, life)))
                .flatMap(Optional::stream);
    }

    private InheritedRow row(InheritedSession session, InheritedLife life) {
        // The hash of no token that anybody holds: such a session has no refresh token.
        byte[] none = new byte[HASH_BYTES];
        random.nextBytes(none);
        return new InheritedRow(
                SessionId.create().value(),
                session.user().value(),
                life,
                session.client(),
                HexFormat.of().formatHex(none),
                HexFormat.of().formatHex(SessionTokens.hash(session.token())));
    }
}
