package dev.latchkey.signin;

import java.time.Duration;
import java.util.List;

/** May somebody try now? */
public sealed interface Attempt {

    /** Counted, and therefore allowed; what succeeds is given back. */
    record Counted(List<Slot> slots) implements Attempt {}

    /** Too many already. */
    record Exceeded(Duration retryAfter) implements Attempt {}
}
