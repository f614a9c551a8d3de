package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Answered;
import dev.latchkey.gatecheck.TestRequest.Credential;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the deployment answers when nobody plays tricks; without that, what it refuses says nothing. */
sealed interface Baseline {

    /**
     * The routes answer as they should.
     *
     * @param known what answers are compared with
     * @param isSteady whether the user gets the same each time, so that a body that differs means something
     * @param remarks what the operator should know all the same
     */
    record Sound(Known known, boolean isSteady, List<String> remarks) implements Baseline {

        public Sound {
            remarks = List.copyOf(remarks);
        }
    }

    /**
     * Answers that are harmless.
     *
     * @param own what the user gets
     * @param page what a path that does not exist gives, if that is a success: a front end's start page
     */
    record Known(Answered own, @Nullable Answered page) {}

    /** A path that nobody has. */
    String NOWHERE = "/latchkey-gate-check/nowhere";

    /** They do not; the sentences say what to look at. */
    record Unsound(String message) implements Baseline {}

    /** Asks for both routes, with the token, without, and with one that is altered. */
    static Baseline of(RawHttpClient exchange, Routes routes, Runnable pause) {
        List<String> remarks = new ArrayList<>();
        RawResponse first = exchange.send(own(routes, Credential.OWN));
        if (!(first instanceof Answered own) || !own.isSuccess()) {
            return new Unsound(ownFailed(routes, first));
        }
        pause.run();
        boolean isSteady = exchange.send(own(routes, Credential.OWN)) instanceof Answered again
                && again.isSuccess()
                && again.hasBodyOf(own);
        for (Credential credential : List.of(Credential.NONE, Credential.ALTERED)) {
            pause.run();
            RawResponse reply = exchange.send(own(routes, credential));
            String how = credential == Credential.NONE ? "without a token" : "with an altered token";
            int status = status(reply);
            if (status != 401 && status != 403) {
                return new Unsound(unprotected(routes, how, reply));
            }
            if (status == 403) {
                remarks.add(routes.own() + " " + how + " is 403, where 401 would tell clients to sign in.");
            }
        }
        pause.run();
        RawResponse reply = exchange.send(TestRequest.refused("other", routes.other()));
        int status = status(reply);
        if (status != 401 && status != 403 && status != 404) {
            return new Unsound(otherOpen(routes, reply));
        }
        if (status != 403) {
            remarks.add(
                    routes.other() + " is " + status + " with the token, where 403 was to be expected: is it a route"
                            + " that its own user gets 2xx from? If not, nothing below means much.");
        }
        if (!own.body().contains(Routes.inHeader(routes.ownId()))) {
            remarks.add("The body of " + routes.own() + " does not name its user. If the other user gets the same body,"
                    + " data of the other user cannot be told from the token's user's own.");
        }
        pause.run();
        RawResponse nowhere = exchange.send(TestRequest.refused("nowhere", NOWHERE));
        boolean isPage = nowhere instanceof Answered page
                && page.isSuccess()
                && !page.body().isEmpty()
                && !page.hasBodyOf(own);
        return new Sound(new Known(own, isPage ? (Answered) nowhere : null), isSteady, remarks);
    }

    /** The plain request, by which is seen that all is still as it was. */
    static TestRequest own(Routes routes, Credential credential) {
        return TestRequest.unaffected("own", routes.own()).with(credential);
    }

    /** 0 when there was no answer. */
    private static int status(RawResponse reply) {
        return reply instanceof Answered answered ? answered.status() : 0;
    }

    private static String ownFailed(Routes routes, RawResponse reply) {
        return routes.own() + " with the token: " + words(reply) + ", and 2xx was to be expected. "
                + switch (reply) {
                    case Answered answered
                    when answered.status() == 401 ->
                        "Has the token expired? Is it one of this deployment, and an access token?";
                    case Answered answered
                    when answered.status() == 403 ->
                        "Is it a route of the token's user, and is there a rule for it? latchkey gate explain tells.";
                    case Answered answered
                    when answered.status() == 404 -> "Is --own the path that people use, in full?";
                    case Answered answered
                    when answered.status() == 429 ->
                        "The deployment limits requests: let this address through, or wait.";
                    case Answered answered
                    when answered.status() / 100 == 3 ->
                        "It redirects: is it https, this host, and a path without a slash too many or too few?";
                    case Answered answered
                    when answered.status() >= 500 ->
                        "Does the ingress reach the gate and the backend? nginx answers 500 when the gate gives neither"
                                + " 2xx, 401 nor 403.";
                    case Answered _ -> "Is it a route that answers GET?";
                    case RawResponse.Closed _, RawResponse.Unclear _ -> "Is this the URL that people use?";
                };
    }

    private static String unprotected(Routes routes, String how, RawResponse reply) {
        return routes.own() + " " + how + ": " + words(reply) + ", and 401 was to be expected. "
                + (reply instanceof Answered answered && answered.isSuccess()
                        ? "The gate is not in front of this route, or a rule makes it public, or the backend takes what"
                                + " it is given."
                        : "Is the gate in front of this route, and does the ingress pass its 401 on?");
    }

    private static String otherOpen(Routes routes, RawResponse reply) {
        return routes.other() + " with the token: " + words(reply) + ", and 403 was to be expected. "
                + (reply instanceof Answered answered && answered.isSuccess()
                        ? "The route of the other user is open to this token, without any trick: either the gate is not"
                                + " in front, or its rule for this path is not owner, or both ids are the token's user."
                        : "Is it the same route of a second account?");
    }

    /** What came back, in words. */
    static String words(RawResponse reply) {
        return switch (reply) {
            case Answered answered -> Integer.toString(answered.status());
            case RawResponse.Closed _ -> "the connection was closed without an answer";
            case RawResponse.Unclear(String words) -> words;
        };
    }
}
