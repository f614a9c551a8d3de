package dev.latchkey.signin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.fixture.EmbeddedDatabaseResource;
import dev.latchkey.fixture.Eventually;
import dev.latchkey.fixture.Sql;
import dev.latchkey.platform.http.Client;
import dev.latchkey.session.AuthenticationMethod;
import dev.latchkey.session.SessionSecret;
import dev.latchkey.session.Sessions;
import dev.latchkey.session.SignedInSession;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.scheduler.Scheduler;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(EmbeddedDatabaseResource.class)
class RefreshDatabaseTest {

    private static final Client CLIENT = new Client("192.0.2.7", "a browser");

    @Inject
    Refresh refresh;

    @Inject
    Sessions sessions;

    @Inject
    Accounts accounts;

    @Inject
    Scheduler scheduler;

    private final AccountId user = new AccountId(UUID.randomUUID().toString());

    /** What deletes ended sessions would hide the race. */
    @BeforeEach
    void pauseJobs() {
        scheduler.pause();
        Sql.update("insert into users (id, email) values (?, ?)", user.value(), user.value() + "@example.com");
    }

    @AfterEach
    void resumeJobs() {
        scheduler.resume();
    }

    // The row of a session beyond the first thousand is not locked by what ends it, and this statement began before.
    @Test
    void refusesSessionThatEndedWhileItsRowWasRead() throws Exception {
        SignedInSession opened = QuarkusTransaction.requiringNew()
                .call(() -> sessions.open(
                        accounts.findActive(user).orElseThrow(),
                        AuthenticationMethod.PASSWORD,
                        true,
                        SessionSecret.Kind.REFRESH_TOKEN,
                        CLIENT));
        String id = opened.session().id().value();
        try (ExecutorService thread = Executors.newSingleThreadExecutor();
                Connection holder = EmbeddedDatabaseResource.database().connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("select from sessions where id = '" + id + "' for update");
            Future<Refresh.Outcome> outcome =
                    thread.submit(() -> refresh.with(opened.refreshToken().text(), CLIENT));
            Eventually.holds(
                    "the refresh waits for the row",
                    () -> Sql.count("select count(*) from pg_stat_activity where datname = current_database()"
                                    + " and wait_event_type = 'Lock'")
                            > 0);
            Sql.column("select revoke_user(?)", user.value());
            Sql.column("select end_sessions(?, '', 0)", user.value());
            holder.rollback();

            assertInstanceOf(Refresh.Refused.class, outcome.get());
        }
        assertEquals(1, Sql.count("select count(*) from sessions where id = ?", id), "the row is deleted later");
    }
}
