package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Received;
import dev.latchkey.gatecheck.TestRequest.Credential;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;

/** Sends spoofed requests to a deployment, one after the other, and reports which of them its gate lets through. */
public final class GateCheck {

    /** Ten requests a second: no load for a deployment in use, and half a minute for all of them. */
    public static final Duration PAUSE = Duration.ofMillis(100);

    public static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** After so many requests progress is reported, and whether the token still opens its own route is checked. */
    private static final int ROUND = 20;

    /** The outcome of a check. */
    public sealed interface Outcome {

        /** The routes do not respond as they should to begin with, so nothing was tested. */
        record NotStarted(String message) implements Outcome {}

        /**
         * Every request was sent.
         *
         * @param remarks what the operator should know besides, a sentence each
         */
        record Finished(List<TestResult> results, List<String> remarks) implements Outcome {

            public Finished {
                results = List.copyOf(results);
                remarks = List.copyOf(remarks);
            }
        }

        /** The user's own route stopped responding with success, so later refusals may mean nothing. */
        record Aborted(List<TestResult> results, List<String> remarks, String message) implements Outcome {

            public Aborted {
                results = List.copyOf(results);
                remarks = List.copyOf(remarks);
            }
        }
    }

    private final Deployment deployment;
    private final Routes routes;
    private final Corpus corpus;
    private final RawHttpClient client;
    private final Duration pause;
    private final Consumer<String> progress;

    /**
     * @param corpus further requests, besides the built-in ones
     * @param pause between two requests
     */
    public GateCheck(
            Deployment deployment,
            Routes routes,
            Corpus corpus,
            SSLSocketFactory trustedCertificates,
            BearerToken token,
            Duration timeout,
            Duration pause,
            Consumer<String> progress) {
        this.deployment = deployment;
        this.routes = routes;
        this.corpus = corpus;
        this.client = new RawHttpClient(deployment, trustedCertificates, token, timeout);
        this.pause = pause;
        this.progress = progress;
    }

    public Outcome run() {
        return switch (Baseline.of(client, routes, this::pause)) {
            case Baseline.Failed(String message) -> new Outcome.NotStarted(message);
            case Baseline.Established baseline -> run(baseline);
        };
    }

    private Outcome run(Baseline.Established baseline) {
        List<String> remarks = new ArrayList<>(baseline.remarks());
        remarks.addAll(corpus.skipped());
        List<TestRequest> all = Stream.of(
                        PathSpoofs.of(routes, deployment), HeaderSpoofs.of(routes, deployment), corpus.requests())
                .flatMap(List::stream)
                .toList();
        List<TestRequest> requests = baseline.isStable()
                ? all
                : all.stream()
                        .filter(request -> !request.expectation().dependsOnBody())
                        .toList();
        if (!baseline.isStable()) {
            remarks.add("The body of " + routes.own() + " changes from one request to the next, so "
                    + (all.size() - requests.size())
                    + " requests that depend on it were skipped. Choose a route whose body stays the same.");
        }
        List<TestResult> results = new ArrayList<>();
        int certain = 0;
        for (TestRequest request : requests) {
            pause();
            results.add(TestResult.of(request, client.send(request), baseline));
            boolean isLast = results.size() == requests.size();
            if (results.size() % ROUND == 0 || isLast) {
                progress.accept(results.size() + " of " + requests.size() + " requests");
                pause();
                // Security: with an expired token, or from an address that is blocked, everything is refused.
                RawResponse own = client.send(Baseline.ownRoute(routes, Credential.OWN));
                if (!(own instanceof Received received) || !received.isSuccess()) {
                    return new Outcome.Aborted(results, remarks, aborted(certain, own));
                }
                certain = results.size();
            }
        }
        return new Outcome.Finished(results, remarks);
    }

    private String aborted(int certain, RawResponse own) {
        return "Aborted: after the first " + certain + " requests " + routes.own() + " stopped responding with 2xx ("
                + own.summary() + "), so later refusals may mean nothing. Has the token expired? Does the deployment"
                + " limit requests, or block addresses that send such paths?";
    }

    private void pause() {
        if (pause.isPositive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause.toMillis()));
        }
    }
}
