package dev.latchkey.compare;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * One request while others flood the same server, at ten times the rate that it can serve.
 *
 * @param capacity measures how many of the others a second it serves at most
 */
record Flood(Request request, Request others, Load capacity) implements Load {

    private static final int TIMES = 10;
    private static final int CONNECTIONS = 256;
    /** How long the flood lasts before the measuring begins, so that whatever queue there is is full. */
    private static final Duration LEAD = Duration.ofSeconds(1);

    @Override
    public Outcome run(Duration time) throws IOException, InterruptedException {
        double possible = capacity.run(time).perSecond();
        try (OpenModel flood = new OpenModel(others, TIMES * possible, CONNECTIONS)) {
            FutureTask<OpenModel.Outcome> running =
                    new FutureTask<>(() -> flood.run(time.multipliedBy(2).plus(LEAD)));
            Thread.ofPlatform().start(running);
            Thread.sleep(LEAD);
            Outcome measured = request.run(time);
            flood.end();
            OpenModel.Outcome came = running.get();
            return new Outcome(
                    measured.perSecond(),
                    null,
                    "%.0f sign-ins a second where %.0f are possible; of %d %d succeed, %d are refused, %d get no response"
                            .formatted(
                                    came.perSecond(came.due()),
                                    possible,
                                    came.due(),
                                    came.succeeded(),
                                    came.refused(),
                                    came.failed()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the flood failed", e);
        }
    }
}
