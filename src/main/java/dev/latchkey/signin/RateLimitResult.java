package dev.latchkey.signin;

import java.time.Duration;
import java.util.List;

/** May somebody try now? */
public sealed interface RateLimitResult {

    /** Allowed, and therefore allowed; what succeeds is given back. */
    record Allowed(List<RateSlot> slots) implements RateLimitResult {}

    /** Too many already. */
    record Limited(Duration retryAfter) implements RateLimitResult {}
}
