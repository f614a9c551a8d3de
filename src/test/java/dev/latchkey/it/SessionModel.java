package dev.latchkey.it;

import dev.latchkey.it.SessionOperation.AccessToken;
import dev.latchkey.it.SessionOperation.Interval;
import dev.latchkey.it.SessionOperation.Observation;
import dev.latchkey.it.SessionOperation.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The reference model of one user's sessions and tokens: which responses to an operation are right, and what is valid after.
 *
 * <p>Where a client cannot know what happened (which of two requests at the same time was first, whether a grace period was
 * over), the model goes on with every state that explains what was seen. A response that none of them explains is an error of
 * the service.
 *
 * @param maxPerUser the number of live sessions
 * @param grace how long a spent refresh token is exchanged for the same successor
 */
record SessionModel(int maxPerUser, Duration grace) {

    /** By how much the client's time of an operation and the database's may differ: both are clocks of one machine. */
    private static final long CLOCKS = Duration.ofMillis(100).toNanos();

    private record Spent(String token, Interval at) {}

    /**
     * A live session.
     *
     * @param secret its refresh token, or its session token
     * @param used when it was last used, and {@code usedBefore} when before that
     */
    private record Session(String secret, List<Spent> spent, Interval used, Interval usedBefore) {

        static Session opened(String secret, Interval at) {
            return new Session(secret, List.of(), at, at);
        }

        Session refreshed(String successor, Interval at) {
            List<Spent> all = new ArrayList<>(spent);
            all.add(new Spent(secret, at));
            return new Session(successor, List.copyOf(all), at, used);
        }

        /** When another request may have seen it used last: one at the same time may not have seen the latest use. */
        Interval usedAsSeenAt(Interval at) {
            return used.isBefore(at) ? used : used.hull(usedBefore);
        }
    }

    /** A state that explains all that was seen. Only what is in {@code live} and {@code valid} may be accepted. */
    record State(int password, boolean disabled, String roles, Map<String, Session> live, Map<String, String> valid) {

        /** The state after sign-up. */
        static State of(Observation signUp) {
            AccessToken token = signUp.response().accessToken();
            return new State(
                    0,
                    false,
                    token.roles(),
                    Map.of(token.session(), Session.opened(signUp.response().secret(), signUp.at())),
                    Map.of(token.text(), token.session()));
        }

        boolean accepts(AccessToken token) {
            return valid.containsKey(token.text());
        }

        private State with(String session, Session changed) {
            Map<String, Session> all = new HashMap<>(live);
            all.put(session, changed);
            return new State(password, disabled, roles, Map.copyOf(all), valid);
        }

        private State accepting(AccessToken token) {
            if (token.text().isEmpty()) {
                return this;
            }
            Map<String, String> all = new HashMap<>(valid);
            all.put(token.text(), token.session());
            return new State(password, disabled, roles, live, Map.copyOf(all));
        }

        private State withoutSession(String session) {
            return onlySessions(name -> !name.equals(session));
        }

