package dev.latchkey.signin;

import java.time.Instant;

/** One counted attempt: the bucket and the instant that stands for it there. */
record RateSlot(String bucket, Instant takenAt) {}
