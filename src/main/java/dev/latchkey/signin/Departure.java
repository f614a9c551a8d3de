package dev.latchkey.signin;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Credential;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.audit.Client;
import dev.latchkey.password.Password;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.DepartureOutcome.Busy;
import dev.latchkey.signin.DepartureOutcome.Departed;
import dev.latchkey.signin.DepartureOutcome.Gone;
import dev.latchkey.signin.DepartureOutcome.NotFresh;
import dev.latchkey.signin.DepartureOutcome.Throttled;
import dev.latchkey.signin.DepartureOutcome.WrongPassword;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deletes accounts, for whoever proves once more that it is theirs. */
@ApplicationScoped
public class Departure {

    private static final String PURPOSE = "account_deletion";

    private final PasswordCheck check;
    private final Accounts accounts;
    private final Sessions sessions;
    private final AuditLog audit;

    Departure(PasswordCheck check, Accounts accounts, Sessions sessions, AuditLog audit) {
        this.check = check;
        this.accounts = accounts;
        this.sessions = sessions;
        this.audit = audit;
    }

    public DepartureOutcome depart(AccountId user, SessionId session, @Nullable Password password, Client client) {
        if (password == null) {
            if (accounts.active(user).isEmpty()) {
                return new Gone();
            }
            if (!sessions.fresh(user, session)) {
                audit.note(new AuditEvent.PasswordRefused(user.value(), PURPOSE, "not_fresh", client));
                return new NotFresh();
            }
            return QuarkusTransaction.requiringNew().call(() -> departed(user, client));
        }
        return checked(user, password, client, true);
    }

    private DepartureOutcome checked(AccountId user, Password password, Client client, boolean mayLookAgain) {
        return switch (check.check(user, password, PURPOSE, client)) {
            case PasswordCheck.Checked.Gone ignored -> new Gone();
            case PasswordCheck.Checked.Wrong ignored -> new WrongPassword();
            case PasswordCheck.Checked.Throttled throttled -> new Throttled(throttled.retryAfter());
            case PasswordCheck.Checked.Busy busy -> new Busy(busy.retryAfter());
            case PasswordCheck.Checked.Right right -> {
                Optional<DepartureOutcome> outcome =
                        QuarkusTransaction.requiringNew().call(() -> departed(right.credential(), client));
                if (outcome.isEmpty() && mayLookAgain) {
                    // A sign-in has hashed the same password anew, which happens once; or it is another one.
                    yield checked(user, password, client, false);
                }
                if (outcome.isEmpty()) {
                    audit.note(new AuditEvent.PasswordRefused(
                            user.value(), PURPOSE, "password_changed_meanwhile", client));
                }
                yield outcome.orElseGet(WrongPassword::new);
            }
        };
    }

    /** Empty when the stored password is no longer the one that was verified. */
    private Optional<DepartureOutcome> departed(Credential verified, Client client) {
        return accounts.lockActive(verified.user()).isPresent() && !accounts.unchanged(verified)
                ? Optional.empty()
                : Optional.of(departed(verified.user(), client));
    }

    private DepartureOutcome departed(AccountId user, Client client) {
        // First the door is shut: a sign-in that is under way has opened its session by now, or never will.
        if (accounts.lockActive(user).isEmpty()) {
            return new Gone();
        }
        sessions.endAll(user, null);
        accounts.delete(user);
        audit.record(new AuditEvent.AccountDeleted(user.value(), client));
        return new Departed();
    }
}
