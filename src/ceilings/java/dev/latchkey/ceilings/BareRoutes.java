package dev.latchkey.ceilings;

import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.password.Passwords;
import dev.latchkey.password.Passwords.Hashing.Hashed;
import dev.latchkey.password.Passwords.Verification;
import dev.latchkey.platform.db.SingleStatements;
import io.vertx.ext.web.Router;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** What a route costs that does nothing else, in this very build: what the service's own routes are measured against. */
@Path("/bench")
@PermitAll
@Produces(MediaType.TEXT_PLAIN)
public class BareRoutes {

    private static final Password PASSWORD = Password.of("correct horse battery staple");

    private final SingleStatements statements;
    private final Passwords passwords;
    private volatile @Nullable PasswordHash stored;
    private volatile @Nullable String user;

    BareRoutes(SingleStatements statements, Passwords passwords) {
        this.statements = statements;
        this.passwords = passwords;
    }

    static void register(@Observes Router router) {
        router.get("/bench/event-loop").handler(request -> request.response().end("ok"));
    }

    /** Handed to a worker thread, as every route is that may have to wait. */
    @GET
    @Path("/worker")
    public String worker() {
        return "ok";
    }

    /** Reads one row by its key: a text of a user who is there. */
    @GET
    @Path("/row")
    public String row() {
        String id = user;
        if (id == null) {
            id = user = statements
                    .row("select id from users limit 1", row -> row.getString(1))
                    .orElseThrow();
        }
        return statements
                .row("select email from users where id = ?", row -> row.getString(1), id)
                .orElseThrow();
    }

    /** Commits one update and one insert, of two tables that the benchmark makes. */
    @GET
    @Path("/transaction")
    @Transactional
    public String transaction() {
        int id = ThreadLocalRandom.current().nextInt(1000);
        statements.row("update bench_rows set times = times + 1 where id = ? returning id", row -> row.getInt(1), id);
        return statements
                .row("insert into bench_events (id) values (?) returning id", row -> row.getString(1), id)
                .orElseThrow();
    }

    /** Verifies a password and does nothing else. */
    @GET
    @Path("/hash")
    public String hash() {
        if (stored == null && passwords.hash(PASSWORD) instanceof Hashed(PasswordHash hash)) {
            stored = hash;
        }
        Verification result = passwords.verify(PASSWORD, stored);
        if (!(result instanceof Verification.Matches)) {
            throw new IllegalStateException(result.toString());
        }
        return "ok";
    }
}
