package dev.latchkey.token;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/** Users and sessions that tests mint tokens for. */
public final class TestSubjects {

    private TestSubjects() {}

    /** A user with a verified address, whose session of a day ends at an instant. */
    public static TokenSubject until(Instant end) {
        return of("user-1", "ada@example.com", "session-1", end);
    }

    /** A user of this id, address and session, without roles. */
    public static TokenSubject of(String userId, String email, String sessionId, Instant end) {
        Instant start = end.minus(1, ChronoUnit.DAYS);
        return new TokenSubject(
                userId,
                email,
                true,
                Set.of(),
                7,
                sessionId,
                new Authentication(start, Set.of("pwd")),
                new SessionTimes(start, end, end));
    }

    public static TokenSubject withRoles(TokenSubject subject, String... roles) {
        return new TokenSubject(
                subject.userId(),
                subject.email(),
                subject.emailVerified(),
                Set.of(roles),
                subject.tokenVersion(),
                subject.sessionId(),
                subject.authentication(),
                subject.session());
    }
}
