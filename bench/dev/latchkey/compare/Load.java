package dev.latchkey.compare;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something that is done again and again, each time when the one before is done: the closed model. */
interface Load {

    Outcome run(Duration time) throws IOException, InterruptedException;

    /**
     * What a load came to.
     *
     * @param cpuMicros processor time for each; null where the process does other work too
     * @param beside what else went on; null: nothing
     */
    record Outcome(
            double perSecond,
            @Nullable Double cpuMicros,
            @Nullable String beside) {}
}
