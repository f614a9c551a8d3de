package dev.latchkey.revocation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The revocation of a user's earlier tokens, except those of a spared session.
 *
 * <p>A token of ours says which version of the user's row it was minted for; it is refused if that is a lower one. A token
 * that does not say, of an issuer that shares users for example, is refused if it was issued before an instant.
 *
 * @param versions the version below which tokens are refused
 * @param times the second before which tokens without a version must have been issued to be refused
 * @param expiresAt the second when the last token that is refused has expired
 */
record UserRevocation(Bound versions, Bound times, long expiresAt) {

    UserRevocation(long spared, long version, Instant issuedBefore, Instant until) {
        this(new Bound(spared, version), new Bound(spared, issuedBefore.getEpochSecond()), until.getEpochSecond());
    }

    boolean revokes(long session, @Nullable Long version, long issuedAt) {
        return version == null ? times.excludes(session, issuedAt) : versions.excludes(session, version);
    }

    /** Merges two revocations of one user; the order and repetitions make no difference. */
    UserRevocation merge(UserRevocation other) {
        return new UserRevocation(
                versions.merge(other.versions), times.merge(other.times), Math.max(expiresAt, other.expiresAt));
    }

    /**
     * The number that a token must reach, unless its session is spared.
     *
     * <p>It merges any number of revocations of one user, each of which may have spared another session: a token is refused
     * if any of them refuses it. For that it is enough to know the highest of them, and the highest of those that did not
     * spare the same session.
     *
     * @param spared the hash of the session that the highest one spared, or 0 for none
     * @param minimum tokens of other sessions are refused below this
     * @param sparedMinimum tokens of the spared session are refused below this
     */
    record Bound(long spared, long minimum, long sparedMinimum) {

        private static final long NONE = Long.MIN_VALUE;

        Bound(long spared, long minimum) {
            this(spared, minimum, NONE);
        }

        private boolean excludes(long session, long value) {
            return value < (session == spared && spared != 0 ? sparedMinimum : minimum);
        }

        private Bound merge(Bound other) {
            if (minimum < other.minimum) {
                return other.merge(this);
            }
            long merged = Math.max(sparedMinimum, other.spared == spared ? other.sparedMinimum : other.minimum);
            return new Bound(spared, minimum, merged);
        }
    }
}
