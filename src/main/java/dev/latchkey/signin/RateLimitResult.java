package dev.latchkey.signin;

import java.time.Duration;
import java.util.List;

/** May somebody try now? */
public sealed interface RateLimitResult {

    /** Counted, and therefore allowed; what succeeds is given back. */
    record Counted(List<RateSlot> slots) implements RateLimitResult {}

    /** Too many already. */
    record Exceeded(Duration retryAfter) implements RateLimitResult {}
}
