package dev.latchkey.revocation;

import java.time.Instant;

/**
 * Refuses the tokens of a user that were issued before an instant, in whole seconds, but for those of a session that was
 * spared.
 *
 * <p>It stands for any number of revocations of one user, each of which may have spared another session: a token is refused
 * if any of them does. For that it is enough to know the latest of them, and the latest of those that did not spare the
 * same session.
 *
 * @param spared the session that the latest one spared, by its hash; 0 for none
 * @param before what is older than this is refused, unless it is of that session
 * @param beforeAlso what is older than this is refused also if it is of that session
 */
record UserRevocation(long spared, long before, long beforeAlso, long end) {

    private static final long NEVER = Long.MIN_VALUE;

    UserRevocation(long spared, Instant issuedBefore, Instant until) {
        this(spared, issuedBefore.getEpochSecond(), NEVER, until.getEpochSecond());
    }

    boolean revokes(long session, long issuedAt) {
        return issuedAt < (session == spared && spared != 0 ? beforeAlso : before);
    }

    /** In whichever order they arrive, and however often. */
    UserRevocation and(UserRevocation other) {
        if (before < other.before) {
            return other.and(this);
        }
        long also = Math.max(beforeAlso, other.spared == spared ? other.beforeAlso : other.before);
        return new UserRevocation(spared, before, also, Math.max(end, other.end));
    }
}
