package dev.latchkey.key;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The result of retiring a key. */
public sealed interface RetirementOutcome {

    /**
     * The key neither signs nor verifies any more.
     *
     * @param successor what signs from now on, or null when the retired key did not sign
     */
    record Done(KeyId id, @Nullable KeyId successor) implements RetirementOutcome {}

    /** That had been done before. */
    record Already(Instant at) implements RetirementOutcome {}

    record Unknown() implements RetirementOutcome {}

    /** A successor is needed, and the keys there are were sealed under another secret than this process has. */
    record OtherSecret(KeyId unopened) implements RetirementOutcome {}
}
