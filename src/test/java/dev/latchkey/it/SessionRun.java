package dev.latchkey.it;

import dev.latchkey.fixture.Together;
import dev.latchkey.it.SessionModel.State;
import dev.latchkey.it.SessionOperation.AccessToken;
import dev.latchkey.it.SessionOperation.Observation;
import dev.latchkey.it.SessionStep.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One run of several users against the service, step by step beside the {@link SessionModel}. */
final class SessionRun {

    private final SessionClient client;
    private final SessionModel model;
    private final Duration limit;
    private final List<Account> accounts;

    /**
     * Signs the users up.
     *
     * @param limit how long a revoked access token may be accepted until that is an error
     */
    SessionRun(SessionClient client, SessionModel model, Duration limit, int users) {
        this.client = client;
        this.model = model;
        this.limit = limit;
        this.accounts = IntStream.range(0, users)
                .mapToObj(user -> new Account(user, client.signUp(user % client.replicas())))
                .toList();
    }

    void perform(SessionStep step) {
        switch (step) {
            case SessionStep.Single(int user, Choice choice) ->
                accounts.get(user).perform(choice);
            case SessionStep.Race(int user, Choice one, Choice other) ->
                accounts.get(user).race(one, other);
            case SessionStep.RaceOfOne(int user, Choice choice) ->
                accounts.get(user).race(choice.at(0), choice.at(1));
            case SessionStep.Pause _ -> SessionClient.pause(model.grace().plusMillis(200));
            case SessionStep.Check _ -> accounts.forEach(account -> account.check(false));
        }
    }

    /** Presents every token that there ever was to every replica. */
    void finish() {
        accounts.forEach(account -> account.check(true));
        accounts.forEach(Account::presentAllSecrets);
        accounts.forEach(account -> account.check(true));
    }

    /** Thrown when the service does not do what the model says. */
    static final class ModelViolation extends AssertionError {

        private static final long serialVersionUID = 1;

        private ModelViolation(String message) {
            super(message);
        }
    }

    private record Refusal(AccessToken token, int replica) {}

    /** A user, what was seen of them, and the states that explain it. */
    private final class Account {

        private final int number;
        private final SessionClient.User user;
        private final SessionTraces traces = new SessionTraces();
        private final Set<Refusal> refusals = new HashSet<>();
        private final List<String> history = new ArrayList<>();
        private Set<State> states;

        Account(int number, SessionClient.SignUp signUp) {
            this.number = number;
            this.user = signUp.user();
            this.states = Set.of(State.of(signUp.seen()));
            traces.add(signUp.seen().response());
        }

        void perform(Choice choice) {
            operation(choice).ifPresent(operation -> perform(operation, choice.replica()));
        }

        private void perform(SessionOperation operation, int replica) {
            Observation seen = client.perform(user, operation, replica, isKnownRevoked(operation, replica));
            Set<State> before = states;
            note("replica " + replica + ": " + operation + " -> " + seen.response());
            states = explained(model.after(before, seen));
            traces.add(seen.response());
            if (seen.response().status() != 0) {
                refusedAtOnce(before, replica);
            }
        }

        void race(Choice one, Choice other) {
            Optional<SessionOperation> first = operation(one);
            Optional<SessionOperation> second = operation(other);
            if (first.isEmpty() || second.isEmpty()) {
                return;
            }
            boolean firstKnown = isKnownRevoked(first.get(), one.replica());
            boolean secondKnown = isKnownRevoked(second.get(), other.replica());
            List<Observation> seen = Together.all(List.of(
                    () -> client.perform(user, first.get(), one.replica(), firstKnown),
                    () -> client.perform(user, second.get(), other.replica(), secondKnown)));
            note("at the same time, replica %d: %s -> %s, replica %d: %s -> %s"
                    .formatted(
                            one.replica(),
                            first.get(),
                            seen.get(0).response(),
                            other.replica(),
                            second.get(),
                            seen.get(1).response()));
            states = explained(model.afterBoth(states, seen.get(0), seen.get(1)));
            seen.forEach(each -> traces.add(each.response()));
        }

