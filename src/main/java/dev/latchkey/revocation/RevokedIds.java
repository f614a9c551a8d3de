package dev.latchkey.revocation;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A set of hashed names, each with the second until which it is kept, in twelve bytes for each slot.
 *
 * <p>Open addressing in segments. Who asks never waits: a slot is written once, and what grows or is swept is built beside
 * and then put in its place. Writers of one segment wait for each other.
 */
final class RevokedIds {

    private static final int SEGMENT_BITS = 6;
    static final int SEGMENTS = 1 << SEGMENT_BITS;
    private static final int SMALLEST = 16;
    /** Seconds are counted from here, so that an int will do until 2093. */
    private static final long EPOCH = 1_750_000_000L;

    private final Segment[] segments = new Segment[SEGMENTS];
    private int nextToSweep;

    RevokedIds() {
        for (int i = 0; i < SEGMENTS; i++) {
            segments[i] = new Segment();
        }
    }

    boolean contains(long hash) {
        return segment(hash).contains(nonZero(hash));
    }

    void add(long hash, long untilSecond) {
        segment(hash).add(nonZero(hash), Math.clamp(untilSecond - EPOCH, 0, Integer.MAX_VALUE));
    }

    /** Drops what is over in one segment; called again and again it comes round to all of them. */
    synchronized void sweepOne(long nowSecond) {
        segments[nextToSweep].sweep(Math.clamp(nowSecond - EPOCH, 0, Integer.MAX_VALUE));
        nextToSweep = (nextToSweep + 1) % SEGMENTS;
    }

    int size() {
        int size = 0;
        for (Segment segment : segments) {
            size += segment.size;
        }
        return size;
    }

    /** By the highest bits; the lowest choose the slot. */
    private Segment segment(long hash) {
        return segments[(int) (hash >>> (Long.SIZE - SEGMENT_BITS))];
    }

    /** A slot of 0 is an empty one. */
    private static long nonZero(long hash) {
        return hash == 0 ? 1 : hash;
    }

    private static final class Segment {

        private volatile Slots slots = new Slots(SMALLEST);
        private volatile int size;

        boolean contains(long hash) {
            AtomicLongArray hashes = slots.hashes;
            int mask = hashes.length() - 1;
            for (int i = (int) hash & mask; ; i = (i + 1) & mask) {
                long found = hashes.getAcquire(i);
                if (found == hash) {
                    return true;
                }
                if (found == 0) {
                    return false;
                }
            }
        }

        synchronized void add(long hash, int end) {
            if ((size + 1) * 3L > slots.ends.length * 2L) {
                slots = slots.rebuilt(slots.ends.length * 2, 0);
            }
            if (slots.put(hash, end)) {
                size = size + 1;
            }
        }

        synchronized void sweep(int now) {
            int living = slots.living(now);
            if (living == size) {
                return;
            }
            int length = SMALLEST;
            while (living * 3L > length * 2L) {
                length *= 2;
            }
            slots = slots.rebuilt(length, now);
            size = living;
        }
    }

    /** The ends are read and written by writers only. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two of them.
    private record Slots(AtomicLongArray hashes, int[] ends) {

        Slots(int length) {
            this(new AtomicLongArray(length), new int[length]);
        }

        /** Whether it is new. */
        boolean put(long hash, int end) {
            int mask = ends.length - 1;
            int i = (int) hash & mask;
            for (long found = hashes.getPlain(i); found != 0; found = hashes.getPlain(i)) {
                if (found == hash) {
                    ends[i] = Math.max(ends[i], end);
                    return false;
                }
                i = (i + 1) & mask;
            }
            ends[i] = end;
            hashes.setRelease(i, hash);
            return true;
        }

        int living(int now) {
            int living = 0;
            for (int i = 0; i < ends.length; i++) {
                living += hashes.getPlain(i) != 0 && ends[i] >= now ? 1 : 0;
            }
            return living;
        }

        Slots rebuilt(int length, int now) {
            Slots next = new Slots(length);
            for (int i = 0; i < ends.length; i++) {
                long hash = hashes.getPlain(i);
                if (hash != 0 && ends[i] >= now) {
                    next.put(hash, ends[i]);
                }
            }
            return next;
        }
    }
}