        private State onlySessions(Predicate<String> kept) {
            return new State(
                    password,
                    disabled,
                    roles,
                    live.entrySet().stream()
                            .filter(entry -> kept.test(entry.getKey()))
                            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue)),
                    valid.entrySet().stream()
                            .filter(entry -> kept.test(entry.getValue()))
                            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue)));
        }

        private State withPassword(int number) {
            return new State(number, disabled, roles, live, Map.of());
        }
    }

    /** Returns the states that explain an operation after any of these. */
    Set<State> after(Set<State> states, Observation seen) {
        return states.stream().flatMap(state -> after(state, seen, false)).collect(Collectors.toSet());
    }

    /** Returns the states that explain two operations at the same time after any of these: either may have come first. */
    Set<State> afterBoth(Set<State> states, Observation one, Observation other) {
        Set<State> explained = new HashSet<>();
        for (State state : states) {
            after(state, one, true).flatMap(next -> after(next, other, true)).forEach(explained::add);
            after(state, other, true).flatMap(next -> after(next, one, true)).forEach(explained::add);
        }
        return explained;
    }

    private Stream<State> after(State state, Observation seen, boolean isRace) {
        Response response = seen.response();
        return switch (seen.operation()) {
            case SessionOperation.SignIn signIn -> afterSignIn(state, signIn, seen);
            case SessionOperation.Refresh refresh -> afterRefresh(state, refresh, seen);
            case SessionOperation.GetToken(String session, String sessionToken) ->
                isSecret(state, session, sessionToken)
                        ? only(
                                state.accepting(response.accessToken()),
                                response.status() == 200 && saysRoles(state, seen))
                        : only(state, response.status() == 401);
            // Any of its refresh tokens ends a session, however old it is; a session token that was replaced ends
            // nothing.
            case SessionOperation.SignOut(String session, boolean betterAuth, String secret) ->
                only(
                        betterAuth && !isSecret(state, session, secret) ? state : state.withoutSession(session),
                        response.status() == (betterAuth ? 200 : 204));
            case SessionOperation.SignOutByAccessToken(AccessToken by) ->
                response.status() != 204
                        ? Stream.of()
                        : Stream.concat(
                                only(state.withoutSession(by.session()), state.accepts(by) || !seen.isKnownRevoked()),
                                only(state, !state.accepts(by)));
            case SessionOperation.EndAll(AccessToken by, boolean keepCurrent) ->
                authenticated(
                        state,
                        by,
                        seen,
                        only(
                                state.onlySessions(name -> keepCurrent && name.equals(by.session())),
                                response.status() == 204));
            case SessionOperation.EndOne(AccessToken by, String session) ->
                authenticated(
                        state,
                        by,
                        seen,
                        only(
                                state.withoutSession(session),
                                response.status() == (state.live().containsKey(session) ? 204 : 404)));
            case SessionOperation.ChangePassword(AccessToken by, int current, int replacement) ->
                authenticated(
                        state,
                        by,
                        seen,
                        current != state.password()
                                ? only(state, response.status() == 403)
                                : only(
                                        opened(state.onlySessions(_ -> false).withPassword(replacement), seen),
                                        response.status() == 200 && !state.disabled() && saysRoles(state, seen)));
            case SessionOperation.ChangePasswordAndKeepSession keeping -> afterKeeping(state, keeping, seen, isRace);
            case SessionOperation.Disable _ ->
                Stream.of(new State(state.password(), true, state.roles(), Map.of(), Map.of()));
            case SessionOperation.Enable _ ->
                Stream.of(new State(state.password(), false, state.roles(), state.live(), state.valid()));
            case SessionOperation.SetRoles(String roles) ->
                Stream.of(new State(state.password(), state.disabled(), roles, state.live(), Map.of()));
        };
    }

    private Stream<State> afterSignIn(State state, SessionOperation.SignIn signIn, Observation seen) {
        int status = seen.response().status();
        if (signIn.password() != state.password()) {
            return only(state, status == 401);
        }
        if (state.disabled()) {
            return only(state, status == 403);
        }
        return status == 200 && (signIn.betterAuth() || saysRoles(state, seen))
                ? withRoomForOne(state, seen.at()).map(room -> opened(room, seen))
                : Stream.of();
    }

    private Stream<State> afterRefresh(State state, SessionOperation.Refresh refresh, Observation seen) {
        Response response = seen.response();
        boolean isRefused = response.status() == 401;
        Session session = state.live().get(refresh.session());
        if (session == null) {
            return only(state, isRefused);
        }
        boolean isGranted = response.status() == 200 && saysRoles(state, seen);
        if (session.secret().equals(refresh.token())) {
            return only(
                    state.with(refresh.session(), session.refreshed(response.secret(), seen.at()))
                            .accepting(response.accessToken()),
                    isGranted && !response.secret().equals(refresh.token()));
        }
        int index = IntStream.range(0, session.spent().size())
                .filter(i -> session.spent().get(i).token().equals(refresh.token()))
                .findFirst()
                .orElseThrow();
        Interval spent = session.spent().get(index).at();
        boolean isLast = index == session.spent().size() - 1;
        Stream<State> within = seen.at().start() - spent.end() > grace.toNanos() + CLOCKS
                ? Stream.of()
                : only(
                        state.accepting(response.accessToken()),
                        isLast ? isGranted && response.secret().equals(session.secret()) : isRefused);
        Stream<State> later = seen.at().end() - spent.start() < grace.toNanos() - CLOCKS
                ? Stream.of()
                : only(state.withoutSession(refresh.session()), isRefused);
        return Stream.concat(within, later);
    }

    private static Stream<State> afterKeeping(
            State state, SessionOperation.ChangePasswordAndKeepSession keeping, Observation seen, boolean isRace) {
        int status = seen.response().status();
        boolean isLive = isSecret(state, keeping.session(), keeping.sessionToken());
        // The session is looked up before the password is verified. One that ends in between is replaced by a new one,
        // which
        // is as good; where the password has changed in between, too, the given one is wrong.
        boolean mayHaveBeenLive = isRace && !state.disabled() && (status == 200 || status == 400);
        if (!isLive && !mayHaveBeenLive) {
            return only(state, status == 401);
        }
        if (keeping.current() != state.password()) {
            return only(state, status == 400);
        }
        return only(
                state.onlySessions(_ -> false)
                        .withPassword(keeping.replacement())
                        .with(keeping.session(), Session.opened(seen.response().secret(), seen.at())),
                status == 200 && !seen.response().secret().equals(keeping.sessionToken()));
    }

    /** Returns the states after a request by access token: one that is revoked may be accepted until that is known. */
    private static Stream<State> authenticated(
            State state, AccessToken by, Observation seen, Stream<State> ifAccepted) {
        if (seen.response().status() == 401) {
            return only(state, !state.accepts(by));
        }
        return state.accepts(by) || !seen.isKnownRevoked() ? ifAccepted : Stream.of();
    }

    /** Returns the states in which the least recently used sessions have made room for another one. */
    private Stream<State> withRoomForOne(State state, Interval at) {
        if (state.live().size() < maxPerUser) {
            return Stream.of(state);
        }
        return state.live().keySet().stream()
                .filter(name -> state.live().values().stream()
                        .noneMatch(other -> other.usedAsSeenAt(at)
                                .isBefore(state.live().get(name).usedAsSeenAt(at))))
                .flatMap(name -> withRoomForOne(state.withoutSession(name), at));
    }

    private static State opened(State state, Observation seen) {
        Response response = seen.response();
        return state.with(response.session(), Session.opened(response.secret(), seen.at()))
                .accepting(response.accessToken());
    }

    private static boolean isSecret(State state, String session, String secret) {
        Session live = state.live().get(session);
        return live != null && live.secret().equals(secret);
    }

    private static boolean saysRoles(State state, Observation seen) {
        return seen.response().accessToken().roles().equals(state.roles());
    }

    private static Stream<State> only(State state, boolean isRight) {
        return isRight ? Stream.of(state) : Stream.of();
    }
}