        private Set<State> explained(Set<State> after) {
            if (after.isEmpty()) {
                throw violation("The model does not explain the last response");
            }
            return after;
        }

        /** The replica that ended a session refuses its access tokens at once. */
        private void refusedAtOnce(Set<State> before, int replica) {
            for (AccessToken token : traces.accessTokens()) {
                if (before.stream().allMatch(state -> state.accepts(token)) && isRevoked(token)) {
                    refusals.add(new Refusal(token, replica));
                    refusedStill(token, replica);
                }
            }
        }

        /**
         * Presents the access tokens to all replicas.
         *
         * @param again also those that were refused before
         */
        void check(boolean again) {
            for (AccessToken token : traces.accessTokens()) {
                for (int replica = 0; replica < client.replicas(); replica++) {
                    if (!refusals.contains(new Refusal(token, replica))) {
                        check(token, replica);
                    } else if (again) {
                        refusedStill(token, replica);
                    }
                }
            }
        }

        private void check(AccessToken token, int replica) {
            if (isRevoked(token)) {
                long start = System.nanoTime();
                while (client.accepts(token, replica)) {
                    if (System.nanoTime() - start > limit.toNanos()) {
                        throw violation("Replica %d still accepts the %s".formatted(replica, token));
                    }
                    SessionClient.pause(Duration.ofMillis(10));
                }
                refusals.add(new Refusal(token, replica));
            } else if (!client.accepts(token, replica)) {
                note("replica %d refuses the %s".formatted(replica, token));
                states = explained(
                        states.stream().filter(state -> !state.accepts(token)).collect(Collectors.toSet()));
                refusals.add(new Refusal(token, replica));
            }
            // One that is accepted and may have been revoked says nothing: the replica may not know yet.
        }

        private void refusedStill(AccessToken token, int replica) {
            if (client.accepts(token, replica)) {
                throw violation("Replica %d accepts the %s, which it must refuse by now".formatted(replica, token));
            }
        }

        private Optional<SessionOperation> operation(Choice choice) {
            return traces.operation(choice, states.iterator().next().password());
        }

        void presentAllSecrets() {
            int replica = 0;
            for (SessionTraces.Trace trace : traces.all()) {
                for (String secret : List.copyOf(trace.secrets()).reversed()) {
                    perform(
                            trace.betterAuth()
                                    ? new SessionOperation.GetToken(trace.session(), secret)
                                    : new SessionOperation.Refresh(trace.session(), secret),
                            replica++ % client.replicas());
                }
            }
        }

        private boolean isKnownRevoked(SessionOperation operation, int replica) {
            return switch (operation) {
                case SessionOperation.SignOutByAccessToken(AccessToken by) -> isKnownRevoked(by, replica);
                case SessionOperation.ChangePassword(AccessToken by, int _, int _) -> isKnownRevoked(by, replica);
                case SessionOperation.EndAll(AccessToken by, boolean _) -> isKnownRevoked(by, replica);
                case SessionOperation.EndOne(AccessToken by, String _) -> isKnownRevoked(by, replica);
                case SessionOperation.SignIn _,
                        SessionOperation.Refresh _,
                        SessionOperation.GetToken _,
                        SessionOperation.SignOut _,
                        SessionOperation.ChangePasswordAndKeepSession _,
                        SessionOperation.Disable _,
                        SessionOperation.Enable _,
                        SessionOperation.SetRoles _ -> false;
            };
        }

        private boolean isKnownRevoked(AccessToken token, int replica) {
            return refusals.contains(new Refusal(token, replica));
        }

        private boolean isRevoked(AccessToken token) {
            return states.stream().noneMatch(state -> state.accepts(token));
        }

        private void note(String event) {
            history.add(event);
        }

        private ModelViolation violation(String what) {
            return new ModelViolation(
                    what + ". User " + number + ":\n" + history.stream().collect(Collectors.joining("\n")));
        }
    }
}
