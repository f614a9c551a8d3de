package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.latchkey.it.SessionModel.State;
import dev.latchkey.it.SessionOperation.AccessToken;
import dev.latchkey.it.SessionOperation.Interval;
import dev.latchkey.it.SessionOperation.Observation;
import dev.latchkey.it.SessionOperation.Response;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The model explains what is right, and nothing else. */
class SessionModelTest {

    private static final int MAX = 2;
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final SessionModel MODEL = new SessionModel(MAX, GRACE);
    private static final AccessToken FIRST = token("a1", "a");

    private long seconds = 1;
    private Set<State> states = Set.of(State.of(new Observation(
            new SessionOperation.SignIn(false, 0), new Interval(0, 1), false, granted(201, "a", "r1", FIRST))));

    @Test
    void explainsOneSuccessorForTwoRefreshesAtTheSameTimeAndNoSecondOne() {
        Observation one = seen(refresh("r1"), granted(200, "a", "r2", token("a2", "a")));
        Observation same = seen(refresh("r1"), granted(200, "a", "r2", token("a3", "a")));
        Observation another = seen(refresh("r1"), granted(200, "a", "r3", token("a3", "a")));

        assertFalse(MODEL.afterBoth(states, one, same).isEmpty());
        assertTrue(MODEL.afterBoth(states, one, another).isEmpty());
    }

    @Test
    void explainsNoRefusalWithinTheGracePeriodAndNoGrantAfterIt() {
        explain(refresh("r1"), granted(200, "a", "r2", token("a2", "a")));
        seconds += 5;
        assertUnexplained(refresh("r1"), Response.of(401));
        explain(refresh("r1"), granted(200, "a", "r2", token("a3", "a")));

        seconds += 10;
        assertUnexplained(refresh("r1"), granted(200, "a", "r2", token("a4", "a")));
        explain(refresh("r1"), Response.of(401));
        assertRevoked("a1", "a2", "a3");
        assertUnexplained(refresh("r2"), granted(200, "a", "r4", token("a5", "a")));
    }

    /** The client cannot know on which side of the end of the grace period the database saw it. */
    @Test
    void explainsBothAtTheEndOfTheGracePeriod() {
        explain(refresh("r1"), granted(200, "a", "r2", token("a2", "a")));
        Interval wide = new Interval(seconds(10), seconds(14));
        Observation grant = new Observation(refresh("r1"), wide, false, granted(200, "a", "r2", token("a3", "a")));
        Observation refusal = new Observation(refresh("r1"), wide, false, Response.of(401));

        assertEquals(1, MODEL.after(states, grant).size());
        assertEquals(1, MODEL.after(states, refusal).size());
    }

    @Test
    void refusesATokenBeforeTheLastWithinTheGracePeriodAndKeepsTheSession() {
        explain(refresh("r1"), granted(200, "a", "r2", token("a2", "a")));
        explain(refresh("r2"), granted(200, "a", "r3", token("a3", "a")));
        assertUnexplained(refresh("r1"), granted(200, "a", "r2", token("a4", "a")));
        explain(refresh("r1"), Response.of(401));

        explain(refresh("r3"), granted(200, "a", "r4", token("a4", "a")));
        assertTrue(accepts("a2"));
    }

    @Test
    void endsTheLeastRecentlyUsedSessionBeyondTheMaximum() {
        explain(new SessionOperation.SignIn(false, 0), granted(200, "b", "s1", token("b1", "b")));
        explain(refresh("r1"), granted(200, "a", "r2", token("a2", "a")));
        explain(new SessionOperation.SignIn(false, 0), granted(200, "c", "t1", token("c1", "c")));

        assertTrue(accepts("a1"));
        assertTrue(accepts("c1"));
        assertRevoked("b1");
    }

    /** Either of the two may have been used last as the third one's sign-in saw it. */
    @Test
    void explainsTheEndOfEitherSessionWhenARefreshRacesASignIn() {
        explain(new SessionOperation.SignIn(false, 0), granted(200, "b", "s1", token("b1", "b")));

        states = MODEL.afterBoth(
                states,
                seen(refresh("r1"), granted(200, "a", "r2", token("a2", "a"))),
                seen(new SessionOperation.SignIn(false, 0), granted(200, "c", "t1", token("c1", "c"))));

        assertEquals(Set.of(true, false), answers("b1"));
        assertEquals(Set.of(true, false), answers("a2"));
        assertEquals(Set.of(true), answers("c1"));
    }

    @Test
    void revokesTokensOfEarlierRolesAndExplainsNoneThatSaysThem() {
        explain(new SessionOperation.SetRoles("admin"), Response.of(0));

        assertRevoked("a1");
        assertUnexplained(refresh("r1"), granted(200, "a", "r2", token("a2", "a")));
        explain(refresh("r1"), granted(200, "a", "r2", new AccessToken("a2", "a", "admin")));
        assertTrue(accepts("a2"));
    }

    @Test
    void explainsASignInThatWasRightBeforeTheUserWasDisabledOrRefusedAfterwards() {
        Observation disabled = seen(new SessionOperation.Disable(), Response.of(0));
        Observation before = seen(new SessionOperation.SignIn(false, 0), granted(200, "b", "s1", token("b1", "b")));
        Observation after = seen(new SessionOperation.SignIn(false, 0), Response.of(403));

        states = MODEL.afterBoth(states, before, disabled);
        assertRevoked("a1", "b1");
        assertEquals(states, MODEL.after(states, after));
        assertUnexplained(new SessionOperation.SignIn(false, 0), granted(200, "b", "s1", token("b1", "b")));

        explain(new SessionOperation.Enable(), Response.of(0));
        assertRevoked("a1", "b1");
        explain(new SessionOperation.SignIn(false, 0), granted(200, "c", "t1", token("c1", "c")));
    }

