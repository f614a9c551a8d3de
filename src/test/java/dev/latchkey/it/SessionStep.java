package dev.latchkey.it;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** A step of a {@link SessionRun}. */
sealed interface SessionStep {

    record Single(int user, Choice choice) implements SessionStep {}

    /** Two operations at the same time. */
    record Race(int user, Choice one, Choice other) implements SessionStep {}

    /** The same operation at the same time on two replicas, such as the same refresh token. */
    record RaceOfOne(int user, Choice choice) implements SessionStep {}

    /** The grace period passes. */
    record Pause() implements SessionStep {}

    /** All access tokens are presented to all replicas. */
    record Check() implements SessionStep {}

    /** What a step does; which session, token and password of the user it takes is chosen from those that there are. */
    enum Kind {
        SIGN_IN,
        SIGN_IN_BETTER_AUTH,
        REFRESH,
        GET_TOKEN,
        SIGN_OUT,
        SIGN_OUT_BY_ACCESS_TOKEN,
        CHANGE_PASSWORD,
        CHANGE_PASSWORD_AND_KEEP_SESSION,
        END_ALL,
        END_OTHERS,
        END_ONE,
        DISABLE,
        ENABLE,
        SET_ROLES
    }

    /**
     * One operation.
     *
     * @param session the place of its session, the newest first
     * @param age the place of its token or password, the newest first: a client whose response was lost has an older one
     */
    record Choice(Kind kind, int session, int age, int replica) {

        Choice at(int otherReplica) {
            return new Choice(kind, session, age, otherReplica);
        }
    }

    /** Returns steps of three users, of whom one does the most. */
    static Arbitrary<SessionStep> ofThreeUsers() {
        Arbitrary<Integer> users = Arbitraries.frequency(Tuple.of(5, 0), Tuple.of(3, 1), Tuple.of(2, 2));
        Arbitrary<Choice> choices = choices(kinds());
        Arbitrary<Choice> refreshes = choices(Arbitraries.just(Kind.REFRESH));
        return Arbitraries.frequencyOf(
                Tuple.of(12, Combinators.combine(users, choices).as(Single::new)),
                Tuple.of(4, Combinators.combine(users, choices, choices).as(Race::new)),
                Tuple.of(2, Combinators.combine(users, refreshes, choices).as(Race::new)),
                Tuple.of(3, Combinators.combine(users, refreshes).as(RaceOfOne::new)),
                Tuple.of(1, Combinators.combine(users, choices).as(RaceOfOne::new)),
                Tuple.of(1, Arbitraries.just(new Pause())),
                Tuple.of(5, Arbitraries.just(new Check())));
    }

    private static Arbitrary<Choice> choices(Arbitrary<Kind> kinds) {
        return Combinators.combine(
                        kinds,
                        Arbitraries.frequency(Tuple.of(4, 0), Tuple.of(3, 1), Tuple.of(2, 2), Tuple.of(1, 3)),
                        Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(3, 1), Tuple.of(1, 2)),
                        Arbitraries.integers().between(0, 1))
                .as(Choice::new);
    }

    private static Arbitrary<Kind> kinds() {
        return Arbitraries.frequency(
                Tuple.of(8, Kind.SIGN_IN),
                Tuple.of(6, Kind.SIGN_IN_BETTER_AUTH),
                Tuple.of(10, Kind.REFRESH),
                Tuple.of(6, Kind.GET_TOKEN),
                Tuple.of(3, Kind.SIGN_OUT),
                Tuple.of(2, Kind.SIGN_OUT_BY_ACCESS_TOKEN),
                Tuple.of(4, Kind.CHANGE_PASSWORD),
                Tuple.of(5, Kind.CHANGE_PASSWORD_AND_KEEP_SESSION),
                Tuple.of(1, Kind.END_ALL),
                Tuple.of(2, Kind.END_OTHERS),
                Tuple.of(2, Kind.END_ONE),
                Tuple.of(2, Kind.DISABLE),
                Tuple.of(4, Kind.ENABLE),
                Tuple.of(3, Kind.SET_ROLES));
    }
}
