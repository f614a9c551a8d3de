package dev.latchkey.revocation;

import java.time.Instant;

/**
 * The revocation of a user's tokens that were issued before an instant, except those of a spared session.
 *
 * <p>It merges any number of revocations of one user, each of which may have spared another session: a token is refused if
 * any of them refuses it. For that it is enough to know the latest of them, and the latest of those that did not spare the
 * same session. All instants are in whole seconds.
 *
 * @param spared the hash of the session that the latest revocation spared, or 0 for none
 * @param issuedBefore tokens of other sessions are refused if they were issued before this
 * @param sparedIssuedBefore tokens of the spared session are refused if they were issued before this
 * @param expiresAt when the last token that is refused has expired
 */
record UserRevocation(long spared, long issuedBefore, long sparedIssuedBefore, long expiresAt) {

    private static final long NEVER = Long.MIN_VALUE;

    UserRevocation(long spared, Instant issuedBefore, Instant until) {
        this(spared, issuedBefore.getEpochSecond(), NEVER, until.getEpochSecond());
    }

    boolean revokes(long session, long issuedAt) {
        return issuedAt < (session == spared && spared != 0 ? sparedIssuedBefore : issuedBefore);
    }

    /** Merges two revocations of one user; the order and repetitions make no difference. */
    UserRevocation merge(UserRevocation other) {
        if (issuedBefore < other.issuedBefore) {
            return other.merge(this);
        }
        long merged =
                Math.max(sparedIssuedBefore, other.spared == spared ? other.sparedIssuedBefore : other.issuedBefore);
        return new UserRevocation(spared, issuedBefore, merged, Math.max(expiresAt, other.expiresAt));
    }
}
