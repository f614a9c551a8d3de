package dev.latchkey.it;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Packaged;
import dev.latchkey.it.SessionRun.ModelViolation;
import dev.latchkey.platform.devdb.EmbeddedDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.ActionChainArbitrary;
import net.jqwik.api.state.Transformer;

/**
 * Whatever users and administrators do, in whatever order, on two replicas: no access token and no refresh token is accepted
 * that the {@link SessionModel} refuses, and none is refused that it accepts (US4, SC-003, "Revocation works").
 *
 * <p>No result depends on speed. A replica may accept a revoked token until it has heard of it; how long that takes is measured
 * by {@link RevocationIT}. Here it is an error after a time that no replica needs.
 */
@Tag("alone")
class SessionModelIT {

    private static final int USERS = 3;
    private static final int STEPS = 30;
    private static final int MAX_PER_USER = 4;
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final SessionModel MODEL = new SessionModel(MAX_PER_USER, GRACE);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** Shorter, since it passes where an error is planted. */
    private static final Duration LIMIT_OF_PLANTED = Duration.ofSeconds(3);
    /** Each error is found by the first or second run. */
    private static final int RUNS_WITH_PLANTED = 100;

    private static final Map<String, String> SETTINGS = Map.of(
            "LATCHKEY_THROTTLE_ENABLED", "false",
            "LATCHKEY_SESSION_MAX_PER_USER", Integer.toString(MAX_PER_USER),
            "LATCHKEY_SESSION_GRACE", GRACE.toString(),
            // As cheap as RFC 9106 allows: this is about sessions.
            "LATCHKEY_PASSWORD_ARGON2_MEMORY", "8K",
            "LATCHKEY_PASSWORD_ARGON2_PASSES", "1");

    private static Packaged one;
    private static Packaged other;
    private static SessionClient client;

    @BeforeContainer
    static void start() {
        EmbeddedDatabase database = EmbeddedDatabaseResource.emptyDatabase();
        one = Packaged.launched(Packaged.with(Packaged.settings(database), SETTINGS));
        other = Packaged.launched(Packaged.with(Packaged.settings(database), SETTINGS));
        one.awaitReadiness();
        other.awaitReadiness();
        client = new SessionClient(database, List.of(one, other));
    }

    @AfterContainer
    static void stop() {
        // One that did not start is missing.
        Stream.of(one, other).filter(Objects::nonNull).forEach(Packaged::close);
    }

    @Property(
            tries = 40,
            shrinking = ShrinkingMode.BOUNDED,
            edgeCases = EdgeCasesMode.NONE,
            afterFailure = AfterFailureMode.RANDOM_SEED)
    void acceptsExactlyTheTokensThatTheModelAccepts(@ForAll("runs") ActionChain<SessionRun> run) {
        run.run().finish();
    }

    @Provide
    ActionChainArbitrary<SessionRun> runs() {
        return runs(MODEL, LIMIT);
    }

    @Example
    void findsThatAChangeOfRolesRevokesNothing() {
        assertFound(
                "alter table users disable trigger users_changed", "alter table users enable trigger users_changed");
    }

    @Example
    void findsThatEndedSessionsAreNotToldToTheOtherReplica() {
        assertFound(
                "alter table sessions disable trigger sessions_revoked",
                "alter table sessions enable trigger sessions_revoked");
    }

    @Example
    void findsThatDisablingAUserRevokesNothing() {
        assertFound(
                "alter table users disable trigger users_disabled", "alter table users enable trigger users_disabled");
    }

    @Example
    void findsThatThereIsNoGracePeriod() {
        // So long that no machine is too slow to present the spent token within it.
        SessionModel model = new SessionModel(MAX_PER_USER, Duration.ofMinutes(5));
        withPlanted(
                """
                create function forget_spent() returns trigger language plpgsql as
                    'begin new.spent_at := ''{}''; return new; end';
                create trigger forget_spent before update on sessions
                    for each row execute function forget_spent()""", "drop function forget_spent() cascade", () -> assertLastViolates(model, refresh(0), refresh(1)));
    }