    @Test
    void explainsARequestByARevokedTokenOnlyWhereItIsNotKnown() {
        explain(new SessionOperation.SetRoles("admin"), Response.of(0));
        SessionOperation endAll = new SessionOperation.EndAll(FIRST, false);

        assertTrue(MODEL.after(states, new Observation(endAll, now(), true, Response.of(204)))
                .isEmpty());
        assertFalse(MODEL.after(states, new Observation(endAll, now(), false, Response.of(204)))
                .isEmpty());
        assertFalse(MODEL.after(states, new Observation(endAll, now(), true, Response.of(401)))
                .isEmpty());
    }

    @Test
    void explainsNoRefusalOfAValidAccessToken() {
        assertUnexplained(new SessionOperation.EndAll(FIRST, true), Response.of(401));
        explain(new SessionOperation.EndAll(FIRST, true), Response.of(204));
        assertTrue(accepts("a1"));
    }

    @Test
    void keepsASessionWithANewSecretOnly() {
        explain(new SessionOperation.SignIn(true, 0), new Response(200, "b", "s1", AccessToken.NONE));
        explain(new SessionOperation.GetToken("b", "s1"), new Response(200, "b", "", token("b1", "b")));
        SessionOperation change = new SessionOperation.ChangePasswordAndKeepSession("b", "s1", 0, 1);
        assertUnexplained(change, new Response(200, "b", "s1", AccessToken.NONE));
        explain(change, new Response(200, "b", "s2", AccessToken.NONE));

        assertRevoked("a1", "b1");
        assertUnexplained(new SessionOperation.GetToken("b", "s1"), new Response(200, "b", "", token("b2", "b")));
        explain(new SessionOperation.GetToken("b", "s1"), Response.of(401));
        explain(new SessionOperation.GetToken("b", "s2"), new Response(200, "b", "", token("b2", "b")));
        explain(refresh("r1"), Response.of(401));
        assertUnexplained(new SessionOperation.SignIn(false, 0), granted(200, "c", "t1", token("c1", "c")));
    }

    /** The second one has found its session before the first one changed the password. */
    @Test
    void explainsAWrongPasswordOnlyWhereTwoChangesRace() {
        explain(new SessionOperation.SignIn(true, 0), new Response(200, "b", "s1", AccessToken.NONE));
        Observation changed = seen(
                new SessionOperation.ChangePasswordAndKeepSession("b", "s1", 0, 1),
                new Response(200, "b", "s2", AccessToken.NONE));
        Observation wrong = seen(new SessionOperation.ChangePasswordAndKeepSession("b", "s1", 0, 2), Response.of(400));
        Observation changedToo = seen(
                new SessionOperation.ChangePasswordAndKeepSession("b", "s1", 0, 2),
                new Response(200, "b", "s3", AccessToken.NONE));

        assertFalse(MODEL.afterBoth(states, changed, wrong).isEmpty());
        assertTrue(MODEL.afterBoth(states, changed, changedToo).isEmpty());
        assertTrue(MODEL.after(MODEL.after(states, changed), wrong).isEmpty());
    }

    @Test
    void replacesAllSessionsWhenThePasswordChanges() {
        SessionOperation change = new SessionOperation.ChangePassword(FIRST, 0, 1);
        assertUnexplained(change, Response.of(403));
        explain(change, granted(200, "b", "s1", token("b1", "b")));

        assertRevoked("a1");
        assertTrue(accepts("b1"));
        explain(new SessionOperation.SignOut("b", false, "s1"), Response.of(204));
        assertRevoked("b1");
    }

    private void explain(SessionOperation operation, Response response) {
        states = MODEL.after(states, seen(operation, response));
        seconds++;
        assertFalse(states.isEmpty(), () -> operation + " -> " + response);
    }

    private void assertUnexplained(SessionOperation operation, Response response) {
        assertEquals(Set.of(), MODEL.after(states, new Observation(operation, now(), false, response)));
    }

    private void assertRevoked(String... tokens) {
        for (String token : tokens) {
            assertEquals(Set.of(false), answers(token), token);
        }
    }

    private boolean accepts(String token) {
        return answers(token).equals(Set.of(true));
    }

    private Set<Boolean> answers(String token) {
        return Set.copyOf(states.stream()
                .map(state -> state.accepts(token(token, token.substring(0, 1))))
                .toList());
    }

    /** The next thing that is seen; those of a race have the same time. */
    private Observation seen(SessionOperation operation, Response response) {
        return new Observation(operation, now(), false, response);
    }

    private Interval now() {
        return new Interval(seconds(seconds), seconds(seconds) + 1);
    }

    private static long seconds(long count) {
        return Duration.ofSeconds(count).toNanos();
    }

    private static SessionOperation refresh(String token) {
        return new SessionOperation.Refresh("a", token);
    }

    private static Response granted(int status, String session, String refreshToken, AccessToken accessToken) {
        return new Response(status, session, refreshToken, accessToken);
    }

    private static AccessToken token(String text, String session) {
        return new AccessToken(text, session, "");
    }
}
