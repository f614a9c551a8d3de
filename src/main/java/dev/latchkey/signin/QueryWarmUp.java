package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.EmailAddress;
import dev.latchkey.platform.boot.StartOrder;
import dev.latchkey.platform.db.Migrations.SchemaReady;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.SessionToken;
import dev.latchkey.session.Sessions;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.jboss.logging.Logger;

/**
 * Has the queries of sign-up, sign-in, refresh and session cookies parsed before the service is ready.
 *
 * <p>Security: each thread that finds a query unparsed parses it, and takes a MiB or more meanwhile. A burst of requests right
 * after the start would do that on a hundred threads at once, which the executable's heap has no room for: the process would end.
 */
@ApplicationScoped
class QueryWarmUp {

    private static final Logger LOG = Logger.getLogger(QueryWarmUp.class);

    /** The id of no user and of no session: the queries find nothing. */
    private static final String UNKNOWN = "00000000-0000-0000-0000-000000000000";

    private final Accounts accounts;
    private final Sessions sessions;

    QueryWarmUp(Accounts accounts, Sessions sessions) {
        this.accounts = accounts;
        this.sessions = sessions;
    }

    void query(@Observes @Priority(StartOrder.WARM_UP) SchemaReady event) {
        AccountId unknown = new AccountId(UNKNOWN);
        EmailAddress address = EmailAddress.stored("unknown@example.com");
        try {
            accounts.isEmailTaken(address);
            accounts.isEmailTaken(address, unknown);
            accounts.findActive(address);
            accounts.findCredential(address);
            sessions.active(unknown, new SessionId(UNKNOWN));
            sessions.page(unknown, null, 1);
            SessionToken.parse(UNKNOWN.replace("-", "")).ifPresent(sessions::active);
        } catch (RuntimeException failed) {
            // The first requests parse them then.
            LOG.debug("Queries could not be prepared", failed);
        }
    }
}