    @Example
    void findsThatTheEndOfOneSessionRevokesThoseOfOthers() {
        assertFound("""
                create function revoke_too_much() returns trigger language plpgsql as
                    'begin perform revoke_user(old.user_id); return null; end';
                create trigger revoke_too_much after delete on sessions
                    for each row execute function revoke_too_much()""", "drop function revoke_too_much() cascade");
    }

    @Example
    void findsThatMoreSessionsAreLive() {
        SessionRun run = new SessionRun(client, new SessionModel(MAX_PER_USER - 1, GRACE), LIMIT_OF_PLANTED, 1);
        assertThrows(ModelViolation.class, () -> {
            for (int i = 0; i < MAX_PER_USER; i++) {
                run.perform(new SessionStep.Single(0, new SessionStep.Choice(SessionStep.Kind.SIGN_IN, 0, 0, 0)));
            }
            run.finish();
        });
    }

    @Example
    void findsThatASpentTokenIsExchangedForTooLong() {
        withPlanted(
                """
                create function spend_later() returns trigger language plpgsql as
                    'begin
                        new.spent_at := array(select at + interval ''1 hour'' from unnest(new.spent_at) at);
                        return new;
                    end';
                create trigger spend_later before update on sessions
                    for each row execute function spend_later()""",
                "drop function spend_later() cascade",
                () -> assertLastViolates(MODEL, refresh(0), new SessionStep.Pause(), refresh(1)));
    }

    private static SessionStep refresh(int age) {
        return new SessionStep.Single(0, new SessionStep.Choice(SessionStep.Kind.REFRESH, 0, age, 0));
    }

    /** Asserts that runs find an error that is planted in the database. */
    private static void assertFound(String plant, String remove) {
        withPlanted(plant, remove, SessionModelIT::assertFound);
    }

    private static void withPlanted(String plant, String remove, Runnable test) {
        client.execute(plant);
        try {
            test.run();
        } finally {
            client.execute(remove);
        }
    }

    private static void assertFound() {
        AssertionError notFound = new AssertionError("The error was not found in " + RUNS_WITH_PLANTED + " runs");
        for (ActionChain<SessionRun> run : runs(MODEL, LIMIT_OF_PLANTED)
                .sampleStream()
                .limit(RUNS_WITH_PLANTED)
                .toList()) {
            try {
                run.run().finish();
            } catch (AssertionError failure) {
                if (isViolation(failure)) {
                    return;
                }
                // What is planted may make racing statements wait for each other, which ends one of them. That is no
                // find.
                notFound.addSuppressed(failure);
            }
        }
        throw notFound;
    }

    /** Asserts that the last of some steps is a violation of the model. */
    private static void assertLastViolates(SessionModel model, SessionStep... steps) {
        SessionRun run = new SessionRun(client, model, LIMIT_OF_PLANTED, 1);
        List<SessionStep> all = List.of(steps);
        all.subList(0, all.size() - 1).forEach(run::perform);
        assertThrows(ModelViolation.class, () -> run.perform(all.getLast()));
    }

    private static boolean isViolation(AssertionError failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ModelViolation) {
                return true;
            }
        }
        return false;
    }

    private static ActionChainArbitrary<SessionRun> runs(SessionModel model, Duration limit) {
        return ActionChain.<SessionRun>startWith(() -> new SessionRun(client, model, limit, USERS))
                .withMaxTransformations(STEPS)
                .withAction(new Action.Independent<SessionRun>() {
                    @Override
                    public Arbitrary<Transformer<SessionRun>> transformer() {
                        return SessionStep.ofThreeUsers()
                                .map(step -> Transformer.mutate(step.toString(), run -> run.perform(step)));
                    }
                });
    }
}
