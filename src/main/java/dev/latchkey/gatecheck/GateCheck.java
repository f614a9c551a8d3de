package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Answered;
import dev.latchkey.gatecheck.TestRequest.Credential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;

/** Tries one spoof after the other against a deployment. */
public final class GateCheck {

    /** Ten requests a second: no load for anything that serves people, and half a minute for all. */
    public static final Duration PAUSE = Duration.ofMillis(100);

    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** After so many requests there is a word on the progress, and a look whether the token still opens its own route. */
    private static final int ROUND = 20;

    private final Deployment deployment;
    private final Routes routes;
    private final Corpus further;
    private final RawHttpClient exchange;
    private final Duration pause;
    private final Consumer<String> progress;

    /**
     * @param further what to try besides the spoofs that are known here
     * @param pause between two requests
     */
    public GateCheck(
            Deployment deployment,
            Routes routes,
            Corpus further,
            SSLSocketFactory trust,
            BearerToken token,
            Duration timeout,
            Duration pause,
            Consumer<String> progress) {
        this.deployment = deployment;
        this.routes = routes;
        this.further = further;
        this.exchange = new RawHttpClient(deployment, trust, token, timeout);
        this.pause = pause;
        this.progress = progress;
    }

    public Outcome run() {
        return switch (Baseline.of(exchange, routes, this::pause)) {
            case Baseline.Unsound(String sentences) -> new Outcome.NotStarted(sentences);
            case Baseline.Sound(Baseline.Known known, boolean isSteady, List<String> remarks) ->
                tried(known, isSteady, remarks);
        };
    }

    private Outcome tried(Baseline.Known known, boolean isSteady, List<String> first) {
        List<String> remarks = new ArrayList<>(first);
        remarks.addAll(further.leftOut());
        List<TestRequest> all = attempts().toList();
        List<TestRequest> telling = isSteady
                ? all
                : all.stream()
                        .filter(attempt -> !attempt.expectation().isToldByBody())
                        .toList();
        if (!isSteady) {
            remarks.add("The body of " + routes.own() + " changes from one request to the next, so "
                    + (all.size() - telling.size())
                    + " requests that are assessed by it were left out. Choose a route whose body"
                    + " stays the same.");
        }
        List<TestResult> results = new ArrayList<>();
        int certain = 0;
        for (TestRequest attempt : telling) {
            pause();
            results.add(TestResult.of(attempt, exchange.send(attempt), known));
            boolean isLast = results.size() == telling.size();
            if (results.size() % ROUND == 0 || isLast) {
                progress.accept(results.size() + " of " + telling.size() + " requests");
                pause();
                // Security: with a token that has expired, or from an address that is shut out, everything is refused.
                RawResponse still = exchange.send(Baseline.own(routes, Credential.OWN));
                if (!(still instanceof Answered answered) || !answered.isSuccess()) {
                    return new Outcome.Aborted(results, remarks, brokenOff(certain, still));
                }
                certain = results.size();
            }
        }
        return new Outcome.Finished(results, remarks);
    }

    private Stream<TestRequest> attempts() {
        return Stream.of(PathSpoofs.of(routes, deployment), HeaderSpoofs.of(routes, deployment), further.attempts())
                .flatMap(List::stream);
    }

    private String brokenOff(int certain, RawResponse still) {
        return "Broken off: after the first " + certain + " requests " + routes.own() + " ceased to answer with 2xx ("
                + Baseline.words(still) + "), so what was refused since may mean nothing. Has the token expired? Are"
                + " requests limited, or addresses shut out that send such paths?";
    }

    private void pause() {
        if (pause.isPositive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause.toMillis()));
        }
    }

    /** What a check came to. */
    public sealed interface Outcome {

        /** The routes do not answer as they should to begin with, so nothing was tried. */
        record NotStarted(String message) implements Outcome {}

        /**
         * Everything was tried.
         *
         * @param remarks what the operator should know beside, a sentence each
         */
        record Finished(List<TestResult> results, List<String> remarks) implements Outcome {

            public Finished {
                results = List.copyOf(results);
                remarks = List.copyOf(remarks);
            }
        }

        /** On the way the user's own route ceased to answer, so what was refused since may mean nothing. */
        record Aborted(List<TestResult> results, List<String> remarks, String message) implements Outcome {

            public Aborted {
                results = List.copyOf(results);
                remarks = List.copyOf(remarks);
            }
        }
    }
}
