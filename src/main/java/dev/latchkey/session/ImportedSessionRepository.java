package dev.latchkey.session;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Sessions that are inserted many at once. */
@ApplicationScoped
class ImportedSessionRepository implements PanacheRepositoryBase<SessionEntity, String> {

    /**
     * Inserts imported sessions except those whose token has a session already, and returns how many were new.
     *
     * <p>Security: a user may have signed in elsewhere by other means than a password, so that none of these sessions is fresh.
     */
    int insert(List<SessionImport.Row> imported) {
        if (imported.isEmpty()) {
            return 0;
        }
        return getEntityManager()
                .createNativeQuery("""
                        insert into sessions
                            (id, user_id, created_at, authenticated_at, last_used_at, idle_expires_at,
                             absolute_expires_at, remembered, ip, user_agent, refresh_hash, token_hash)
                        select id, user_id, created_at, 'epoch', last_used_at, idle_expires_at,
                            absolute_expires_at, remembered, ip, user_agent,
                            decode(refresh_hash, 'hex'), decode(token_hash, 'hex')
                        from unnest(
                            cast(?1 as text[]), cast(?2 as text[]), cast(?3 as timestamptz[]),
                            cast(?4 as timestamptz[]), cast(?5 as timestamptz[]), cast(?6 as timestamptz[]),
                            cast(?7 as boolean[]), cast(?8 as text[]), cast(?9 as text[]),
                            cast(?10 as text[]), cast(?11 as text[])) as imported
                            (id, user_id, created_at, last_used_at, idle_expires_at, absolute_expires_at,
                             remembered, ip, user_agent, refresh_hash, token_hash)
                        on conflict do nothing""")
                .setParameter(1, column(imported, SessionImport.Row::id))
                .setParameter(2, column(imported, SessionImport.Row::userId))
                .setParameter(3, column(imported, row -> row.life().createdAt()))
                .setParameter(4, column(imported, row -> row.life().lastUsedAt()))
                .setParameter(5, column(imported, row -> row.life().idleEnd()))
                .setParameter(6, column(imported, row -> row.life().absoluteEnd()))
                .setParameter(7, column(imported, row -> row.life().remembered()))
                .setParameter(8, column(imported, row -> row.client().ip()))
                .setParameter(9, column(imported, row -> row.client().userAgent()))
                .setParameter(10, column(imported, SessionImport.Row::refreshHash))
                .setParameter(11, column(imported, SessionImport.Row::tokenHash))
                .executeUpdate();
    }

    /** Returns how many of these hashes of tokens, in hexadecimal, have a session. */
    int known(Collection<String> tokenHashes) {
        Number known = (Number) getEntityManager()
                .createNativeQuery("""
                        select count(*) from sessions where token_hash = any (array(
                            select decode(hash, 'hex') from unnest(cast(?1 as text[])) as hash))""", Long.class)
                .setParameter(1, tokenHashes.toArray(String[]::new))
                .getSingleResult();
        return known.intValue();
    }

    private static String[] column(List<SessionImport.Row> rows, Function<SessionImport.Row, Object> value) {
        return rows.stream().map(row -> value.apply(row).toString()).toArray(String[]::new);
    }
}
