package dev.latchkey.selfservice;

import dev.latchkey.account.AccountId;
import dev.latchkey.account.Accounts;
import dev.latchkey.account.Credential;
import dev.latchkey.account.Profile;
import dev.latchkey.audit.AuditEvent;
import dev.latchkey.audit.AuditEvent.Type;
import dev.latchkey.audit.AuditLog;
import dev.latchkey.password.Hashing;
import dev.latchkey.password.Password;
import dev.latchkey.password.PasswordError;
import dev.latchkey.password.PasswordHash;
import dev.latchkey.password.Passwords;
import dev.latchkey.platform.http.Client;
import dev.latchkey.selfservice.PasswordChangeOutcome.Busy;
import dev.latchkey.selfservice.PasswordChangeOutcome.Changed;
import dev.latchkey.selfservice.PasswordChangeOutcome.Gone;
import dev.latchkey.selfservice.PasswordChangeOutcome.Invalid;
import dev.latchkey.selfservice.PasswordChangeOutcome.Kept;
import dev.latchkey.selfservice.PasswordChangeOutcome.Throttled;
import dev.latchkey.selfservice.PasswordChangeOutcome.WrongPassword;
import dev.latchkey.session.Session;
import dev.latchkey.session.SessionId;
import dev.latchkey.session.Sessions;
import dev.latchkey.signin.SessionIssuer;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Changes passwords; whoever was signed in with the old one no longer is. */
@ApplicationScoped
public class PasswordChange {

    private static final Type AUDIT_TYPE = Type.PASSWORD_CHANGE;

    private final Reauthentication check;
    private final Accounts accounts;
    private final Passwords passwords;
    private final Sessions sessions;
    private final SessionIssuer grants;
    private final AuditLog audit;

    PasswordChange(
            Reauthentication check,
            Accounts accounts,
            Passwords passwords,
            Sessions sessions,
            SessionIssuer grants,
            AuditLog audit) {
        this.check = check;
        this.accounts = accounts;
        this.passwords = passwords;
        this.sessions = sessions;
        this.grants = grants;
        this.audit = audit;
    }

    /** What becomes of the session in which the password is changed; all others end. */
    public enum CurrentSession {
        REPLACE,
        KEEP
    }

    public PasswordChangeOutcome change(
            AccountId user, SessionId session, Password current, Password wanted, CurrentSession currentSession, Client client) {
        Profile profile = accounts.findActive(user).orElse(null);
        if (profile == null) {
            return new Gone();
        }
        List<PasswordError> faults = passwords.faults(wanted, profile.email().canonical());
        if (!faults.isEmpty()) {
            return new Invalid(faults);
        }
        return checked(user, session, current, wanted, currentSession, client, true);
    }

    private PasswordChangeOutcome checked(
            AccountId user,
            SessionId session,
            Password current,
            Password wanted,
            CurrentSession currentSession,
            Client client,
            boolean mayLookAgain) {
        return switch (check.check(user, current, AUDIT_TYPE, client)) {
            case Reauthentication.Checked.Gone ignored -> new Gone();
            case Reauthentication.Checked.Wrong ignored -> new WrongPassword();
            case Reauthentication.Checked.Throttled throttled -> new Throttled(throttled.retryAfter());
            case Reauthentication.Checked.Busy busy -> new Busy(busy.retryAfter());
            case Reauthentication.Checked.Right right ->
                switch (passwords.hash(wanted)) {
                    case Hashing.Busy busy -> new Busy(busy.retryAfter());
                    case Hashing.Hashed hashed -> {
                        Optional<PasswordChangeOutcome> outcome = QuarkusTransaction.requiringNew()
                                .call(() -> changed(right.credential(), hashed.hash(), session, currentSession, client));
                        if (outcome.isEmpty() && mayLookAgain) {
                            // A sign-in has hashed the same password anew, which happens once; or it is another one.
                            yield checked(user, session, current, wanted, currentSession, client, false);
                        }
                        if (outcome.isEmpty()) {
                            audit.recordLater(AuditEvent.passwordRefused(
                                    user.value(), AUDIT_TYPE, "password_changed_meanwhile", client));
                        }
                        yield outcome.orElseGet(WrongPassword::new);
                    }
                };
        };
    }

    /** Empty when the stored password is no longer the one that was verified. */
    private Optional<PasswordChangeOutcome> changed(
            Credential verified, PasswordHash replacement, SessionId session, CurrentSession currentSession, Client client) {
        AccountId user = verified.user();
        // First the door is shut: a sign-in with the old password has opened its session by now, or never will.
        Profile profile = accounts.lockActive(user).orElse(null);
        if (profile == null) {
            return Optional.of(new Gone());
        }
        if (!accounts.replacePassword(verified, replacement)) {
            return Optional.empty();
        }
        if (currentSession == CurrentSession.KEEP) {
            sessions.endAll(user, session);
            audit.record(AuditEvent.passwordChanged(user.value(), session.value(), client));
            return Optional.of(new Kept(profile));
        }
        boolean remember =
                sessions.active(user, session).map(Session::remembered).orElse(true);
        sessions.endAll(user, null);
        SessionIssuer.Entry entry = grants.open(profile, remember, client);
        audit.record(AuditEvent.passwordChanged(
                user.value(), entry.grant().session().id().value(), client));
        return Optional.of(new Changed(entry.grant(), entry.token()));
    }
}
