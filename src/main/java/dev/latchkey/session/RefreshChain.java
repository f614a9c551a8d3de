package dev.latchkey.session;

import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;

/** The refresh tokens of a session, one after another: decides what presenting one of them means. */
final class RefreshChain {

    /**
     * For how many spent tokens a row stores the time. Only a client in a runaway loop refreshes so often within a grace
     * period; its older tokens are then treated as reused.
     */
    private static final int MAX_SPENT_TIMES = 32;

    private final RefreshTokens tokens;
    private final SessionConfig config;

    RefreshChain(RefreshTokens tokens, SessionConfig config) {
        this.tokens = tokens;
        this.config = config;
    }

    /** The meaning of a token that was presented. */
    sealed interface Result {

        /** It was the current one and is spent now. */
        record Current(RefreshToken successor) implements Result {}

        /** It was spent within the grace period; the successor is the same as then. */
        record Repeated(RefreshToken successor) implements Result {}

        /** It was spent within the grace period, and so was its successor. */
        record Superseded() implements Result {}

        /** It was spent before the grace period: there is a copy of it. */
        record Reused() implements Result {}

        /** It is none of this session. */
        record Foreign() implements Result {}
    }

    /** Spends the token of a locked row if it is the current one. */
    Result present(SessionEntity row, RefreshToken presented, Instant now) {
        if (tokens.matches(presented, row.refreshHash)) {
            return new Result.Current(spend(row, presented, now));
        }
        // Security: an attacker who knows a session's id can write it into a token. Only a token that we made is
        // evidence.
        if (!contains(row, presented)) {
            return new Result.Foreign();
        }
        return spentWithinGrace(row, presented.generation(), now) ? repeated(row, presented) : new Result.Reused();
    }

    /** Returns whether a token is the current one of a session or was spent before it. */
    boolean contains(SessionEntity row, RefreshToken presented) {
        return tokens.matches(presented, row.refreshHash)
                || (tokens.isOurs(presented) && presented.generation() < row.generation);
    }

    private RefreshToken spend(SessionEntity row, RefreshToken presented, Instant now) {
        byte[] salt = tokens.salt();
        RefreshToken successor = tokens.successor(presented, salt);
        row.generation = successor.generation();
        row.refreshHash = tokens.hash(successor);
        row.successorSalt = salt;
        row.spentAt = Stream.concat(Arrays.stream(row.spentAt), Stream.of(now))
                .skip(Math.max(0, row.spentAt.length + 1 - MAX_SPENT_TIMES))
                .filter(spent -> spent.isAfter(now.minus(config.grace())))
                .toArray(Instant[]::new);
        return successor;
    }

    private Result repeated(SessionEntity row, RefreshToken presented) {
        if (presented.generation() < row.generation - 1) {
            return new Result.Superseded();
        }
        // There is none when it was made with a master secret that is gone; then it cannot be made again.
        return tokens.successor(presented, row.successorSalt, row.refreshHash)
                .<Result>map(Result.Repeated::new)
                .orElseGet(Result.Superseded::new);
    }

    /**
     * Returns whether a token of this generation was spent within the grace period. The last of the times is that of the
     * generation before the current one, and so on backwards.
     */
    private boolean spentWithinGrace(SessionEntity row, int generation, Instant now) {
        int index = row.spentAt.length - (row.generation - generation);
        return index >= 0 && row.spentAt[index].isAfter(now.minus(config.grace()));
    }
}
