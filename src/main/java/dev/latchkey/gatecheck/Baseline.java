package dev.latchkey.gatecheck;

import dev.latchkey.gatecheck.RawResponse.Received;
import dev.latchkey.gatecheck.TestRequest.Credential;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the deployment responds to plain requests. Without that, a refusal of a spoofed one would say nothing. */
sealed interface Baseline {

    /** A path that no deployment has. */
    String UNKNOWN_PATH = "/latchkey-gate-check/nowhere";

    /**
     * The routes respond as they should.
     *
     * @param own the response to the user's own request, with which others are compared
     * @param fallbackPage the response for a path that does not exist, if that is a success: a front end's start page
     * @param isStable whether the user gets the same body each time, so that a body that differs means something
     * @param remarks what the operator should know all the same
     */
    record Established(Received own, @Nullable Received fallbackPage, boolean isStable, List<String> remarks)
            implements Baseline {

        public Established {
            remarks = List.copyOf(remarks);
        }
    }

    /** The routes do not respond as they should. The message says what to look at. */
    record Failed(String message) implements Baseline {}

    /** Requests both routes with the token, and the own one also without a token and with an altered one. */
    static Baseline of(RawHttpClient client, Routes routes, Runnable pause) {
        List<String> remarks = new ArrayList<>();
        RawResponse first = client.send(ownRoute(routes, Credential.OWN));
        if (!(first instanceof Received own) || !own.isSuccess()) {
            return new Failed(ownRouteFailed(routes, first));
        }
        pause.run();
        boolean isStable = client.send(ownRoute(routes, Credential.OWN)) instanceof Received again
                && again.isSuccess()
                && again.hasSameBodyAs(own);
        for (Credential credential : List.of(Credential.NONE, Credential.ALTERED)) {
            pause.run();
            RawResponse response = client.send(ownRoute(routes, credential));
            String how = credential == Credential.NONE ? "without a token" : "with an altered token";
            int status = status(response);
            if (status != 401 && status != 403) {
                return new Failed(unprotected(routes, how, response));
            }
            if (status == 403) {
                remarks.add(routes.own() + " " + how + " is 403, where 401 would tell clients to sign in.");
            }
        }
        pause.run();
        RawResponse other = client.send(TestRequest.refused("other", routes.other()));
        int status = status(other);
        if (status != 401 && status != 403 && status != 404) {
            return new Failed(otherRouteOpen(routes, other));
        }
        if (status != 403) {
            remarks.add(
                    routes.other() + " with the token: " + status + ", expected 403. Is it a route that its own user"
                            + " gets 2xx from? If not, the results below mean little.");
        }
        if (!own.body().contains(Routes.inHeader(routes.ownId()))) {
            remarks.add("The body of " + routes.own() + " does not contain the user's id. If the other user gets the"
                    + " same body, the check cannot tell the data of one from the data of the other.");
        }
        pause.run();
        RawResponse unknown = client.send(TestRequest.refused("unknown-path", UNKNOWN_PATH));
        boolean isPage = unknown instanceof Received page
                && page.isSuccess()
                && !page.body().isEmpty()
                && !page.hasSameBodyAs(own);
        return new Established(own, isPage ? (Received) unknown : null, isStable, remarks);
    }

    /** The plain request for the user's own route. */
    static TestRequest ownRoute(Routes routes, Credential credential) {
        return TestRequest.unaffected("own", routes.own()).with(credential);
    }

    /** 0 without a response. */
    private static int status(RawResponse response) {
        return response instanceof Received received ? received.status() : 0;
    }

    private static String ownRouteFailed(Routes routes, RawResponse response) {
        return routes.own() + " with the token: " + response.summary() + ", expected 2xx. "
                + switch (response) {
                    case Received received
                    when received.status() == 401 -> "Has the token expired? Is it an access token of this deployment?";
                    case Received received
                    when received.status() == 403 ->
                        "Is it a route of the token's user, and is there a rule for it? latchkey gate explain tells.";
                    case Received received
                    when received.status() == 404 -> "Is --own the whole path that clients request?";
                    case Received received
                    when received.status() == 429 -> "The deployment limits requests: exempt this address, or wait.";
                    case Received received
                    when received.status() / 100 == 3 ->
                        "It redirects: is it https, this host, and a path without a slash too many or too few?";
                    case Received received
                    when received.status() >= 500 ->
                        "Does the ingress reach the gate and the backend? nginx answers 500 when the gate gives neither"
                                + " 2xx, 401 nor 403.";
                    case Received _ -> "Does the route accept GET?";
                    case RawResponse.Closed _, RawResponse.Unclear _ -> "Is this the URL that clients use?";
                };
    }

    private static String unprotected(Routes routes, String how, RawResponse response) {
        return routes.own() + " " + how + ": " + response.summary() + ", expected 401. "
                + (response instanceof Received received && received.isSuccess()
                        ? "The gate is not in front of this route, or a rule makes it public, or the backend accepts"
                                + " requests that the gate denies."
                        : "Is the gate in front of this route, and does the ingress pass its 401 on?");
    }

    private static String otherRouteOpen(Routes routes, RawResponse response) {
        return routes.other() + " with the token: " + response.summary() + ", expected 403. "
                + (response instanceof Received received && received.isSuccess()
                        ? "The route of the other user is open to this token without any spoofing: the gate is not in"
                                + " front, or its rule for this path is not owner, or both ids are the token's user."
                        : "Is it the same route of a second account?");
    }
}
